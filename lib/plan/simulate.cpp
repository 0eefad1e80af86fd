#include "lib/plan/simulate.h"

#include <algorithm>

namespace hawser {

namespace {

constexpr std::uint32_t kForcedMiimon = 100;  // BOND_DEFAULT_MIIMON

bool is_down(const State& state, const std::string& device) {
  const auto link = state.links.find(device);
  return link == state.links.end() || !link->second.up;
}

void drop_routes(State& state, const std::string& device, std::optional<Family> family = std::nullopt) {
  std::erase_if(state.routes, [&](const auto& entry) {
    return (!family || entry.first.to.address.family() == *family) && dies_with(state, entry.second, device);
  });
}

std::vector<std::string> vlans_on(const State& state, const std::string& lower) {
  std::vector<std::string> names;
  for (const auto& [name, link] : state.links)
    if (link.vlan && link.vlan->on == lower) names.push_back(name);
  return names;
}

// With what the kernel makes anew it makes its routes anew.
void no_longer_gone(State& state, const std::string& device, const std::optional<Prefix>& subnet = {}) {
  std::erase_if(state.gone, [&](const auto& entry) {
    return entry.second.device == device && (!subnet || entry.first.to == *subnet);
  });
}

void drop_ipv6_addresses(State& state, const std::string& name) {
  std::erase_if(state.gone, [&](const auto& entry) {
    return entry.second.device == name && entry.first.to.address.is_v6();
  });
  std::erase_if(state.links[name].addresses, [](const auto& entry) { return entry.first.address.is_v6(); });
}

// vlan_device_event(): VLANs follow their lower device down, and up again.
void set_up(State& state, const std::string& name, bool up) {
  auto& link = state.links[name];
  if (link.up == up) return;
  link.up = up;
  if (!up) {
    drop_ipv6_addresses(state, name);
    drop_routes(state, name);
    no_longer_gone(state, name);
  }
  for (const auto& vlan : vlans_on(state, name)) set_up(state, vlan, up);
}

// addrconf_notify() of NETDEV_CHANGEMTU ends IPv6 on the device.
void take_mtu(State& state, const std::string& name, std::uint32_t mtu) {
  state.links[name].mtu = mtu;
  if (mtu >= kIpv6Mtu) return;
  drop_ipv6_addresses(state, name);
  drop_routes(state, name, Family::kIpv6);
}

void set_mtu(State& state, const std::string& name, std::uint32_t mtu) {
  take_mtu(state, name, mtu);
  if (const auto bond = state.links[name].bond)
    for (const auto& [port, options] : bond->ports) take_mtu(state, port, mtu);
  for (const auto& vlan : vlans_on(state, name))
    if (auto& upper = state.links[vlan]; upper.mtu && *upper.mtu > mtu) set_mtu(state, vlan, mtu);
}

// vlan_sync_address(): a VLAN that has its device's MAC goes on having it.
void change_mac(State& state, const std::string& name, const std::optional<MacAddress>& mac) {
  const auto before = std::exchange(state.links[name].mac, mac);
  for (const auto& vlan : vlans_on(state, name))
    if (state.links[vlan].mac == before) change_mac(state, vlan, mac);
}

void leave_bond(State& state, const std::string& port, Bond& bond, const std::string& master) {
  bond.ports.erase(port);
  if (bond.primary == port) bond.primary.clear();
  if (bond.ports.empty()) change_mac(state, master, std::nullopt);  // eth_hw_addr_random()
  set_up(state, port, false);
  state.links[port].mac.reset();  // its own again
}

// cycle_netdev() of drivers/net/vrf.c: down and up again.
void cycle(State& state, const std::string& name) {
  if (!state.links[name].up) return;
  set_up(state, name, false);
  set_up(state, name, true);
}

void leave_master(State& state, const std::string& name) {
  const auto found = state.links.find(std::exchange(state.links[name].master, {}));
  if (found == state.links.end()) return;
  auto& master = found->second;
  if (master.bond)
    leave_bond(state, name, *master.bond, found->first);
  else if (master.kind == LinkKind::kVrf)
    cycle(state, name);
}

void join_master(State& state, const std::string& name, const std::string& to) {
  auto& master = state.links[to];
  auto& link = state.links[name];
  link.master = to;
  if (!master.bond) return cycle(state, name);
  master.bond->ports[name] = BondPort{};
  if (!master.mac) change_mac(state, to, link.mac);  // the first port lends it
  link.mtu = master.mtu;
  link.mac = master.mac;
  set_up(state, name, true);
}

void delete_link(State& state, const std::string& name) {
  for (const auto& vlan : vlans_on(state, name)) delete_link(state, vlan);
  std::vector<std::string> members;
  for (const auto& [other, link] : state.links)
    if (link.master == name) members.push_back(other);
  for (const auto& member : members) leave_master(state, member);
  forget_device(state.routes, name);
  no_longer_gone(state, name);
  state.links.erase(name);
}

bool is_local(const State& state, const IpAddress& address) {
  const auto is_it = [&](const auto& entry) { return entry.first.address == address; };
  return std::ranges::any_of(
      state.links, [&](const auto& link) { return std::ranges::any_of(link.second.addresses, is_it); });
}

void forget_address(State& state, const std::string& name, const Prefix& prefix) {
  auto& addresses = state.links[name].addresses;
  addresses.erase(prefix);
  if (!is_local(state, prefix.address))
    std::erase_if(state.routes, [&](const auto& entry) { return entry.second.source == prefix.address; });
  const auto family = prefix.address.family();
  const auto same_family = [&](const auto& entry) { return entry.first.address.family() == family; };
  // fib_inetaddr_event(): without an address IPv4 is disabled on the device.
  if (prefix.address.is_v4() && std::ranges::none_of(addresses, same_family))
    drop_routes(state, name, Family::kIpv4);
}

void remove_address(State& state, const std::string& name, const Prefix& prefix) {
  for (const auto& other : goes_along(state.links[name], prefix)) forget_address(state, name, other);
  forget_address(state, name, prefix);
}

// A new one is the last of its subnet.
void add_address(Link& link, const Prefix& prefix, const Address& address) {
  std::uint32_t last = 0;
  for (const auto& [other, there] : link.addresses) last = std::max(last, there.place.value);
  auto& added = link.addresses[prefix] = address;
  added.place.value = last + 1;
}

void change_address(Link& link, const Prefix& prefix, const Address& to) {
  auto& address = link.addresses[prefix];
  const auto place = address.place;
  address = to;
  address.place = place;
}

// The route to a subnet goes with its primary address; who is primary next brings it again.
void lose_subnet(State& state, const std::string& name, const Prefix& prefix) {
  const auto in_it = [&](const auto& entry) { return entry.first.network() == prefix.network(); };
  const auto& left = state.links[name].addresses;
  const bool is_last = std::ranges::none_of(left, in_it);
  std::erase_if(state.gone, [&](const auto& entry) {
    const auto& [key, route] = entry;
    return route.device == name && key.to == prefix.network() && (is_last || route.source == prefix.address);
  });
}

Bond& bond_at(State& state, const std::string& name) {
  auto& bond = state.links[name].bond;
  if (!bond) bond.emplace();
  return *bond;
}

// Delays are kept as counts of miimon: a new miimon stretches them, without one they are nothing.
void set_miimon(Bond& bond, std::uint32_t miimon) {
  const auto before = bond.get(BondOption::kMiimon);
  for (const auto option : {BondOption::kUpdelay, BondOption::kDowndelay, BondOption::kPeerNotifDelay})
    bond.set(option, before == 0 ? 0 : bond.get(option) / before * miimon);
  bond.set(BondOption::kMiimon, miimon);
  if (miimon == 0 || bond.get(BondOption::kArpInterval) == 0) return;
  bond.set(BondOption::kArpInterval, 0);
  bond.set(BondOption::kArpValidate, 0);
}

void set_option(Bond& bond, BondOption option, std::uint32_t value) {
  if (option == BondOption::kMiimon) return set_miimon(bond, value);
  const auto miimon = bond.get(BondOption::kMiimon);
  if (option == BondOption::kUpdelay || option == BondOption::kDowndelay ||
      option == BondOption::kPeerNotifDelay)
    value = miimon == 0 ? 0 : value / miimon * miimon;
  if (option == BondOption::kArpInterval && value != 0) set_miimon(bond, 0);
  bond.set(option, value);
}

// bond_option_mode_set()
void set_mode(Bond& bond, BondMode mode) {
  const bool needs_mii =
      mode == BondMode::k8023ad || mode == BondMode::kBalanceTlb || mode == BondMode::kBalanceAlb;
  if (needs_mii) {
    bond.set(BondOption::kArpInterval, 0);
    if (bond.get(BondOption::kMiimon) == 0) set_miimon(bond, kForcedMiimon);
  }
  if (mode == BondMode::kBalanceAlb) bond.set(BondOption::kTlbDynamicLb, 1);
  bond.set(BondOption::kArpValidate, 0);
  bond.mode = mode;
}

struct Simulate {
  State* state;

