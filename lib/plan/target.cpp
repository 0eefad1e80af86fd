#include "lib/plan/target.h"

#include <algorithm>

#include "lib/base/find_in.h"
#include "lib/plan/draft.h"
#include "lib/plan/object.h"
#include "lib/plan/simulate.h"
#include "lib/state/bond_options.h"

namespace hawser {

namespace {

constexpr std::uint8_t kStatic = 4;  // RTPROT_STATIC

bool is_daemon(std::uint8_t protocol) {
  return protocol == static_cast<std::uint8_t>(Owner::kNetd) ||
         protocol == static_cast<std::uint8_t>(Owner::kVipd);
}

Address settle_address(const Prefix& prefix, Address wanted, const Address* observed) {
  if (observed == nullptr) return wanted;
  if (wanted.protocol == 0) wanted.protocol = observed->protocol;
  // Two daemons that both want one address would take it from each other for ever: who has it keeps it.
  if (is_daemon(wanted.protocol) && is_daemon(observed->protocol) && wanted.protocol != observed->protocol)
    return *observed;
  if (!wanted.broadcast) wanted.broadcast = observed->broadcast;
  if (prefix.address.is_v6())
    wanted.scope = observed->scope;  // the kernel reads it from the address
  else
    wanted.no_dad = observed->no_dad;  // means nothing to IPv4
  // What was there before us stays its owner's as long as it is right: inet_rtm_newaddr() of Linux 6.1 could
  // not change the number alone, and an address that we did not bring is not ours to take away either.
  auto of_its_owner = wanted;
  of_its_owner.protocol = observed->protocol;
  const bool is_right = of_its_owner == *observed;
  return is_daemon(wanted.protocol) && is_right ? *observed : wanted;
}

Bond settle_bond(Bond wanted, const Bond* observed) {
  const Bond there = observed != nullptr ? *observed : kernel_default_bond(wanted.mode);
  for (const auto& info : bond_options())
    if (!is_relevant(wanted, info.option)) wanted.set(info.option, there.get(info.option));
  if (wanted.mode != BondMode::k8023ad) wanted.ad_actor_system = there.ad_actor_system;
  if (!has_active_port(wanted.mode)) {
    wanted.primary.clear();
    for (auto& [port, options] : wanted.ports) {
      const auto* old = find_in(there.ports, port);
      options.prio = old != nullptr ? old->prio : 0;
    }
  }
  if (wanted.mode != BondMode::k8023ad)
    for (auto& [port, options] : wanted.ports) {
      const auto* old = find_in(there.ports, port);
      options.actor_port_prio = old != nullptr ? old->actor_port_prio : kActorPortPrio;
    }
  std::ranges::sort(wanted.arp_ip_target);
  std::ranges::sort(wanted.ns_ip6_target);
  return wanted;
}

// As with addresses: a route that is right as it is stays its owner's, and is not ours to remove.
Route settle_route(Route wanted, const Route* observed) {
  if (wanted.protocol == 0) wanted.protocol = observed != nullptr ? observed->protocol : kStatic;
  if (observed == nullptr || !is_daemon(wanted.protocol)) return wanted;
  auto of_its_owner = wanted;
  of_its_owner.protocol = observed->protocol;
  return of_its_owner == *observed ? *observed : wanted;
}

// A bridge, or a bond or VRF that the file does not have: a device that is in one stays there.
bool is_foreign_master(const State& desired, const std::string& master) {
  return !master.empty() && !desired.links.contains(master);
}

Link settle_link(Link wanted, const Link* observed, const State& desired) {
  if (wanted.bond)
    wanted.bond =
        settle_bond(*wanted.bond, observed != nullptr && observed->bond ? &*observed->bond : nullptr);
  if (observed == nullptr) return wanted;
  if (!wanted.mtu) wanted.mtu = observed->mtu;
  if (!wanted.mac) wanted.mac = observed->mac;
  if (wanted.master.empty() && is_foreign_master(desired, observed->master)) wanted.master = observed->master;
  if (!is_made_by_us(wanted.kind)) {  // "physical" is whatever device is there
    wanted.kind = observed->kind;
    wanted.bond = observed->bond;
    wanted.vlan = observed->vlan;
    wanted.vrf_table = observed->vrf_table;
  }
  for (auto& [prefix, address] : wanted.addresses)
    address = settle_address(prefix, address, find_in(observed->addresses, prefix));
  return wanted;
}

Service settle_service(const ServiceKey& key, Service wanted) {
  if (wanted.netmask == 0) wanted.netmask = key.family() == Family::kIpv4 ? 32 : 128;
  return wanted;
}

RouteKey settle_key(RouteKey key) {
  if (key.to.address.is_v6() && key.metric == 0) key.metric = kIpv6UserMetric;
  return key;
}

// A port belongs to the bond that lists it, whatever the device's own section says.
void settle_masters(State& state) {
  for (auto& [name, link] : state.links) {
    const auto bond = bond_of(state, name);
    const auto* master = find_in(state.links, link.master);
    if (!bond.empty())
      link.master = bond;
    else if (master != nullptr && master->bond)
      link.master.clear();
  }
}

State stamped(const Desired& desired) {
  auto state = desired.state;
  const auto number = static_cast<std::uint8_t>(desired.owner);
  for (auto& [name, link] : state.links)
    for (auto& [prefix, address] : link.addresses)
      if (address.protocol == 0) address.protocol = number;
  for (auto& [key, route] : state.routes)
    if (route.protocol == 0) route.protocol = number;
  return state;
}

void leave_up_as_found(State& wanted, const State& observed, const std::set<std::string>& names) {
  for (const auto& name : names) {
    const auto link = wanted.links.find(name);
    const auto* there = find_in(observed.links, name);
    if (link != wanted.links.end() && there != nullptr) link->second.up = there->up;
  }
}

void erase_link(State& target, const std::string& name) {
  target.links.erase(name);
  forget_device(target.routes, name);
  std::vector<std::string> above;
  for (const auto& [upper, link] : target.links)
    if (link.vlan && link.vlan->on == name) above.push_back(upper);
  for (auto& [member, link] : target.links)
    if (link.master == name) link.master.clear();
  for (const auto& upper : above) erase_link(target, upper);
}

void erase_ours(State& target, const Desired& desired) {
  for (const auto& name : desired.journal.links) {
    const auto* link = find_in(target.links, name);
    if (link != nullptr && is_made_by_us(link->kind) && !desired.state.links.contains(name))
      erase_link(target, name);
  }
  if (desired.owner == Owner::kNone) return;
  const auto number = static_cast<std::uint8_t>(desired.owner);
  const auto is_ours = [number](const auto& entry) { return entry.second.protocol == number; };
  for (auto& [name, link] : target.links) std::erase_if(link.addresses, is_ours);
  std::erase_if(target.routes, is_ours);
}

void lay_over(State& target, const std::string& name, const Link& settled, const Link& wanted, Owner owner) {
  auto addresses = target.links[name].addresses;
  for (const auto& [prefix, address] : settled.addresses) addresses[prefix] = address;
  if (owner != Owner::kVipd) {  // vipd has addresses on links, never links
    target.links[name] = settled;
    target.links[name].mtu = wanted.mtu;
    target.links[name].mac = wanted.mac;
  }
  target.links[name].addresses = std::move(addresses);
}

// What the kernel drops with a device and refuses to take back: IPv6 addresses and routes of one that is down
// or has become a port. What the file itself names stays wanted.
void give_up(State& target, const State& desired, const std::string& device) {
  const auto* named = find_in(desired.links, device);
  std::erase_if(target.links[device].addresses, [&](const auto& entry) {
    return entry.first.address.is_v6() && (named == nullptr || !named->addresses.contains(entry.first));
  });
  std::erase_if(target.routes, [&](const auto& entry) {
    return dies_with(target, entry.second, device) && !desired.routes.contains(entry.first);
  });
}

// Of the file's addresses, and of the link-local one that a device of the file has beside them.
bool is_a_subnet_of(const State& settled, const State& observed, const std::string& device,
                    const Prefix& subnet) {
  const auto* named = find_in(settled.links, device);
  if (named == nullptr) return false;
  const auto is_in = [&](const auto& entry) { return entry.first.network() == subnet; };
  if (std::ranges::any_of(named->addresses, is_in)) return true;
  const auto* there = find_in(observed.links, device);
  return subnet.address.is_link_local() && there != nullptr && std::ranges::any_of(there->addresses, is_in);
}

// An address that is there and reaches nobody is not as the file wants it.
void bring_back_subnets(State& target, const State& observed, const State& settled) {
  for (const auto& [key, route] : observed.gone)
    if (is_a_subnet_of(settled, observed, route.device, key.to)) target.routes.emplace(key, route);
}

// A device that the file lists as a port is in no other bond. (Who may not be robbed of it: foreign.cpp.)
void claim_ports(State& target, const State& desired) {
  for (auto& [name, link] : target.links) {
    if (!link.bond || desired.links.contains(name)) continue;
    std::erase_if(link.bond->ports,
                  [&](const auto& entry) { return !bond_of(desired, entry.first).empty(); });
    if (!link.bond->ports.contains(link.bond->primary)) link.bond->primary.clear();
  }
}

// With the bond or VRF that goes, its members are in none.
void leave_what_goes(State& target, const State& observed) {
  for (auto& [name, link] : target.links)
    if (observed.links.contains(link.master) && !target.links.contains(link.master)) link.master.clear();
}

// An IPv4 address would stay on a card that becomes a port, and its connected route, which is older than the
// bond's, would lead all on-link traffic to where nothing is answered any more. vipd's are vipd's to move.
void give_up_ipv4(Link& port, const Link* named) {
  std::erase_if(port.addresses, [&](const auto& entry) {
    return entry.first.address.is_v4() && entry.second.protocol != static_cast<std::uint8_t>(Owner::kVipd) &&
           (named == nullptr || !named->addresses.contains(entry.first));
  });
}

// Leaving a bond closes the port, joining opens it.
void settle_ports(State& target, const State& observed, const State& desired) {
  for (auto& [name, link] : target.links) {
    const auto bond = bond_of(target, name);
    if (bond == bond_of(observed, name)) continue;
    const auto* named = find_in(desired.links, name);
    if (named == nullptr) link.up = !bond.empty();
    if (bond.empty()) continue;
    give_up(target, desired, name);
    give_up_ipv4(link, named);
  }
}

// A port without words of its own is as its bond needs it: what is down, or has another MTU, carries nothing
// when its turn comes.
void ready_ports(State& target, const State& wanted) {
  for (const auto& [bond, link] : wanted.links) {
    if (!link.bond) continue;
    for (const auto& [name, options] : target.links.at(bond).bond->ports) {
      const auto port = target.links.find(name);
      if (port == target.links.end()) continue;
      if (!wanted.links.contains(name)) port->second.up = true;
      if (!port->second.mtu) port->second.mtu = link.mtu;
    }
  }
}

// What a device has of which nobody ever said an MTU; of cards only their driver knows.
std::optional<std::uint32_t> usual_mtu(const State& target, const State& observed, const Link& link) {
  if (link.kind == LinkKind::kBond || link.kind == LinkKind::kDummy) return kEthernetMtu;
  if (!link.vlan) return std::nullopt;
  const auto* lower = find_in(target.links, link.vlan->on);
  if (lower == nullptr) return std::nullopt;
  if (lower->mtu) return lower->mtu;
  if (const auto usual = usual_mtu(target, observed, *lower)) return usual;
  const auto* there = find_in(observed.links, link.vlan->on);
  return there != nullptr ? there->mtu : std::nullopt;
}

// An MTU that an earlier file set goes with the key: the same file, the same result.
void reset_mtus(State& target, const State& observed, const State& desired) {
  for (const auto& [name, link] : desired.links) {
    auto& wanted = target.links.at(name);
    const auto* there = find_in(observed.links, name);
    if (!wanted.mtu && there != nullptr && there->mtu) wanted.mtu = usual_mtu(target, observed, wanted);
  }
}

// VLANs go down with their lower device.
void settle_down(State& target, const State& desired, const std::string& device) {
  give_up(target, desired, device);
  for (auto& [name, link] : target.links) {
    if (!link.vlan || link.vlan->on != device || desired.links.contains(name)) continue;
    link.up = false;
    settle_down(target, desired, name);
  }
}

// IPv6 ends on a device with an MTU below its least one, and on the VLANs on it, which are no larger.
void settle_small_mtu(State& target, const State& desired, const std::string& device) {
  std::erase_if(target.links[device].addresses, [&](const auto& entry) {
    const auto* named = find_in(desired.links, device);
    return entry.first.address.is_v6() && (named == nullptr || !named->addresses.contains(entry.first));
  });
  std::erase_if(target.routes, [&](const auto& entry) {
    return entry.first.to.address.is_v6() && dies_with(target, entry.second, device) &&
           !desired.routes.contains(entry.first);
  });
  for (const auto& [name, link] : target.links)
    if (link.vlan && link.vlan->on == device) settle_small_mtu(target, desired, name);
}

void settle_consequences(State& target, const State& observed, const State& desired) {
  for (const auto& [name, link] : target.links)
    if (link.mtu && *link.mtu < kIpv6Mtu) settle_small_mtu(target, desired, name);
  settle_ports(target, observed, desired);
  for (const auto& [name, link] : observed.links) {
    const auto* wanted = find_in(target.links, name);
    if (wanted != nullptr && link.up && !wanted->up) settle_down(target, desired, name);
  }
}

}  // namespace

bool is_made_by_us(LinkKind kind) {
  return kind == LinkKind::kBond || kind == LinkKind::kVlan || kind == LinkKind::kDummy ||
         kind == LinkKind::kVrf;
}

bool is_relevant(const Bond& wanted, BondOption option) {
  if (!option_applies(info_of(option), wanted.mode)) return false;
  const bool delay = option == BondOption::kUpdelay || option == BondOption::kDowndelay ||
                     option == BondOption::kPeerNotifDelay;
  return !delay || wanted.get(BondOption::kMiimon) != 0;
}

State settle(const State& desired, const State& observed) {
  State settled;
  for (const auto& [name, link] : desired.links)
    settled.links[name] = settle_link(link, find_in(observed.links, name), desired);
  settle_masters(settled);
  for (const auto& [raw, route] : desired.routes) {
    const auto key = settle_key(raw);
    settled.routes[key] = settle_route(route, find_in(observed.routes, key));
  }
  for (const auto& [key, service] : desired.services) settled.services[key] = settle_service(key, service);
  return settled;
}

State network_target(const Desired& desired, const State& observed) {
  auto wanted = stamped(desired);
  leave_up_as_found(wanted, observed, desired.up_as_found);
  const auto settled = settle(wanted, observed);
  auto target = observed;
  for (auto& [name, link] : target.links) {  // side effects on others' MTU and MAC are the kernel's business
    link.mtu.reset();
    link.mac.reset();
  }
  erase_ours(target, desired);
  for (const auto& [name, link] : settled.links)
    lay_over(target, name, link, wanted.links.at(name), desired.owner);
  for (const auto& [key, route] : settled.routes) target.routes[key] = route;
  if (desired.owner != Owner::kVipd) claim_ports(target, settled);
  leave_what_goes(target, observed);
  settle_masters(target);
  ready_ports(target, wanted);
  if (desired.owner == Owner::kNetd) {
    reset_mtus(target, observed, wanted);
    bring_back_subnets(target, observed, settled);
  }
  pay(target, desired.owed);
  settle_consequences(target, observed, settled);
  return target;
}

State ipvs_target(const Desired& desired, const State& observed) {
  auto target = observed;
  for (const auto& key : desired.journal.services) target.services.erase(key);
  for (const auto& [key, service] : desired.state.services)
    target.services[key] = settle_service(key, service);
  return target;
}

}  // namespace hawser
