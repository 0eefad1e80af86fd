// What one virtual router says: events of its vip, each once per change.
#pragma once

#include <string>

#include "lib/base/rare.h"
#include "lib/daemon/damper.h"
#include "vipd/router/effects.h"

namespace hawser::vipd {

class RouterLog {
 public:
  // `vip`: its name, which may change.
  RouterLog(Effects& effects, const std::string& vip);

  // What changed, and what is wrong; `topic` tells the reasons apart, see Damper.
  void tell(std::string_view topic, Event event);
  void warn(std::string_view topic, Event event);
  // What was wrong is so no more.
  void over(std::string_view topic) {
    if (troubles_) troubles_->over(topic);
  }

  [[nodiscard]] std::optional<TimePoint> due() const;
  void say_last_words();  // due() has come

 private:
  Effects& effects_;
  const std::string& vip_;
  Damper changes_;         // info
  Rare<Damper> troubles_;  // warnings
};

}  // namespace hawser::vipd
