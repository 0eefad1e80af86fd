// Whether the bond guard still does its work: a process that is stopped or hangs has not ended, and guards
// nothing. It is asked again and again, and has to answer. Pure.
#pragma once

#include <optional>

#include "lib/base/duration.h"

namespace hawser::netd {

class Pulse {
 public:
  static constexpr Milliseconds kEvery{2000};
  // A guard without real-time priority may have to wait for its turn on a busy machine.
  static constexpr Milliseconds kPatience{6000};

  enum class Next : std::uint8_t { kAsk, kWait, kGiveUp };

  // Every kEvery, after all that it had said was heard: netd itself may have been held up.
  Next beat(TimePoint now) {
    if (!asked_) {
      asked_ = now;
      return Next::kAsk;
    }
    return now - *asked_ < kPatience ? Next::kWait : Next::kGiveUp;
  }
  void heard() { asked_.reset(); }

 private:
  std::optional<TimePoint> asked_;  // and not answered yet
};

}  // namespace hawser::netd
