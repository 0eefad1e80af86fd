#include "netd/health/board.h"

namespace hawser::netd {

using probes::HealthState;

void HealthBoard::configure(std::map<probes::ProbeKey, config::Check> probes) {
  table_ = carry_over(table_, probes_, probes);
  probes_ = std::move(probes);
}

void HealthBoard::verdict(const probes::ProbeKey& probe, const probes::Verdict& verdict, TimePoint now) {
  const auto known = table_.find(probe);
  const auto check = probes_.find(probe);
  if (known == table_.end() || check == probes_.end()) return;
  silence_.heard(probe, verdict);
  see(verdict);
  const auto before = known->second;
  auto [health, changed] = probes::observe({check->second.fall, check->second.rise}, before, verdict, now);
  const bool falls = changed && health.state == HealthState::kDown;
  if (falls && is_blind(probe, verdict)) {
    go_blind(probe, verdict);
    health = probes::held(before, std::move(health));
    changed = !before.held;
  } else if (health.held && (changed || verdict.outcome == probes::Outcome::kGood)) {
    health.held = false;
    changed = true;
  }
  known->second = std::move(health);
  if (!changed) return;
  for (const auto& tell : changed_) tell(probe, now);
}

// It stays so until somebody answers.
bool HealthBoard::is_blind(const probes::ProbeKey& probe, const probes::Verdict& verdict) const {
  if (!verdict.silent) return false;
  if (!blind_.empty()) return true;
  std::set<IpAddress> asked{probe.target.address};
  for (const auto& [key, health] : table_)
    if (health.state != HealthState::kDown) asked.insert(key.target.address);
  return silence_.covers(asked);
}

void HealthBoard::go_blind(const probes::ProbeKey& probe, const probes::Verdict& verdict) {
  if (!blind_.empty()) return;
  blind_ = "nothing that is probed answers this host: real servers stay as they were";
  tell_({.kind = EventKind::kService,
         .level = Level::kWarning,
         .object = "probes",
         .what = blind_,
         .evidence = fmt::format("{} of {}: {}", probe.check, probe.target, verdict.words)});
}

void HealthBoard::see(const probes::Verdict& verdict) {
  if (blind_.empty() || verdict.silent || verdict.outcome == probes::Outcome::kNotRun) return;
  blind_.clear();
  // What was silent with all the others has said nothing against itself: it is asked as often as if nothing
  // had been.
  for (auto& [probe, health] : table_)
    if (health.state != HealthState::kDown && health.last == probes::Outcome::kBad) health.in_a_row = 0;
  tell_({.kind = EventKind::kService, .object = "probes", .to = "answered again"});
}

}  // namespace hawser::netd
