#include "lib/config/sections/pool.h"

#include <algorithm>

#include "lib/config/sections/addresses.h"
#include "lib/config/sections/make_section.h"
#include "lib/config/sections/pool_notes.h"
#include "lib/config/sections/pool_rows.h"
#include "lib/config/sections/quorum_rules.h"

namespace hawser::config {

namespace {

constexpr std::string_view kPoolExample = R"([pool.web]
checks = ["site"]
forwarding = "masquerade"
on_failure = "quiesce"
)";

constexpr std::string_view kPoolTunnelExample = R"([pool.far]
forwarding = "tunnel"
tunnel = { type = "gue", port = 6080 }
checks = [{ type = "tcp", port = 8080 }]    # a check without a section of its own
[[pool.far.real]]
address = "203.0.113.21"
)";

constexpr std::string_view kPoolRealExample = R"([[pool.web.real]]
name = "web1"
addresses = ["198.51.100.21", "2001:db8:1::21"]
port = 8080
weight = 100
[[pool.web.real]]
address = "198.51.100.22:8080"              # the short form of addresses and port
)";

constexpr std::string_view kPoolSorryExample = R"([[pool.web.sorry]]
address = "198.51.100.29:8080"              # says "back soon" while no other real server is up
checks = []
)";

const Rows<PoolSpec>& pool_rows() {
  static const auto rows = [] {
    Rows<PoolSpec> made;
    add_pool_rows(made, {});
    return made;
  }();
  return rows;
}

void find_used_pools(const Table& root, File& file) {
  file.used_pools = texts_of(root, "pool");
}

void check_pools(const File& file, Report& report) {
  const Networks networks(file);
  for (const auto& [name, pool] : file.pools) {
    check_pool(file, networks, pool.spec, pool.path, report);
    quorum_can_be_reached(pool, report);
  }
}

void note_pools(const File& file, Report& report) {
  for (const auto& [name, pool] : file.pools) {
    note_pool(pool, report);
    if (!file.used_pools.contains(name))
      report.note(Part::kNetd, pool.place, pool.path, "no service uses it");
  }
}

// The names of the checks; those written in the pool get one.
std::vector<std::string> add_checks(const std::vector<CheckRef>& refs, const std::string& path,
                                    Config& config) {
  std::vector<std::string> names;
  for (const auto& ref : refs) {
    auto name = ref.name;
    if (ref.written) {
      name = fmt::format("{}.checks[{}]", path, names.size() + 1);
      auto check = check_of(ref.written->spec);
      check.name = name;
      config.checks[name] = std::move(check);
    }
    names.push_back(std::move(name));
  }
  return names;
}

PoolPolicy policy_of(const PoolSpec& spec) {
  return {spec.need,   spec.on_failure,        spec.panic_threshold,
          spec.quorum, spec.quorum_hysteresis, spec.slow_start};
}

void build_pools(const File& file, Config& config) {
  for (const auto& [name, pool] : file.pools) build_pool(name, pool.path, pool.spec, config);
}

}  // namespace

void build_pool(const std::string& name, const std::string& path, const PoolSpec& spec, Config& config) {
  Pool pool;
  pool.name = name;
  pool.policy = policy_of(spec);
  pool.source_nat = spec.source_nat;
  const auto checks = add_checks(spec.checks, path, config);
  const auto build = [&](const Section<RealSpec>& section) {
    auto real = real_of(section.spec, spec);
    real.checks = section.spec.checks ? add_checks(*section.spec.checks, section.path, config) : checks;
    return real;
  };
  std::ranges::transform(spec.reals, std::back_inserter(pool.reals), build);
  std::ranges::transform(spec.sorry, std::back_inserter(pool.sorry), build);
  config.pools.emplace(name, std::move(pool));
}

SectionType Pools::type() {
  auto type = named_section("pool", "[pool.NAME]", Part::kNetd, pool_rows(), &File::pools, kPoolExample);
  describe(type.info, "tunnel", "[pool.NAME] tunnel", tunnel_rows(), kPoolTunnelExample);
  describe(type.info, "real", "[[pool.NAME.real]]", real_rows(), kPoolRealExample);
  describe(type.info, "sorry", "[[pool.NAME.sorry]]", real_rows(), kPoolSorryExample);
  take_defaults(type.info, pool_rows());
  type.look_at_root = find_used_pools;
  type.rules.emplace_back(check_pools);
  type.notes = {note_pools};
  type.build = build_pools;
  return type;
}

}  // namespace hawser::config
