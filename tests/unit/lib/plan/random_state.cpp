#include "tests/unit/lib/plan/random_state.h"

#include <algorithm>

#include "lib/state/bond_options.h"

namespace hawser::world {

namespace {

bool uses_arp(BondMode mode) {
  return option_applies(info_of(BondOption::kArpInterval), mode);
}

bool uses_primary(BondMode mode) {
  return mode == BondMode::kActiveBackup || mode == BondMode::kBalanceTlb || mode == BondMode::kBalanceAlb;
}

bool is_monitor(BondOption option) {
  return option <= BondOption::kPeerNotifDelay || option == BondOption::kArpInterval ||
         option == BondOption::kArpValidate;
}

bool can_carry(const State& state, const std::string& name) {
  const auto& link = state.links.at(name);
  if (!link.up) return false;
  return !link.vlan || !state.links.contains(link.vlan->on) || can_carry(state, link.vlan->on);
}

}  // namespace

void RandomState::random_monitor(Bond& bond) {
  if (uses_arp(bond.mode) && chance(40)) {
    bond.set(BondOption::kMiimon, 0);
    bond.set(BondOption::kArpInterval, any<std::uint32_t>({100, 1000}));
    bond.set(BondOption::kArpValidate, static_cast<std::uint32_t>(below(7)));
    bond.arp_ip_target = {ip("192.0.2.254")};
    if (chance(50)) bond.arp_ip_target.push_back(ip("192.0.2.253"));
    if (chance(20)) bond.ns_ip6_target = {ip("2001:db8::fe")};
    return;
  }
  const auto miimon = any<std::uint32_t>({50, 100, 200});
  bond.set(BondOption::kMiimon, miimon);
  for (const auto option : {BondOption::kUpdelay, BondOption::kDowndelay, BondOption::kPeerNotifDelay})
    if (chance(40)) bond.set(option, miimon * static_cast<std::uint32_t>(below(4)));
}

void RandomState::random_options(Bond& bond) {
  for (const auto& info : bond_options()) {
    if (is_monitor(info.option) || !option_applies(info, bond.mode) || !chance(15)) continue;
    const auto span = std::min(info.maximum - info.minimum, 5U);
    bond.set(info.option, info.minimum + static_cast<std::uint32_t>(below(static_cast<int>(span) + 1)));
  }
  if (bond.mode == BondMode::k8023ad && chance(30)) bond.ad_actor_system = mac("02:00:5e:00:53:01");
}

void RandomState::random_port_options(Bond& bond) {
  std::uint16_t queue = 1;
  for (auto& [port, options] : bond.ports) {
    if (uses_primary(bond.mode) && chance(30)) options.prio = below(20) - 10;
    if (bond.mode == BondMode::k8023ad && chance(30))
      options.actor_port_prio = static_cast<std::uint16_t>(250 + below(10));
    if (chance(30)) options.queue_id = queue++;
  }
}

Link RandomState::random_bond(const std::vector<std::string>& ports) {
  auto link = bond(static_cast<BondMode>(below(7)), ports);
  random_monitor(*link.bond);
  random_options(*link.bond);
  random_port_options(*link.bond);
  if (uses_primary(link.bond->mode) && !ports.empty() && chance(60))
    link.bond->primary = ports.at(static_cast<std::size_t>(below(static_cast<int>(ports.size()))));
  link.up = chance(90);
  if (chance(20)) link.mtu = any<std::uint32_t>({1400, 9000});
  if (chance(20)) link.mac = mac("52:54:00:00:53:01");
  return link;
}

void RandomState::random_addresses(State& state) {
  int host = 1;
  for (auto& [name, link] : state.links) {
    if (link.kind == LinkKind::kVrf) continue;
    Address address;
    address.preferred_lifetime = chance(20) ? 0 : kForever;
    if (chance(60)) link.addresses[prefix(fmt::format("192.0.2.{}/24", 10 * host + below(2)))] = address;
    if (chance(30)) link.addresses[prefix(fmt::format("203.0.113.{}/32", 10 * host + below(3)))] = address;
    if (chance(40)) link.addresses[prefix(fmt::format("2001:db8::{}:{}/64", host, below(3)))] = address;
    ++host;
  }
}

void RandomState::random_routes(State& state) {
  for (const auto& [name, link] : state.links) {
    if (!can_carry(state, name) || link.kind == LinkKind::kVrf || !link.master.empty()) continue;
    const auto is_gateway = [](const auto& entry) { return entry.first.length == 24; };
    if (std::ranges::any_of(link.addresses, is_gateway) && chance(50))
      state.routes[route_to("0.0.0.0/0", static_cast<std::uint32_t>(below(2)))] =
          route(name, any({"192.0.2.254", "192.0.2.253"}));
    if (chance(30)) state.routes[route_to("198.51.100.0/24")] = route(name);
    if (chance(30)) state.routes[route_to("2001:db8:5::/48", 1024)] = route(name);
  }
}

RealServer RandomState::random_real() {
  RealServer real;
  real.weight = static_cast<std::uint32_t>(below(4));
  real.forwarding = any({Forwarding::kMasquerade, Forwarding::kDirect, Forwarding::kTunnel});
  real.upper_threshold = chance(30) ? 100 : 0;
  return real;
}

Service RandomState::random_service(const ServiceKey& key) {
  Service result;
  result.scheduler = any({"wlc", "rr", "mh"});
  result.netmask = key.family() == Family::kIpv4 ? 32 : 128;
  if (chance(40)) {
    result.flags = 1;
    result.persistence_timeout = any<std::uint32_t>({60, 300});
  }
  for (int i = 1; i <= 4; ++i) {
    const auto* format = key.family() == Family::kIpv4 ? "198.51.100.{}:80" : "[2001:db8:1::{}]:80";
    if (chance(60)) result.reals[endpoint(fmt::format(fmt::runtime(format), i))] = random_real();
  }
  return result;
}

void RandomState::random_services(State& state) {
  for (const auto* text : {"tcp 192.0.2.100:80", "udp [2001:db8::100]:53", "fwmark 7"}) {
    const auto key = service(text);
    if (chance(70)) state.services[key] = random_service(key);
  }
}

State RandomState::desired() {
  State state;
  std::vector<std::vector<std::string>> ports(3);
  for (const auto* card_name : {"eth0", "eth1", "eth2"})
    ports[static_cast<std::size_t>(below(3))].emplace_back(card_name);
  if (chance(85)) state.links["bond0"] = random_bond(ports[0]);
  if (chance(50)) state.links["bond1"] = random_bond(ports[1]);
  if (chance(50)) state.links["eth3"] = card(chance(80));
  if (chance(30)) state.links["dummy0"] = of_kind(LinkKind::kDummy);
  if (chance(30)) state.links["red"] = of_kind(LinkKind::kVrf, chance(80) ? 10 : 11);
  if (state.links.contains("red") && state.links.contains("dummy0") && chance(60))
    state.links["dummy0"].master = "red";
  if (state.links.contains("bond0") && state.links["bond0"].up && chance(60))
    state.links["front"] = vlan("bond0", chance(80) ? 100 : 101);
  for (auto& [name, link] : state.links)
    if (link.kind == LinkKind::kPhysical) link.mtu.reset();
  random_addresses(state);
  random_routes(state);
  random_services(state);
  return state;
}

void RandomState::add_foreign(State& state) {
  int host = 1;
  for (auto& [name, link] : state.links) {
    ++host;
    if (link.kind == LinkKind::kVrf || !link.master.empty()) continue;
    if (chance(30)) link.addresses[prefix(fmt::format("198.51.100.{}/32", host))] = owned_by(kVipd);
    if (chance(30)) link.addresses[prefix(fmt::format("198.51.100.{}/32", 100 + host))] = {};
    if (link.up && chance(30)) link.addresses[prefix(fmt::format("2001:db8:f::{}/64", host))] = {};
    if (can_carry(state, name) && chance(30))
      state.routes[route_to(fmt::format("203.0.113.{}/32", 200 + host))] = route(name, {}, kBoot);
  }
  if (chance(40))
    state.services[service("tcp 203.0.113.9:25")] = random_service(service("tcp 203.0.113.9:25"));
}

}  // namespace hawser::world
