#include "lib/config/build.h"

#include <algorithm>

#include "lib/config/bond_monitor.h"
#include "lib/config/rules.h"
#include "lib/config/services.h"
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

void build_vips(const File& file, Config& config) {
  for (const auto& [name, section] : file.vips) {
    Vip vip = section.spec;
    vip.name = name;
    vip.interface = device_of(file, vip.interface);
    for (auto& address : vip.addresses)
      address.interface = address.interface.empty() ? vip.interface : device_of(file, address.interface);
    if (const auto all = file.priorities.find(name); all != file.priorities.end())
      vip.priorities = all->second;
    vip.peers = peers_of(file, name, section, nullptr);
    if (const auto own = file.nodes.find(file.view.node); own != file.nodes.end())
      vip.own = own->second.spec.addresses;
    config.vips.emplace(name, std::move(vip));
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
      auto check = ref.written->spec;
      check.name = name;
      config.checks[name] = std::move(check);
    }
    names.push_back(std::move(name));
  }
  return names;
}

void build_pool(const std::string& name, const std::string& path, const PoolSpec& spec, Config& config) {
  Pool pool;
  pool.name = name;
  pool.need = spec.need;
  pool.on_failure = spec.on_failure;
  const auto checks = add_checks(spec.checks, path, config);
  for (const auto& section : spec.reals) {
    auto real = real_of(section.spec, spec);
    real.checks = section.spec.checks ? add_checks(*section.spec.checks, section.path, config) : checks;
    pool.reals.push_back(std::move(real));
  }
  config.pools.emplace(name, std::move(pool));
}

std::uint32_t flags_of(const ServiceSpec& spec) {
  const auto bit = [](ServiceFlag flag) { return static_cast<std::uint32_t>(flag); };
  std::uint32_t flags = 0;
  if (spec.persistence) flags |= bit(ServiceFlag::kPersistent);
  if (spec.one_packet) flags |= bit(ServiceFlag::kOnePacket);
  for (const auto& word : spec.scheduler_flags) {
    if (word.ends_with("-fallback") || word == "flag-1") flags |= bit(ServiceFlag::kSched1);
    if (word.ends_with("-port") || word == "flag-2") flags |= bit(ServiceFlag::kSched2);
    if (word == "flag-3") flags |= bit(ServiceFlag::kSched3);
  }
  return flags;
}

void build_service(const File& file, const std::string& name, const Section<ServiceSpec>& section,
                   Config& config) {
  const auto& spec = section.spec;
  VirtualService service;
  service.name = name;
  for (const auto& key : keys_of(file, section, nullptr)) service.keys.push_back(key.key);
  service.pool = spec.pool;
  if (spec.pool.empty() || !spec.reals.empty()) {
    service.pool = section.path;
    build_pool(service.pool, section.path, spec, config);
  }
  service.service.scheduler = spec.scheduler;
  service.service.flags = flags_of(spec);
  if (spec.persistence)
    service.service.persistence_timeout = static_cast<std::uint32_t>(spec.persistence->count() / 1000);
  service.service.persistence_engine = spec.persistence_engine;
  if (spec.persistence_netmask) {
    const auto length = static_cast<std::uint32_t>(spec.persistence_netmask->length);
    service.netmask4 = std::min(length, 32U);
    service.netmask6 = length;
  }
  const bool only6 = !service.keys.empty() && service.keys.front().family() == Family::kIpv6;
  service.service.netmask = only6 ? service.netmask6 : service.netmask4;
  config.services.emplace(name, std::move(service));
}

}  // namespace

Config build(const File& file) {
  Config config;
  config.node = file.view.node;
  for (const auto& [name, node] : file.nodes) config.nodes.emplace(name, node.spec);
  build_network(file, config);
  build_vips(file, config);
  for (const auto& [name, section] : file.checks) {
    auto check = section.spec;
    check.name = name;
    config.checks.emplace(name, std::move(check));
  }
  for (const auto& [name, pool] : file.pools) build_pool(name, pool.path, pool.spec, config);
  for (const auto& [name, service] : file.services) build_service(file, name, service, config);
  config.ipvs_check = file.netd.ipvs_check;
  config.realtime = file.vipd.realtime;
  config.lock_memory = file.vipd.lock_memory;
  config.log_level = file.log.level;
  return config;
}

}  // namespace hawser::config
