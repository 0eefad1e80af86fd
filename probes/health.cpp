#include "probes/health.h"

#include <limits>

namespace hawser::probes {
namespace {

int needed(const Thresholds& thresholds, const Health& health) {
  if (health.inherited) return 1;
  if (health.last == Outcome::kBad) return thresholds.fall;
  return health.state == HealthState::kUnknown ? 1 : thresholds.rise;
}

void count(Health& health, Outcome outcome) {
  if (health.last != outcome) health.in_a_row = 0;
  // A check that is good for years must not wrap around.
  if (health.in_a_row < std::numeric_limits<int>::max()) ++health.in_a_row;
  health.last = outcome;
  ++(outcome == Outcome::kGood ? health.good : health.bad);
}

}  // namespace

Observation observe(const Thresholds& thresholds, Health health, const Verdict& verdict, TimePoint now) {
  health.words = verdict.words;
  if (verdict.outcome == Outcome::kNotRun) {
    ++health.not_run;
    return {std::move(health), false};
  }
  count(health, verdict.outcome);
  const auto wanted = verdict.outcome == Outcome::kGood ? HealthState::kUp : HealthState::kDown;
  health.needed = needed(thresholds, health);
  const bool decided = health.in_a_row >= health.needed;
  if (decided) health.inherited = false;
  if (decided || wanted == health.state) health.cause = verdict.words;
  if (!decided || wanted == health.state) return {std::move(health), false};
  health.state = wanted;
  health.since = now;
  return {std::move(health), true};
}

Health held(const Health& before, Health after) {
  after.state = before.state;
  after.since = before.since;
  after.cause = before.cause;
  after.inherited = before.inherited;
  after.held = true;
  return after;
}

Health inherit(Health health) {
  health.inherited = health.state != HealthState::kUnknown;
  health.held = false;
  health.last = Outcome::kNotRun;
  health.in_a_row = 0;
  health.needed = 0;
  return health;
}

}  // namespace hawser::probes
