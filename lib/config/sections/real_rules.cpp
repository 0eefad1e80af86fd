// Rules of [[pool.NAME.real]].
#include <algorithm>
#include <set>

#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/pool.h"

namespace hawser::config {

namespace {

// ip_vs_new_dest() takes what a route leads to: neither a broadcast address nor a link-local one of IPv6.
std::string fault_of(const IpAddress& address, const Networks& networks) {
  if (auto wrong = host_fault(address); !wrong.empty()) return wrong;
  if (address.is_v6() && address.is_link_local())
    return fmt::format("{} is link-local: it names no host without its link", address);
  return networks.fault(address);
}

// With direct and tunnel the real server answers the client itself.
void source_nat_is_for_masquerade(const Section<RealSpec>& real, const PoolSpec& pool, Report& report) {
  const auto forwarding = real.spec.forwarding.value_or(pool.forwarding);
  if (!pool.source_nat || forwarding == Forwarding::kMasquerade) return;
  report.add(
      Part::kNetd, real.at("forwarding"), dotted(real.path, "forwarding"),
      fmt::format("must be \"masquerade\" in a pool with source_nat, not {}", quote(name_of(forwarding))));
}

// ip_vs_nat_xmit(): "stopping DNAT to loopback address". Clients on this host itself are served.
void loopback_is_for_direct(const Section<RealSpec>& real, const PoolSpec& pool, Report& report) {
  if (real.spec.forwarding.value_or(pool.forwarding) != Forwarding::kMasquerade) return;
  for (const auto& [address, port] : real.spec.addresses)
    if (address.is_loopback())
      report.note(Part::kNetd, real.place, real.path,
                  fmt::format("{} with forwarding = \"masquerade\" is reached from this host only: write "
                              "\"direct\" for a server on this host",
                              address));
}

void addresses_are_sound(const Section<RealSpec>& real, const std::string& path, const Networks& networks,
                         Report& report) {
  const auto& spec = real.spec;
  const std::string_view key = real.has("address") ? "address" : "addresses";
  if (real.has("address") && real.has("addresses"))
    return fault(report, real, "addresses", "must not stand beside address");
  if (!real.has("address") && !real.has("addresses"))
    return fault(report, real, "addresses", "is missing: write addresses = [..] or address = ..");
  std::set<Family> families;
  for (std::size_t i = 0; i < spec.addresses.size(); ++i) {
    const auto& [address, port] = spec.addresses[i];
    const auto say = [&](std::string what) {
      report.add(Part::kNetd, real.at(key, i), dotted(real.path, key), std::move(what));
    };
    if (auto wrong = fault_of(address, networks); !wrong.empty()) say(std::move(wrong));
    if (!families.insert(address.family()).second)
      say(fmt::format("{} is the second of its family: write another [[{}.real]]", to_string(address), path));
    if (port != 0 && spec.port && *spec.port != port)
      say(fmt::format("{} differs from port {}", port, *spec.port));
  }
}

}  // namespace

void check_tunnel(const Section<TunnelSpec>& tunnel, Report& report) {
  const auto& spec = tunnel.spec;
  if (spec.type == TunnelType::kGue && spec.port == 0)
    fault(report, tunnel, "port", "is missing: gue needs it");
  if (spec.type != TunnelType::kGue && tunnel.has("port")) fault(report, tunnel, "port", "only gue has it");
  if (spec.type == TunnelType::kIpip && tunnel.has("checksum"))
    fault(report, tunnel, "checksum", "only gue and gre have it");
}

void check_real(const Section<RealSpec>& real, const PoolSpec& pool, const std::string& path,
                const Networks& networks, Report& report) {
  const auto& spec = real.spec;
  if (spec.lower_threshold > spec.upper_threshold)
    fault(report, real, "lower_threshold",
          fmt::format("{} is above upper_threshold {}{}", spec.lower_threshold, spec.upper_threshold,
                      real.has("upper_threshold") ? "" : " (default)"));
  addresses_are_sound(real, path, networks, report);
  loopback_is_for_direct(real, pool, report);
  source_nat_is_for_masquerade(real, pool, report);
}

}  // namespace hawser::config
