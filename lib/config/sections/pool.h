// [pool.NAME], and the unnamed pool in a service.
#pragma once

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
  std::optional<Section<TunnelSpec>> tunnel;
  std::vector<Section<RealSpec>> reals;
};

struct Pool {
  std::string name;  // "service.web" for the unnamed pool of a service's short form
  std::vector<Real> reals;
  Need need = Need::kAll;
  OnFailure on_failure = OnFailure::kRemove;
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
