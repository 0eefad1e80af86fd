// Rules of [pool.*] and of the unnamed pool in a service.
#include <algorithm>
#include <set>

#include "lib/base/spelling.h"
#include "lib/config/rules.h"
#include "lib/config/services.h"

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
      tunnel_is_sound(*pool_.tunnel);
      const bool used =
          pool_.forwarding == Forwarding::kTunnel || std::ranges::any_of(pool_.reals, [](const auto& real) {
            return real.spec.forwarding == Forwarding::kTunnel;
          });
      if (!used)
        report_.add(Part::kNetd, pool_.tunnel->place, pool_.tunnel->path, "needs forwarding = \"tunnel\"");
    }
    for (const auto& real : pool_.reals) check_real(real);
    reals_differ();
  }

 private:
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

  void tunnel_is_sound(const Section<TunnelSpec>& tunnel) {
    const auto& spec = tunnel.spec;
    if (spec.type == TunnelType::kGue && spec.port == 0)
      fault(report_, tunnel, "port", "is missing: gue needs it");
    if (spec.type != TunnelType::kGue && tunnel.has("port"))
      fault(report_, tunnel, "port", "only gue has it");
    if (spec.type == TunnelType::kIpip && tunnel.has("checksum"))
      fault(report_, tunnel, "checksum", "only gue and gre have it");
  }

  void check_real(const Section<RealSpec>& real) {
    const auto& spec = real.spec;
    if (spec.checks) checks_exist(*spec.checks, real.path);
    if (spec.tunnel) {
      tunnel_is_sound(*spec.tunnel);
      if (spec.forwarding.value_or(pool_.forwarding) != Forwarding::kTunnel)
        report_.add(Part::kNetd, spec.tunnel->place, spec.tunnel->path, "needs forwarding = \"tunnel\"");
    }
    if (spec.lower_threshold > spec.upper_threshold)
      fault(report_, real, "lower_threshold",
            fmt::format("{} is above upper_threshold {}{}", spec.lower_threshold, spec.upper_threshold,
                        real.has("upper_threshold") ? "" : " (default)"));
    addresses_are_sound(real);
    loopback_is_for_direct(real);
  }

  // ip_vs_new_dest() takes what a route leads to: neither a broadcast address nor a link-local one of IPv6.
  [[nodiscard]] std::string fault_of(const IpAddress& address) const {
    if (auto wrong = host_fault(address); !wrong.empty()) return wrong;
    if (address.is_v6() && address.is_link_local())
      return fmt::format("{} is link-local: it names no host without its link", address);
    return networks_.fault(address);
  }

  // ip_vs_nat_xmit(): "stopping DNAT to loopback address". Clients on this host itself are served.
  void loopback_is_for_direct(const Section<RealSpec>& real) {
    if (real.spec.forwarding.value_or(pool_.forwarding) != Forwarding::kMasquerade) return;
    for (const auto& [address, port] : real.spec.addresses)
      if (address.is_loopback())
        report_.note(Part::kNetd, real.place, real.path,
                     fmt::format("{} with forwarding = \"masquerade\" is reached from this host only: write "
                                 "\"direct\" for a server on this host",
                                 address));
  }

  void addresses_are_sound(const Section<RealSpec>& real) {
    const auto& spec = real.spec;
    const std::string_view key = real.has("address") ? "address" : "addresses";
    if (real.has("address") && real.has("addresses"))
      return fault(report_, real, "addresses", "must not stand beside address");
    if (!real.has("address") && !real.has("addresses"))
      return fault(report_, real, "addresses", "is missing: write addresses = [..] or address = ..");
    std::set<Family> families;
    for (std::size_t i = 0; i < spec.addresses.size(); ++i) {
      const auto& [address, port] = spec.addresses[i];
      const auto say = [&](std::string what) {
        report_.add(Part::kNetd, real.at(key, i), dotted(real.path, key), std::move(what));
      };
      if (auto wrong = fault_of(address); !wrong.empty()) say(std::move(wrong));
      if (!families.insert(address.family()).second)
        say(fmt::format("{} is the second of its family: write another [[{}.real]]", to_string(address),
                        path_));
      if (port != 0 && spec.port && *spec.port != port)
        say(fmt::format("{} differs from port {}", port, *spec.port));
    }
  }

  void reals_differ() {
    std::map<std::string, Place> names;
    std::map<std::pair<IpAddress, std::uint16_t>, Place> endpoints;
    for (const auto& section : pool_.reals) {
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
