#include "lib/reconcile/verdict.h"

#include <algorithm>

namespace hawser {
namespace {

using probes::Health;
using probes::HealthState;
using probes::ProbeKey;

const Health& health_of(const HealthTable& table, const ProbeKey& key) {
  static const Health kNever;
  const auto found = table.find(key);
  return found == table.end() ? kNever : found->second;
}

const std::string& cause_of(const Health& health) {
  return health.cause.empty() ? health.words : health.cause;
}

bool has_sorry(const VirtualServer& service) {
  return std::ranges::any_of(service.members, &Member::sorry);
}

// Where a sorry server waits, silence is an answer: it is what it is there for.
Health as_seen(Health health, bool sorry) {
  if (!sorry || !health.held) return health;
  health.held = false;
  health.state = HealthState::kDown;
  health.cause = health.words;
  return health;
}

// Results of the other kind that are not enough of them yet.
bool is_turning(const Health& health) {
  return health.last == (health.state == HealthState::kUp ? probes::Outcome::kBad : probes::Outcome::kGood);
}

std::string turning(const Health& health) {
  return health.state == HealthState::kUp
             ? fmt::format("failing: {} of {} bad results", health.in_a_row, health.needed)
             : fmt::format("recovering: {} of {} good results", health.in_a_row, health.needed);
}

Judgement judgement_of_one(const ProbeKey& key, const Health& health) {
  const bool up = health.state == HealthState::kUp;
  if (health.held)
    return {health.state, "kept as it was: nothing answers this host",
            fmt::format("{}: {}", key.check, health.words)};
  if (is_turning(health))
    return {health.state, turning(health),
            up ? fmt::format("{}: {}", key.check, health.words)
               : fmt::format("last failure: {}: {}", key.check, cause_of(health))};
  const auto evidence = fmt::format("{}: {}", key.check, cause_of(health));
  if (health.in_a_row == 0)
    return {health.state, fmt::format("{} before the file changed", up ? "up" : "down"), evidence};
  return {health.state,
          fmt::format("{} {}", health.in_a_row == 1 ? "1 check" : fmt::format("{} checks", health.in_a_row),
                      up ? "succeeded" : "failed"),
          evidence};
}

std::string among_others(const ProbeKey& key, const Health& health) {
  if (!is_turning(health)) return fmt::format("{}: {}", key.check, cause_of(health));
  return fmt::format("{}: {}, {}", key.check, turning(health),
                     health.state == HealthState::kUp ? health.words : "last failure: " + cause_of(health));
}

// "3 checks failed (site: connect: Connection refused)", "checks failed (site: status 503; ssh: timeout)": of
// the checks in that state.
Judgement judgement_for(const Member& member, const HealthTable& table, HealthState state, bool sorry) {
  std::vector<std::pair<ProbeKey, Health>> speaking;
  for (const auto& key : member.probes)
    if (auto health = as_seen(health_of(table, key), sorry); health.state == state)
      speaking.emplace_back(key, std::move(health));
  if (speaking.size() == 1) return judgement_of_one(speaking.front().first, speaking.front().second);
  std::string text;
  for (const auto& [key, health] : speaking) text += (text.empty() ? "" : "; ") + among_others(key, health);
  return {state, fmt::format("checks {}", state == HealthState::kUp ? "succeeded" : "failed"), text};
}

// Failures below `fall` are reported apart from "no result yet".
Judgement judgement_for_waiting(const Member& member, const HealthTable& health) {
  std::string text;
  for (const auto& key : member.probes) {
    const auto known = health_of(health, key);
    if (known.state != HealthState::kUnknown || known.words.empty()) continue;
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", key.check, known.words);
  }
  return {HealthState::kUnknown, text.empty() ? "no result yet" : "undecided yet", text};
}

HealthState together(config::Need need, int up, int down, int unknown) {
  const bool decided_early = need == config::Need::kAll ? down > 0 : up > 0;
  if (decided_early) return need == config::Need::kAll ? HealthState::kDown : HealthState::kUp;
  if (unknown > 0) return HealthState::kUnknown;
  return need == config::Need::kAll ? HealthState::kUp : HealthState::kDown;
}

}  // namespace

HealthState state_of(const VirtualServer& service, const Member& member, const HealthTable& health) {
  if (member.probes.empty()) return HealthState::kUp;
  const bool sorry = has_sorry(service);
  const auto count = [&](HealthState state) {
    return static_cast<int>(std::count_if(member.probes.begin(), member.probes.end(), [&](const auto& key) {
      return as_seen(health_of(health, key), sorry).state == state;
    }));
  };
  return together(service.policy.need, count(HealthState::kUp), count(HealthState::kDown),
                  count(HealthState::kUnknown));
}

Judgement judge(const VirtualServer& service, const Member& member, const HealthTable& health) {
  if (member.probes.empty()) return {HealthState::kUp, "no checks", ""};
  const auto state = state_of(service, member, health);
  if (state == HealthState::kUnknown) return judgement_for_waiting(member, health);
  return judgement_for(member, health, state, has_sorry(service));
}

std::string Judgement::reason() const {
  return evidence.empty() ? what : fmt::format("{} ({})", what, evidence);
}

HealthTable carry_over(const HealthTable& old, const std::map<ProbeKey, config::Check>& before,
                       const std::map<ProbeKey, config::Check>& after) {
  HealthTable result;
  for (const auto& [key, check] : after) {
    const auto known = old.find(key);
    const auto asked = before.find(key);
    if (known == old.end() || asked == before.end())
      result.emplace(key, Health{});
    else
      result.emplace(key, asked->second == check ? known->second : probes::inherit(known->second));
  }
  return result;
}

HealthTable assume_up(const std::map<ProbeKey, config::Check>& probes) {
  HealthTable table;
  for (const auto& [key, check] : probes) {
    Health health;
    health.state = HealthState::kUp;
    health.words = health.cause = "taken as configured";
    table.emplace(key, health);
  }
  return table;
}

}  // namespace hawser