  void operator()(const CreateLink& s) const {
    auto& link = state->links[s.link];
    link = s.wanted;
    if (!link.mtu) link.mtu = kEthernetMtu;
    if (link.vlan && !link.mac)
      if (const auto lower = state->links.find(link.vlan->on); lower != state->links.end())
        link.mac = lower->second.mac;
    if (!link.bond) return;
    const auto wanted = *link.bond;
    for (const auto option : {BondOption::kUpdelay, BondOption::kDowndelay, BondOption::kPeerNotifDelay})
      set_option(*link.bond, option, wanted.get(option));
  }
  void operator()(const DeleteLink& s) const { delete_link(*state, s.link); }
  void operator()(const SetLinkUp& s) const { set_up(*state, s.link, s.up); }
  void operator()(const SetMtu& s) const { set_mtu(*state, s.link, s.to); }
  void operator()(const SetMac& s) const { change_mac(*state, s.link, s.to); }
  void operator()(const SetMaster& s) const {
    if (s.to.empty())
      leave_master(*state, s.link);
    else
      join_master(*state, s.link, s.to);
  }
  void operator()(const SetBondMode& s) const { set_mode(bond_at(*state, s.bond), s.to); }
  void operator()(const SetBondOption& s) const { set_option(bond_at(*state, s.bond), s.option, s.to); }
  void operator()(const SetBondPrimary& s) const { bond_at(*state, s.bond).primary = s.to; }
  void operator()(const SetBondTargets& s) const {
    auto& bond = bond_at(*state, s.bond);
    (s.family == Family::kIpv4 ? bond.arp_ip_target : bond.ns_ip6_target) = s.to;
  }
  void operator()(const SetAdActorSystem& s) const { bond_at(*state, s.bond).ad_actor_system = s.to; }
  void operator()(const SetPortOptions& s) const { bond_at(*state, s.bond).ports[s.port] = s.to; }
  void operator()(const SetActivePort& /*s*/) const {}
  void operator()(const AddAddress& s) const {
    add_address(state->links[s.link], s.prefix, s.address);
    if (s.prefix.address.is_v6()) no_longer_gone(*state, s.link, s.prefix.network());
  }
  void operator()(const ChangeAddress& s) const { change_address(state->links[s.link], s.prefix, s.to); }
  void operator()(const RemoveAddress& s) const {
    remove_address(*state, s.link, s.prefix);
    lose_subnet(*state, s.link, s.prefix);
  }
  void operator()(const AddRoute& s) const {
    state->routes[s.key] = s.route;
    state->gone.erase(s.key);
  }
  void operator()(const ChangeRoute& s) const { state->routes[s.key] = s.to; }
  void operator()(const RemoveRoute& s) const { state->routes.erase(s.key); }
  void operator()(const AddService& s) const { state->services[s.key] = s.service; }
  void operator()(const EditService& s) const {
    auto& service = state->services[s.key];
    auto reals = std::move(service.reals);
    service = s.to;
    service.reals = std::move(reals);
  }
  void operator()(const DeleteService& s) const { state->services.erase(s.key); }
  void operator()(const AddReal& s) const { state->services[s.key].reals[s.real] = s.server; }
  void operator()(const EditReal& s) const { state->services[s.key].reals[s.real] = s.to; }
  void operator()(const DeleteReal& s) const { state->services[s.key].reals.erase(s.real); }
};

}  // namespace

bool dies_with(const State& state, const Route& route, const std::string& device) {
  if (!leads_over(route, device)) return false;
  const auto devices = devices_of(route);
  return std::ranges::all_of(devices, [&](const auto& way) { return way == device || is_down(state, way); });
}

// fib_sync_down_dev() drops an IPv4 route with any of its devices, fib6_ifdown() takes the one way out.
void forget_device(std::map<RouteKey, Route>& routes, const std::string& device) {
  for (auto entry = routes.begin(); entry != routes.end();) {
    const bool is_v6 = entry->first.to.address.is_v6();
    auto left =
        is_v6 || !leads_over(entry->second, device) ? without_ways_over(entry->second, device) : std::nullopt;
    if (left) entry->second = std::move(*left);
    entry = left ? std::next(entry) : routes.erase(entry);
  }
}

// __inet_del_ifa()
std::vector<Prefix> goes_along(const Link& link, const Prefix& prefix) {
  const auto found = link.addresses.find(prefix);
  if (found == link.addresses.end() || !prefix.address.is_v4() || link.promotes_secondaries.value) return {};
  const auto place = found->second.place.value;
  std::vector<Prefix> secondaries;
  for (const auto& [other, address] : link.addresses) {
    if (other == prefix || other.network() != prefix.network()) continue;
    if (address.place.value < place) return {};  // a secondary itself
    if (address.place.value > place) secondaries.push_back(other);
  }
  return secondaries;
}

void simulate(State& state, const Step& step) {
  std::visit(Simulate{&state}, step);
}

bool is_kernel_made(const Prefix& prefix, const Address& address) {
  constexpr std::uint8_t kKernelLinkLocal = 3;  // IFAPROT_KERNEL_LL; 1 loopback, 2 router advertisement
  const bool by_number = address.protocol >= 1 && address.protocol <= kKernelLinkLocal;
  return by_number || (prefix.address.is_v6() && prefix.address.is_link_local());
}

bool is_kernel_made(const Route& route) {
  constexpr std::array<std::uint8_t, 3> kProtocols{1, 2, 9};  // RTPROT_REDIRECT, RTPROT_KERNEL, RTPROT_RA
  return std::ranges::find(kProtocols, route.protocol) != kProtocols.end();
}

}  // namespace hawser
