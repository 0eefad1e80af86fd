// What the checks of a real server say together, in state and in words: every decision about one comes with
// the words that the log and the status show. Pure.
#pragma once

#include <map>
#include <string>

#include "lib/reconcile/layout.h"
#include "probes/health.h"

namespace hawser {

using HealthTable = std::map<probes::ProbeKey, probes::Health>;

// What the checks of a real server say together.
struct Judgement {
  probes::HealthState state = probes::HealthState::kUnknown;
  // Of the state, not of the last result: "3 checks failed", "recovering: 1 of 2 good results", "no checks".
  std::string what;
  std::string evidence;  // "site: connect: Connection refused"; empty: there is none
  // "3 checks failed (site: connect: Connection refused)"
  [[nodiscard]] std::string reason() const;
  bool operator==(const Judgement&) const = default;
};
probes::HealthState state_of(const VirtualServer& service, const Member& member, const HealthTable& health);
Judgement judge(const VirtualServer& service, const Member& member, const HealthTable& health);

// Health for new settings: what is asked the same way keeps everything; what is asked in another way keeps
// the last verdict until its first own result; what is not asked any more is forgotten.
HealthTable carry_over(const HealthTable& old, const std::map<probes::ProbeKey, config::Check>& before,
                       const std::map<probes::ProbeKey, config::Check>& after);

// Every probe up: what `plan` assumes where no daemon can be asked.
HealthTable assume_up(const std::map<probes::ProbeKey, config::Check>& probes);

}  // namespace hawser
