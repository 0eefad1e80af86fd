#include "lib/reconcile/weight.h"

#include <algorithm>

#include "lib/base/find_in.h"

namespace hawser {
namespace {

using probes::HealthState;

// A ramp takes at most so many steps: each costs a message, and the table is looked at for each.
constexpr std::int64_t kRampSteps = 20;
// IPVS has no event for the last connection's end.
constexpr Milliseconds kDrainLook{1000};

std::string rounded_up(std::chrono::nanoseconds time) {
  return format_duration(std::chrono::ceil<std::chrono::seconds>(time));
}

struct Turn {
  const PoolFacts& facts;
  PoolMemory memory;
  TimePoint now;
  Weighed result{};

  [[nodiscard]] const config::PoolPolicy& policy() const { return facts.service.policy; }
  void wake_at(TimePoint time) { result.next = std::min(result.next.value_or(time), time); }
};

// ---- one real server, by itself

OverrideState said_of(const Turn& turn, const Member& member) {
  const auto* said = find_in(turn.facts.overrides, member.real);
  return said == nullptr ? OverrideState{} : *said;
}

const RealServer* there(const Turn& turn, const Member& member) {
  return turn.facts.present == nullptr ? nullptr : find_in(turn.facts.present->reals, member.real);
}

// It would get new connections if the pool had no say.
bool is_usable(const Turn& turn, const Member& member) {
  if (said_of(turn, member).what != Override::kNone) return false;
  switch (state_of(turn.facts.service, member, turn.facts.health)) {
    case HealthState::kUp:
      return true;
    case HealthState::kDown:
      return false;
    case HealthState::kUnknown:
      break;
  }
  const auto* server = there(turn, member);
  return server != nullptr && server->weight > 0;
}

// Those that nobody took out by hand.
bool is_candidate(const Turn& turn, const Member& member) {
  return !member.sorry && member.server.weight > 0 && said_of(turn, member).what == Override::kNone;
}

// ---- the pool

using Chosen = std::set<Endpoint>;  // those that get new connections

Chosen usable_of(const Turn& turn, bool sorry) {
  Chosen chosen;
  for (const auto& member : turn.facts.service.members)
    if (member.sorry == sorry && is_usable(turn, member)) chosen.insert(member.real);
  return chosen;
}

// Of the candidates; one that was not heard of yet is not down.
struct Share {
  std::uint64_t up = 0, all = 0;
  [[nodiscard]] bool is_below(std::uint32_t percent) const { return up * 100 < all * percent; }
};

Share share_of(const Turn& turn, const Chosen& usable) {
  Share share;
  for (const auto& member : turn.facts.service.members) {
    if (!is_candidate(turn, member)) continue;
    ++share.all;
    const bool unknown = state_of(turn.facts.service, member, turn.facts.health) == HealthState::kUnknown;
    if (unknown || usable.contains(member.real)) ++share.up;
  }
  return share;
}

// Below the threshold more load on the few that are left would take them down too: the last good set stays.
// With none left a sorry server is the better answer, where there is one.
Chosen in_panic(Turn& turn, const Chosen& usable, bool has_sorry) {
  auto& memory = turn.memory;
  const auto share = share_of(turn, usable);
  memory.panic = share.is_below(turn.policy().panic_threshold) && (share.up > 0 || !has_sorry);
  if (!memory.panic) {
    memory.good = usable;
    return usable;
  }
  auto kept = usable;
  for (const auto& member : turn.facts.service.members)
    if (is_candidate(turn, member) && memory.good.contains(member.real)) kept.insert(member.real);
  return kept;
}

bool is_undecided(const Turn& turn) {
  return std::ranges::any_of(turn.facts.service.members, [&](const auto& member) {
    return is_candidate(turn, member) &&
           state_of(turn.facts.service, member, turn.facts.health) == HealthState::kUnknown;
  });
}

// keepalived's terms: lost below quorum - hysteresis, regained at quorum + hysteresis. Before every check has
// spoken it is not lost.
bool is_quorate(const Turn& turn, const Chosen& in) {
  std::uint64_t live = 0;
  for (const auto& member : turn.facts.service.members)
    if (!member.sorry && in.contains(member.real)) live += member.server.weight;
  const std::uint64_t quorum = turn.policy().quorum;
  const std::uint64_t hysteresis = turn.policy().quorum_hysteresis;
  if (!turn.memory.quorate) return live >= quorum + hysteresis;
  return live + hysteresis >= quorum || is_undecided(turn);
}

// ---- slow start

// The smallest number of equal steps that is as fine as the weight.
std::int64_t steps_of(const Member& member) {
  return std::clamp<std::int64_t>(member.server.weight, 1, kRampSteps);
}

struct Ramp {
  std::uint32_t weight = 0;
  TimePoint next;
};

std::optional<Ramp> ramp_at(const Turn& turn, const Member& member, TimePoint since) {
  const std::chrono::nanoseconds whole = turn.policy().slow_start;
  const auto gone = std::max(turn.now - since, std::chrono::nanoseconds(0));
  if (gone >= whole) return std::nullopt;
  const auto steps = steps_of(member);
  const auto step = gone * steps / whole;  // 0 .. steps - 1
  const auto weight =
      static_cast<std::uint32_t>(std::int64_t{member.server.weight} * (step + 1) / (steps + 1));
  return Ramp{std::max(weight, 1U), since + whole * (step + 1) / steps};
}

// What stood at part of its weight was in a ramp when an earlier netd ended: it goes on from there.
std::optional<TimePoint> resumed(const Turn& turn, const Member& member, const RealServer& server) {
  if (server.weight == 0 || server.weight >= member.server.weight) return std::nullopt;
  const std::chrono::nanoseconds whole = turn.policy().slow_start;
  return turn.now - whole / member.server.weight * server.weight;
}

// Where nobody else is warm there is nothing to be spared by: a pool that starts has its whole weight at
// once.
bool somebody_else_is_warm(const Turn& turn, const Member& member) {
  return std::ranges::any_of(turn.memory.reals, [&](const auto& entry) {
    const auto& since = entry.second.in_since;
    return entry.first != member.real && since && turn.now - *since >= turn.policy().slow_start;
  });
}

// What an earlier netd had in is as warm as it ever gets.
TimePoint in_since(const Turn& turn, const Member& member) {
  const auto* known = find_in(turn.memory.reals, member.real);
  if (known != nullptr) return known->in_since.value_or(turn.now);
  return there(turn, member) == nullptr ? turn.now : turn.now - turn.policy().slow_start;
}

std::optional<TimePoint> ramp_of(const Turn& turn, const Member& member) {
  if (turn.policy().slow_start == Milliseconds(0) || member.sorry) return std::nullopt;
  const auto* known = find_in(turn.memory.reals, member.real);
  if (known == nullptr && there(turn, member) != nullptr) return resumed(turn, member, *there(turn, member));
  if (known != nullptr && known->in_since) return known->ramp_since;
  return somebody_else_is_warm(turn, member) ? std::optional(turn.now) : std::nullopt;
}

// ---- draining

bool is_drained(Turn& turn, const Member& member, const OverrideState& said) {
  if (there(turn, member) == nullptr) return true;
  if (said.deadline && turn.now >= *said.deadline) return true;
  if (said.deadline) turn.wake_at(*said.deadline);
  const auto* counted = find_in(turn.facts.connections, member.real);
  return counted != nullptr && counted->all() == 0;
}

std::string in_words(const Connections& connections) {
  auto text = fmt::format("{} active, {} inactive", connections.active, connections.inactive);
  if (connections.persistent > 0) text += fmt::format(", {} persistent", connections.persistent);
  return text;
}

EffectiveWeight drained_or_draining(Turn& turn, const Member& member, const OverrideState& said,
                                    RealMemory& memory) {
  const auto configured = member.server.weight;
  memory.drained = memory.drained || is_drained(turn, member, said);
  if (memory.drained) return {std::nullopt, configured, Because::kOperator, "drained"};
  turn.wake_at(turn.now + kDrainLook);
  std::string reason = "draining";
  if (const auto* counted = find_in(turn.facts.connections, member.real))
    reason += fmt::format(": {}", in_words(*counted));
  if (said.deadline)
    reason += fmt::format("; out in {} at the latest", rounded_up(*said.deadline - turn.now));
  return {0, configured, Because::kOperator, std::move(reason)};
}

// ---- together

struct Pool {
  Chosen in, sorry;        // those that get connections, of either kind
  bool held_back = false;  // the quorum is lost, and sorry servers answer instead
};

EffectiveWeight in_full(Turn& turn, const Member& member, const RealMemory& memory, Because because,
                        const std::string& reason) {
  const auto configured = member.server.weight;
  const auto ramp = memory.ramp_since ? ramp_at(turn, member, *memory.ramp_since) : std::nullopt;
  if (!ramp || ramp->weight >= configured) return {configured, configured, because, reason};
  turn.wake_at(ramp->next);
  const auto left = *memory.ramp_since + turn.policy().slow_start - turn.now;
  return {ramp->weight, configured, Because::kRamp,
          fmt::format("slow start, full in {}; {}", rounded_up(left), reason)};
}

EffectiveWeight as_failed(const Turn& turn, const Member& member, const std::string& reason) {
  const bool stays = turn.policy().on_failure == config::OnFailure::kQuiesce;
  return {stays ? std::optional(0U) : std::nullopt, member.server.weight, Because::kChecks, reason};
}

EffectiveWeight as_it_is(const Turn& turn, const Member& member, const std::string& reason) {
  const auto* server = there(turn, member);
  return {server == nullptr ? std::nullopt : std::optional(server->weight), member.server.weight,
          Because::kChecks, reason};
}

EffectiveWeight sorry_weight(const Member& member, const Pool& pool, const std::string& reason) {
  const auto configured = member.server.weight;
  if (pool.sorry.contains(member.real))
    return {configured, configured, Because::kPool,
            fmt::format("sorry server, the quorum is lost; {}", reason)};
  return {std::nullopt, configured, Because::kPool, fmt::format("sorry server, not needed; {}", reason)};
}

EffectiveWeight weight_of(Turn& turn, const Member& member, const Pool& pool, RealMemory& memory) {
  const auto configured = member.server.weight;
  const auto said = said_of(turn, member);
  if (said.what == Override::kDisabled)
    return {std::nullopt, configured, Because::kOperator, "disabled by hand"};
  if (said.what == Override::kDraining) return drained_or_draining(turn, member, said, memory);
  const auto judgement = judge(turn.facts.service, member, turn.facts.health);
  const auto reason = judgement.reason();
  if (member.sorry) return sorry_weight(member, pool, reason);
  if (!pool.in.contains(member.real))
    return judgement.state == HealthState::kUnknown ? as_it_is(turn, member, reason)
                                                    : as_failed(turn, member, reason);
  if (pool.held_back)
    return {0, configured, Because::kPool,
            fmt::format("the quorum is lost, sorry servers answer; {}", reason)};
  if (judgement.state == HealthState::kUnknown) return as_it_is(turn, member, reason);
  if (judgement.state == HealthState::kUp) return in_full(turn, member, memory, Because::kChecks, reason);
  return in_full(turn, member, memory, Because::kPool,
                 fmt::format("kept, since fewer than {}% are up; {}", turn.policy().panic_threshold, reason));
}

void put(Turn& turn, const Member& member, const EffectiveWeight& weight) {
  if (!weight.weight) return;
  auto server = member.server;
  // What is not known yet stays as it is there to the last attribute.
  if (const auto* now = there(turn, member);
      now != nullptr && said_of(turn, member).what == Override::kNone &&
      state_of(turn.facts.service, member, turn.facts.health) == HealthState::kUnknown)
    server = *now;
  server.weight = *weight.weight;
  turn.result.wanted.reals.insert_or_assign(member.real, server);
}

void weigh_one(Turn& turn, const Member& member, const Pool& pool) {
  auto& memory = turn.result.memory.reals[member.real];
  if (pool.in.contains(member.real)) {
    memory.in_since = in_since(turn, member);
    memory.ramp_since = ramp_of(turn, member);
  }
  if (const auto* before = find_in(turn.memory.reals, member.real);
      before != nullptr && said_of(turn, member).what == Override::kDraining)
    memory.drained = before->drained;
  auto weight = weight_of(turn, member, pool, memory);
  if (memory.ramp_since && turn.now - *memory.ramp_since >= turn.policy().slow_start)
    memory.ramp_since.reset();
  put(turn, member, weight);
  const bool is_down = state_of(turn.facts.service, member, turn.facts.health) == HealthState::kDown;
  if (is_down && weight.weight.value_or(0) == 0) turn.result.dead.insert(member.real);
  turn.result.reals.insert_or_assign(member.real, std::move(weight));
}

// Of who has just started and remembers nothing: where a sorry server answers, the quorum was lost before.
bool was_lost_before(const Turn& turn) {
  return turn.memory.reals.empty() &&
         std::ranges::any_of(turn.facts.service.members, [&](const auto& member) {
           const auto* server = member.sorry ? there(turn, member) : nullptr;
           return server != nullptr && server->weight > 0;
         });
}

Pool choose(Turn& turn) {
  Pool pool;
  pool.sorry = usable_of(turn, true);
  if (was_lost_before(turn)) turn.memory.quorate = false;
  pool.in = in_panic(turn, usable_of(turn, false), !pool.sorry.empty());
  turn.memory.quorate = is_quorate(turn, pool.in);
  if (turn.memory.quorate) pool.sorry.clear();
  pool.held_back = !pool.sorry.empty();
  return pool;
}

// For as long as one of them has weight 0: else its clients, and no others, would get nothing.
void fall_back(Service& service) {
  const bool any =
      std::ranges::any_of(service.reals, [](const auto& real) { return real.second.weight == 0; });
  if (any && keeps_choosing(service)) service.flags |= static_cast<std::uint32_t>(ServiceFlag::kSched1);
}

}  // namespace

std::string sentence(const EffectiveWeight& weight) {
  if (!weight.weight) return fmt::format("out: {}", weight.reason);
  if (*weight.weight == weight.configured) return fmt::format("{}: {}", weight.configured, weight.reason);
  return fmt::format("{} of {}: {}", *weight.weight, weight.configured, weight.reason);
}

bool keeps_choosing(const Service& service) {
  return (service.scheduler == "sh" || service.scheduler == "mh") &&
         (service.flags & static_cast<std::uint32_t>(ServiceFlag::kSched1)) == 0;
}

Weighed weigh(const PoolFacts& facts, PoolMemory memory, TimePoint now) {
  Turn turn{facts, std::move(memory), now};
  turn.result.wanted = facts.service.wanted;
  turn.result.wanted.reals.clear();
  const auto pool = choose(turn);
  turn.result.memory.good = turn.memory.good;
  turn.result.memory.panic = turn.memory.panic;
  turn.result.memory.quorate = turn.memory.quorate;
  for (const auto& member : facts.service.members) weigh_one(turn, member, pool);
  fall_back(turn.result.wanted);
  return std::move(turn.result);
}

Service desired_service(const VirtualServer& service, const HealthTable& health, const Service* present) {
  return weigh({.service = service, .health = health, .present = present}, {}, {}).wanted;
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

}  // namespace hawser
