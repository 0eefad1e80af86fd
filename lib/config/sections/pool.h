// [pool.NAME], and the unnamed pool in a service.
#pragma once

#include "lib/base/duration.h"
#include "lib/base/names.h"
#include "lib/config/sections/real.h"

namespace hawser::config {

enum class Need : std::uint8_t { kAll, kAny };
enum class OnFailure : std::uint8_t { kRemove, kQuiesce };

struct PoolSpec {
  std::vector<CheckRef> checks;
  Need need = Need::kAll;
  Forwarding forwarding = Forwarding::kMasquerade;
  OnFailure on_failure = OnFailure::kRemove;
  std::uint32_t panic_threshold = 0;
  std::uint32_t quorum = 1;
  std::uint32_t quorum_hysteresis = 0;
  Milliseconds slow_start{0};
  bool source_nat = false;
  std::optional<Section<TunnelSpec>> tunnel;
  std::vector<Section<RealSpec>> reals;
  std::vector<Section<RealSpec>> sorry;
};

// How a pool makes weights of verdicts (lib/reconcile/weight.h).
struct PoolPolicy {
  Need need = Need::kAll;
  OnFailure on_failure = OnFailure::kRemove;
  std::uint32_t panic_threshold = 0;    // percent of the real servers; 0: off
  std::uint32_t quorum = 1;             // weight that has to be up
  std::uint32_t quorum_hysteresis = 0;  // weight, both ways
  Milliseconds slow_start{0};
  bool operator==(const PoolPolicy&) const = default;
};

struct Pool {
  std::string name;  // "service.web" for the unnamed pool of a service's short form
  std::vector<Real> reals;
  PoolPolicy policy;
  std::vector<Real> sorry;  // answer where the quorum is lost
  bool source_nat = false;  // packets reach them with an address of this host as their source
  bool operator==(const Pool&) const = default;
};

struct Pools {
  struct Written {
    Sections<PoolSpec> pools;
    std::set<std::string> used_pools;  // somewhere in the file, whichever node it is for
  };
  struct Built {
    std::map<std::string, Pool> pools;
    bool operator==(const Built&) const = default;
  };
  static SectionType type();
};

// One pool, or the unnamed one in a service.
void check_pool(const File& file, const Networks& networks, const PoolSpec& pool, const std::string& path,
                Report& report);
void build_pool(const std::string& name, const std::string& path, const PoolSpec& spec, Config& config);

}  // namespace hawser::config

namespace hawser {

template <>
inline constexpr std::array<Name<config::Need>, 2> kNames<config::Need>{{
    {config::Need::kAll, "all"},
    {config::Need::kAny, "any"},
}};

template <>
inline constexpr std::array<Name<config::OnFailure>, 2> kNames<config::OnFailure>{{
    {config::OnFailure::kRemove, "remove"},
    {config::OnFailure::kQuiesce, "quiesce"},
}};

}  // namespace hawser
