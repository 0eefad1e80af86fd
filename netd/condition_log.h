// The log of how bonds and links are: one line for each change that lasts, and ever fewer of one that goes to
// and fro. Pure.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "lib/control/finding.h"
#include "lib/daemon/damper.h"

namespace hawser::netd {

class ConditionLog {
 public:
  // What is over before is no news: a bond that was just made has no carrier until its monitor has looked,
  // and a switch of the active port goes through such states too.
  static constexpr Milliseconds kLasts{500};

  // How everything is now; what is to be told of it: "bond0: dead: no port has a carrier (eth0, eth1)",
  // "bond0: ok again: active port eth0". Objects that are no longer named are forgotten.
  std::vector<Event> update(const std::vector<Finding>& states, TimePoint now);
  // When to call update() next, though nothing changed.
  [[nodiscard]] TimePoint due() const;

 private:
  struct Known {
    Finding said;  // ok at first: a bond that is good from the start is nothing to say
    TimePoint said_at;
    Finding seen;
    TimePoint since;  // of `seen`
  };

  void see(const Finding& state, TimePoint now);
  std::optional<Event> news(Known& known, TimePoint now);

  std::map<std::string, Known> known_;
  Damper damper_{{.free = 6, .change = Milliseconds{10000}}};
};

}  // namespace hawser::netd
