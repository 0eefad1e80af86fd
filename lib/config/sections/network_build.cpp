// From [bond.NAME] and [link.NAME] to the devices and routes that the kernel is to have.
#include <algorithm>

#include "lib/config/sections/devices.h"
#include "lib/state/bond_options.h"

namespace hawser::config {

namespace {

constexpr std::uint8_t kScopeLink = 253;  // RT_SCOPE_LINK
constexpr std::uint8_t kScopeHost = 254;  // RT_SCOPE_HOST

std::uint8_t scope_of(const IpAddress& address) {
  if (address.is_loopback()) return kScopeHost;
  return address.is_v6() && address.is_link_local() ? kScopeLink : 0;
}

// What bonds and links have in common.
Link link_of(const File& file, const InterfaceSpec& spec, LinkKind kind) {
  Link link;
  link.kind = kind;
  link.up = spec.up;
  link.mtu = spec.mtu;
  link.mac = spec.mac;
  if (!spec.vrf.empty()) link.master = device_of(file, spec.vrf);
  for (const auto& prefix : spec.addresses) {
    Address address;
    address.protocol = static_cast<std::uint8_t>(Owner::kNetd);
    address.scope = scope_of(prefix.address);
    link.addresses.emplace(prefix, address);
  }
  return link;
}

void add_routes(const File& file, const std::string& device, const InterfaceSpec& spec, State& network) {
  for (const auto& [path, place, places, route] : spec.routes) {
    const auto key = route_key(file, spec, route);
    if (!key) continue;
    network.routes.emplace(*key, Route{device, route.via, route.source, route.onlink, route.mtu,
                                       static_cast<std::uint8_t>(Owner::kNetd)});
  }
}

std::vector<IpAddress> sorted(std::vector<IpAddress> addresses) {
  std::ranges::sort(addresses);
  return addresses;
}

Bond bond_of(const File& file, const BondSpec& spec) {
  auto bond = kernel_default_bond(spec.mode);
  for (const auto& info : bond_options()) bond.set(info.option, option_of(spec, info.option));
  bond.primary = device_of(file, spec.primary);
  bond.arp_ip_target = sorted(spec.arp_ip_target);
  bond.ns_ip6_target = sorted(spec.ns_ip6_target);
  bond.ad_actor_system = spec.ad_actor_system.value_or(MacAddress{});
  for (const auto& name : spec.ports) {
    const auto settings = spec.port.find(name);
    bond.ports[device_of(file, name)] = settings == spec.port.end() ? BondPort{} : settings->second.spec;
    bond.order.names.push_back(device_of(file, name));
  }
  return bond;
}

}  // namespace

void build_network(const File& file, Config& config) {
  for (const auto& [name, link] : file.links) {
    const auto device = own_device(name, link);
    auto& there = config.network.links[device] =
        link_of(file, link.spec, link.spec.kind.value_or(LinkKind::kPhysical));
    constexpr std::uint16_t k8021q = 0x8100;
    constexpr std::uint16_t k8021ad = 0x88a8;
    if (there.kind == LinkKind::kVlan)
      there.vlan = Vlan{device_of(file, link.spec.on), link.spec.id,
                        link.spec.protocol == "802.1ad" ? k8021ad : k8021q};
    if (there.kind == LinkKind::kVrf) there.vrf_table = link.spec.table;
    add_routes(file, device, link.spec, config.network);
  }
  for (const auto& [name, bond] : file.bonds) {
    const auto device = own_device(name, bond);
    auto& there = config.network.links[device] = link_of(file, bond.spec, LinkKind::kBond);
    there.bond = bond_of(file, bond.spec);
    add_routes(file, device, bond.spec, config.network);
    auto& policy = config.bonds[device];
    policy.fast_failover = bond.spec.fast_failover;
    for (const auto& port : bond.spec.ports) policy.port_order.push_back(device_of(file, port));
  }
  // A card that has a section of its own as well: both must say the same of its master.
  for (const auto& [device, policy] : config.bonds)
    for (const auto& port : policy.port_order)
      if (const auto card = config.network.links.find(port); card != config.network.links.end())
        card->second.master = device;
}

}  // namespace hawser::config
