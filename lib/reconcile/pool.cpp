#include "lib/reconcile/pool.h"

#include <algorithm>

#include "lib/config/config.h"

namespace hawser {
namespace {

using probes::Health;
using probes::HealthState;
using probes::ProbeKey;

Endpoint target_of(const config::Check& check, const Endpoint& real) {
  return {check.address.value_or(real.address), check.port.value_or(real.port)};
}

std::vector<ProbeKey> probe_keys(const config::Config& config, const config::Real& real,
                                 const Endpoint& address) {
  std::vector<ProbeKey> keys;
  for (const auto& name : real.checks)
    if (const auto found = config.checks.find(name); found != config.checks.end())
      keys.push_back({name, target_of(found->second, address)});
  return keys;
}

std::vector<Member> members_of(const config::Config& config, const config::Pool& pool,
                               const ServiceKey& key) {
  std::vector<Member> members;
  for (const auto& real : pool.reals) {
    if (const auto endpoint = config::endpoint_of(real, key))
      members.push_back({real.name, *endpoint, real.server, probe_keys(config, real, *endpoint)});
  }
  return members;
}

const Health& health_of(const HealthTable& table, const ProbeKey& key) {
  static const Health kNever;
  const auto found = table.find(key);
  return found == table.end() ? kNever : found->second;
}

const std::string& cause_of(const Health& health) {
  return health.cause.empty() ? health.words : health.cause;
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
Judgement judgement_for(const Member& member, const HealthTable& table, HealthState state) {
  std::vector<std::pair<ProbeKey, Health>> speaking;
  for (const auto& key : member.probes)
    if (const auto& health = health_of(table, key); health.state == state) speaking.emplace_back(key, health);
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

const Member* find_member(const VirtualServer& service, const Endpoint& real) {
  const auto found = std::ranges::find(service.members, real, &Member::real);
  return found == service.members.end() ? nullptr : &*found;
}

std::string full_name(const Member& member) {
  const auto address = to_string(member.real);
  return member.name == address ? address : fmt::format("{} {}", member.name, address);
}

Layout lay_out(const config::Config& config) {
  Layout layout;
  for (const auto& [name, service] : config.services) {
    const auto pool = config.pools.find(service.pool);
    if (pool == config.pools.end()) continue;  // refused when the file was read
    for (const auto& key : service.keys)
      layout.insert_or_assign(key,
                              VirtualServer{name, config::service_for(service, key), pool->second.need,
                                            pool->second.on_failure, members_of(config, pool->second, key)});
  }
  return layout;
}

std::map<ProbeKey, config::Check> probes_of(const Layout& layout, const config::Config& config) {
  std::map<ProbeKey, config::Check> probes;
  for (const auto& [key, service] : layout)
    for (const auto& member : service.members)
      for (const auto& probe : member.probes) probes.try_emplace(probe, config.checks.at(probe.check));
  return probes;
}

std::map<ProbeKey, std::vector<ServiceKey>> users_of(const Layout& layout) {
  std::map<ProbeKey, std::vector<ServiceKey>> users;
  for (const auto& [key, service] : layout) {
    for (const auto& member : service.members) {
      for (const auto& probe : member.probes) {
        auto& keys = users[probe];
        if (keys.empty() || keys.back() != key) keys.push_back(key);
      }
    }
  }
  return users;
}

HealthState state_of(const VirtualServer& service, const Member& member, const HealthTable& health) {
  if (member.probes.empty()) return HealthState::kUp;
  const auto count = [&](HealthState state) {
    return static_cast<int>(std::count_if(member.probes.begin(), member.probes.end(), [&](const auto& key) {
      return health_of(health, key).state == state;
    }));
  };
  return together(service.need, count(HealthState::kUp), count(HealthState::kDown),
                  count(HealthState::kUnknown));
}

Judgement judge(const VirtualServer& service, const Member& member, const HealthTable& health) {
  if (member.probes.empty()) return {HealthState::kUp, "no checks", ""};
  const auto state = state_of(service, member, health);
  if (state == HealthState::kUnknown) return judgement_for_waiting(member, health);
  return judgement_for(member, health, state);
}

std::string Judgement::reason() const {
  return evidence.empty() ? what : fmt::format("{} ({})", what, evidence);
}

namespace {

// What becomes of a real server in the table.
enum class Place : std::uint8_t { kInService, kQuiesced, kRemoved, kAsItIs };

// The one place where a real server whose checks fail is taken out.
Place place_of(HealthState state, config::OnFailure on_failure) {
  switch (state) {
    case HealthState::kUp:
      return Place::kInService;
    case HealthState::kDown:
      return on_failure == config::OnFailure::kQuiesce ? Place::kQuiesced : Place::kRemoved;
    case HealthState::kUnknown:
      return Place::kAsItIs;
  }
  return Place::kAsItIs;
}

std::optional<RealServer> put(Place place, const Member& member, const Service* present) {
  switch (place) {
    case Place::kInService:
      return member.server;
    case Place::kQuiesced: {
      auto quiet = member.server;
      quiet.weight = 0;
      return quiet;
    }
    case Place::kRemoved:
      return std::nullopt;
    case Place::kAsItIs: {
      if (present == nullptr) return std::nullopt;
      const auto there = present->reals.find(member.real);
      return there == present->reals.end() ? std::nullopt : std::optional(there->second);
    }
  }
  return std::nullopt;
}

}  // namespace

Service desired_service(const VirtualServer& service, const HealthTable& health, const Service* present) {
  Service result = service.wanted;
  result.reals.clear();
  for (const auto& member : service.members) {
    const auto place = place_of(state_of(service, member, health), service.on_failure);
    if (const auto server = put(place, member, present)) result.reals.insert_or_assign(member.real, *server);
  }
  return result;
}

std::set<Endpoint> dead_of(const VirtualServer& service, const HealthTable& health) {
  std::set<Endpoint> dead;
  for (const auto& member : service.members)
    if (state_of(service, member, health) == HealthState::kDown) dead.insert(member.real);
  return dead;
}

State desired_services(const Layout& layout, const HealthTable& health,
                       const std::map<ServiceKey, Service>& present) {
  State state;
  for (const auto& [key, service] : layout) {
    const auto there = present.find(key);
    state.services.emplace(
        key, desired_service(service, health, there == present.end() ? nullptr : &there->second));
  }
  return state;
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
