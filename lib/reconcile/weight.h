// What a real server weighs in the kernel's table: configured x health x override x ramp, with the quorum,
// the sorry servers and the panic threshold of its pool around it. Pure: what is remembered of a pool comes
// in and goes out as a value, and so does the time. The one place where a real server is taken out.
//
// - A real server whose health is not known yet stays as the kernel has it, in or out, so that neither a
//   restart nor a new check makes anything flap.
// - While one passes its checks and nobody took it out by hand, there is one that gets new connections.
// - Without checks, overrides and ramps the answer is the file's: the same file, the same table.
#pragma once

#include <optional>

#include "lib/base/duration.h"
#include "lib/reconcile/verdict.h"
#include "lib/state/state.h"

namespace hawser {

// What an operator said of a real server beside the file. It outlives a reload and a restart.
enum class Override : std::uint8_t {
  kNone,
  kDraining,  // no new connections; out when the last one has ended
  kDisabled,  // out
};

template <>
inline constexpr std::array<Name<Override>, 3> kNames<Override>{{
    {Override::kNone, "enabled"},
    {Override::kDraining, "draining"},
    {Override::kDisabled, "disabled"},
}};

struct OverrideState {
  Override what = Override::kNone;
  std::optional<TimePoint> deadline{};  // of draining: out then, whatever is left
  bool operator==(const OverrideState&) const = default;
};

// What the kernel counts of a real server that is being drained; persistent: templates that bring clients
// back to it.
struct Connections {
  std::uint64_t active = 0, inactive = 0, persistent = 0;
  [[nodiscard]] std::uint64_t all() const { return active + inactive + persistent; }
  bool operator==(const Connections&) const = default;
};

struct RealMemory {
  std::optional<TimePoint> in_since{};    // it gets new connections since then; nullopt: it does not
  std::optional<TimePoint> ramp_since{};  // slow start: its weight grows since then
  bool drained = false;                   // this draining has ended
  bool operator==(const RealMemory&) const = default;
};

// Of one virtual server, between two looks.
struct PoolMemory {
  std::map<Endpoint, RealMemory> reals{};
  std::set<Endpoint> good{};  // those in when enough were up the last time
  bool panic = false;         // fewer than panic_threshold are up: the good ones stay
  bool quorate = true;
  bool operator==(const PoolMemory&) const = default;
};

struct PoolFacts {
  const VirtualServer& service;
  const HealthTable& health;
  const Service* present = nullptr;  // what the kernel has; nullptr: nothing
  std::map<Endpoint, OverrideState> overrides{};
  std::map<Endpoint, Connections> connections{};  // of those that are drained, as last seen; none: not yet
};

// Whose word it is.
enum class Because : std::uint8_t {
  kChecks,    // its own checks'
  kRamp,      // slow start's
  kPool,      // the quorum's or the panic threshold's
  kOperator,  // somebody's by hand
};

template <>
inline constexpr std::array<Name<Because>, 4> kNames<Because>{{
    {Because::kChecks, "checks"},
    {Because::kRamp, "slow start"},
    {Because::kPool, "pool"},
    {Because::kOperator, "operator"},
}};

struct EffectiveWeight {
  std::optional<std::uint32_t> weight{};  // nullopt: not in the table
  std::uint32_t configured = 0;
  Because because = Because::kChecks;
  std::string reason{};  // "slow start, full in 18s; 2 checks succeeded (site: status 200)"
  bool operator==(const EffectiveWeight&) const = default;
};

// "40 of 100: slow start, full in 18s; ..", "100: 1 check succeeded (..)", "out: disabled by hand".
std::string sentence(const EffectiveWeight& weight);

struct Weighed {
  PoolMemory memory{};
  std::map<Endpoint, EffectiveWeight> reals{};
  Service wanted{};                 // the service as it should be in the kernel
  std::set<Endpoint> dead{};        // what must get no new connection: it comes first and waits for nothing
  std::optional<TimePoint> next{};  // when it is another without anything happening
};

// Asked twice at one time, it says the same twice.
Weighed weigh(const PoolFacts& facts, PoolMemory memory, TimePoint now);

// As it is where nothing is remembered and nobody said anything: what a plan is made of without a daemon.
Service desired_service(const VirtualServer& service, const HealthTable& health, const Service* present);
State desired_services(const Layout& layout, const HealthTable& health,
                       const std::map<ServiceKey, Service>& present);

// A scheduler that goes on choosing a server of weight 0 or an overloaded one unless its fallback flag is set
// (ip_vs_sh.c, ip_vs_mh.c).
bool keeps_choosing(const Service& service);

}  // namespace hawser
