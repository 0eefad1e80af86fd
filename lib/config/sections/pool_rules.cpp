// Rules of [pool.*] and of the unnamed pool in a service. Of its real servers one by one: real_rules.cpp.
#include <algorithm>

#include "lib/base/spelling.h"
#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

// One pool, or the unnamed pool in a service.
class PoolRules {
 public:
  PoolRules(const File& file, const Networks& networks, const PoolSpec& pool, std::string path,
            Report& report)
      : file_(file), networks_(networks), pool_(pool), path_(std::move(path)), report_(report) {}

  void check() {
    checks_exist(pool_.checks, path_);
    if (pool_.tunnel) {
      check_tunnel(*pool_.tunnel, report_);
      const bool used =
          pool_.forwarding == Forwarding::kTunnel || std::ranges::any_of(everyone(), [](const auto* real) {
            return real->spec.forwarding == Forwarding::kTunnel;
          });
      if (!used)
        report_.add(Part::kNetd, pool_.tunnel->place, pool_.tunnel->path, "needs forwarding = \"tunnel\"");
    }
    for (const auto* real : everyone()) judge_real(*real);
    reals_differ();
  }

 private:
  [[nodiscard]] std::vector<const Section<RealSpec>*> everyone() const {
    std::vector<const Section<RealSpec>*> all;
    for (const auto& real : pool_.reals) all.push_back(&real);
    for (const auto& real : pool_.sorry) all.push_back(&real);
    return all;
  }

  void checks_exist(const std::vector<CheckRef>& checks, const std::string& path) {
    for (const auto& ref : checks) {
      if (ref.written) {
        check_is_sound(*ref.written, report_);
      } else if (!file_.checks.contains(ref.name)) {
        std::vector<std::string_view> names;
        for (const auto& [name, check] : file_.checks) names.push_back(name);
        const auto near = nearest(ref.name, names);
        report_.add(Part::kNetd, ref.place, path + ".checks",
                    near.empty()
                        ? fmt::format("no [check.{}] exists", ref.name)
                        : fmt::format("no [check.{}] exists; did you mean {}?", ref.name, quote(near)));
      }
    }
  }

  void judge_real(const Section<RealSpec>& real) {
    const auto& spec = real.spec;
    if (spec.checks) checks_exist(*spec.checks, real.path);
    if (spec.tunnel) {
      check_tunnel(*spec.tunnel, report_);
      if (spec.forwarding.value_or(pool_.forwarding) != Forwarding::kTunnel)
        report_.add(Part::kNetd, spec.tunnel->place, spec.tunnel->path, "needs forwarding = \"tunnel\"");
    }
    config::check_real(real, pool_, path_, networks_, report_);
  }

  void reals_differ() {
    std::map<std::string, Place> names;
    std::map<std::pair<IpAddress, std::uint16_t>, Place> endpoints;
    for (const auto* one : everyone()) {
      const auto& section = *one;
      const auto real = real_of(section.spec, pool_);
      if (const auto [there, added] = names.try_emplace(real.name, section.place);
          !added && section.has("name"))
        fault(
            report_, section, "name",
            fmt::format("{} is also that of the one at {}", quote(real.name), report_.where(there->second)));
      for (std::size_t i = 0; i < real.addresses.size(); ++i) {
        const auto [there, added] =
            endpoints.try_emplace({real.addresses[i], real.port.value_or(0)}, section.place);
        const std::string_view key = section.has("address") ? "address" : "addresses";
        if (!added)
          report_.add(Part::kNetd, section.at(key, i), dotted(section.path, key),
                      fmt::format("{} is already the real server at {}", to_string(real.addresses[i]),
                                  report_.where(there->second)));
      }
    }
  }

  const File& file_;
  const Networks& networks_;
  const PoolSpec& pool_;
  std::string path_;
  Report& report_;
};

}  // namespace

void check_pool(const File& file, const Networks& networks, const PoolSpec& pool, const std::string& path,
                Report& report) {
  PoolRules(file, networks, pool, path, report).check();
}

}  // namespace hawser::config
