// The steady clock, and the time that the machine slept on top of it: CLOCK_MONOTONIC, which timers go by,
// stands still while a machine is suspended, and the others do not wait for it. Who wakes up then finds that
// it is late.
#pragma once

#include <ctime>

#include "lib/base/duration.h"

namespace hawser::vipd {

class WakingClock {
 public:
  WakingClock() : awake_(ahead()) {}

  [[nodiscard]] TimePoint now() { return now(std::chrono::steady_clock::now(), ahead()); }
  // The same, of given clocks: `ahead` is by how much CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC.
  TimePoint now(TimePoint steady, std::chrono::nanoseconds ahead) {
    slept_ = ahead - awake_;
    // The two are read one after the other.
    if (slept_ < kSleep) slept_ = std::chrono::nanoseconds(0);
    return steady + slept_;
  }
  // When a timer of the event loop is to fire so that now() is `time`.
  [[nodiscard]] TimePoint timer(TimePoint time) const {
    return time == TimePoint::max() ? time : time - slept_;
  }

  static std::chrono::nanoseconds ahead() { return read(CLOCK_BOOTTIME) - read(CLOCK_MONOTONIC); }

 private:
  static constexpr std::chrono::nanoseconds kSleep = std::chrono::milliseconds(100);

  static std::chrono::nanoseconds read(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }

  std::chrono::nanoseconds awake_;  // `ahead` when this clock was made
  std::chrono::nanoseconds slept_{0};
};

}  // namespace hawser::vipd
