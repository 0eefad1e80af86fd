// What IPVS has once in a network namespace: the timeouts of connections, the sync daemons, sysctls; and the
// counters, which nobody plans: they are set to zero on demand.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/plan/family.h"
#include "lib/state/state.h"

namespace hawser {

struct SetIpvsTimeouts {  // a 0 in `to` leaves that one as it is
  static constexpr Kind kKind{"set-ipvs-timeouts"};
  IpvsTimeouts from, to;
  bool operator==(const SetIpvsTimeouts&) const = default;
};
struct StartSync {
  static constexpr Kind kKind{"start-sync-daemon", Act::kMake};
  SyncRole role{};
  SyncDaemon daemon;
  bool operator==(const StartSync&) const = default;
};
struct StopSync {
  static constexpr Kind kKind{"stop-sync-daemon", Act::kRemove};
  SyncRole role{};
  bool operator==(const StopSync&) const = default;
};
struct SetIpvsSysctl {
  static constexpr Kind kKind{"set-sysctl"};
  IpvsSysctl which{};
  std::uint32_t from = 0, to = 0;
  bool operator==(const SetIpvsSysctl&) const = default;
};
struct ZeroCounters {
  static constexpr Kind kKind{"zero-counters"};
  std::optional<ServiceKey> key;  // nullopt: of every service
  bool operator==(const ZeroCounters&) const = default;
};

using IpvsHostStep = std::variant<SetIpvsTimeouts, StartSync, StopSync, SetIpvsSysctl, ZeroCounters>;

// `wish` with what it leaves open taken from what is there: timeouts of 0, a message length of 0. A backup
// takes messages of 1024 bytes at least, whatever it was told.
IpvsTimeouts settled(IpvsTimeouts wish, const IpvsTimeouts& there);
SyncDaemon settled(SyncDaemon wish, SyncRole role, const SyncDaemon& there);

// From what is there to the wish; what that does not name is left as it is. The kernel changes nothing of a
// daemon that runs: it is stopped and started.
std::vector<IpvsHostStep> towards_ipvs_host(const IpvsHost& from, const IpvsHost& wish);
// The same, and daemons that the target does not name are stopped: for who puts back what was there.
std::vector<IpvsHostStep> back_to_ipvs_host(const IpvsHost& from, const IpvsHost& target);

namespace family {
std::string describe(const IpvsHostStep& step);
std::string object_of(const IpvsHostStep& step);
std::string unit_of(const IpvsHostStep& step, const Sides& sides);
void touch(Touched& touched, const IpvsHostStep& step);
void simulate(State& state, const IpvsHostStep& step);
}  // namespace family

}  // namespace hawser
