#include "lib/plan/consequence.h"

#include <algorithm>
#include <map>
#include <set>

#include "lib/plan/simulate.h"
#include "lib/plan/words.h"

namespace hawser {

namespace {

constexpr std::uint8_t kAddressByRouter = 2;  // IFAPROT_KERNEL_RA
constexpr std::uint8_t kRouteByRouter = 9;    // RTPROT_RA

// What a port gets back when it leaves its bond, which no State says.
void know_macs(State& state, const Observed& before) {
  for (auto& [name, link] : state.links) {
    if (link.mac || link.bond) continue;
    const auto status = before.links.find(name);
    if (status != before.links.end() && status->second.port) link.mac = status->second.port->permanent_mac;
  }
}

// Kinds that the kernel unregisters with the device that they sit on (NETDEV_UNREGISTER). Of others IFLA_LINK
// is a peer, or a device that a tunnel outlives.
bool goes_with_lower(std::string_view kind) {
  constexpr std::array<std::string_view, 7> kKinds{"vlan",   "macvlan", "macvtap", "ipvlan",
                                                   "ipvtap", "macsec",  "vxlan"};
  return std::ranges::find(kKinds, kind) != kKinds.end();
}

// Of what sits on a device only VLANs are in a plan.
void forget_what_sits_on(State& state, const Observed& before, const std::string& device) {
  for (const auto& [name, status] : before.links)
    if (sits_on(status, device) && state.links.erase(name) > 0) {
      forget_device(state.routes, name);
      forget_what_sits_on(state, before, name);
    }
}

State after(const Observed& before, const std::vector<Step>& steps) {
  auto state = before.state;
  for (const auto& step : steps) {
    simulate(state, step);
    const auto* gone = as<DeleteLink>(step);
    if (gone != nullptr) forget_what_sits_on(state, before, gone->link);
    if (gone != nullptr || is<SetMaster>(step)) know_macs(state, before);
  }
  return state;
}

// The steps that say themselves what goes.
struct Said {
  explicit Said(const std::vector<Step>& steps) {
    for (const auto& step : steps) {
      if (const auto* address = as<RemoveAddress>(step)) addresses.emplace(address->link, address->prefix);
      if (const auto* route = as<RemoveRoute>(step)) routes.insert(route->key);
      if (const auto* mtu = as<SetMtu>(step)) mtus.insert(mtu->link);
    }
  }

  std::set<std::pair<std::string, Prefix>> addresses;
  std::set<RouteKey> routes;
  std::set<std::string> mtus;
};

using Places = std::map<IpAddress, std::set<std::string>>;

// Where each address of the host is. One that is on two devices is not lost with one of them.
Places places(const State& state) {
  Places places;
  for (const auto& [name, link] : state.links)
    for (const auto& [prefix, address] : link.addresses) places[prefix.address].insert(name);
  return places;
}

HeldBy held_by(const Address& address) {
  if (address.protocol == kAddressByRouter) return HeldBy::kRouter;
  return address.protocol == static_cast<std::uint8_t>(Owner::kVipd) ? HeldBy::kVipd : HeldBy::kAnybody;
}

bool is_the_devices_own(const Prefix& prefix) {
  return prefix.address.is_loopback() || (prefix.address.is_v6() && prefix.address.is_link_local());
}

void add_lost_addresses(std::vector<Consequence>& all, const State& before, const State& now,
                        const Said& said) {
  const auto still = places(now);
  for (const auto& [name, link] : before.links)
    for (const auto& [prefix, address] : link.addresses)
      if (!is_the_devices_own(prefix) && !still.contains(prefix.address) &&
          !said.addresses.contains({name, prefix}))
        all.emplace_back(LostAddress{name, prefix, held_by(address)});
}

bool has_lost_a_way(const Route& before, const Route& now) {
  const auto devices = devices_of(before);
  return std::ranges::any_of(devices, [&](const auto& device) { return !leads_over(now, device); });
}

// Whether the plan puts it back: it was away in between.
std::set<RouteKey> put_back(const std::vector<Step>& steps) {
  std::set<RouteKey> keys;
  for (const auto& step : steps)
    if (const auto* add = as<AddRoute>(step)) keys.insert(add->key);
  return keys;
}

void add_lost_routes(std::vector<Consequence>& all, const State& before, const State& now,
                     const std::vector<Step>& steps, const Said& said) {
  const auto added = put_back(steps);
  for (const auto& [key, route] : before.routes) {
    const bool by_router = route.protocol == kRouteByRouter;
    if (is_kernel_made(route) && !by_router) continue;
    const auto there = now.routes.find(key);
    if (there == now.routes.end()) {
      if (!said.routes.contains(key)) all.emplace_back(LostRoute{key, route, by_router});
    } else if (there->second.rest && (has_lost_a_way(route, there->second) ||
                                      (there->second.rest->nexthop_id != 0 && added.contains(key)))) {
      all.emplace_back(PoorerRoute{key, route});
    }
  }
}

// From where an address came to a device: from itself, if it was there, else from where it is no more. One
// that stays where it was has not moved.
const std::string* place_before(const std::set<std::string>& was, const std::set<std::string>& is,
                                const std::string& name) {
  if (const auto same = was.find(name); same != was.end()) return &*same;
  const auto left = std::ranges::find_if(was, [&](const auto& device) { return !is.contains(device); });
  return left == was.end() ? nullptr : &*left;
}

// A neighbour knows an address by a MAC. Who has none before or after is told nothing; a VLAN that has its
// device's is told with it.
void add_moved_macs(std::vector<Consequence>& all, const State& before, const State& now) {
  const auto was = places(before);
  const auto is = places(now);
  std::map<std::pair<std::string, std::string>, MovedMac> moved;
  for (const auto& [name, link] : now.links) {
    for (const auto& [prefix, address] : link.addresses) {
      if (is_the_devices_own(prefix) || address.protocol == static_cast<std::uint8_t>(Owner::kVipd)) continue;
      const auto known = was.find(prefix.address);
      if (known == was.end()) continue;
      const auto* from = place_before(known->second, is.at(prefix.address), name);
      if (from == nullptr) continue;
      const auto& mac = before.links.at(*from).mac;
      if (!mac || mac->is_zero() || link.mac == mac) continue;
      auto& one = moved.try_emplace({name, *from}, MovedMac{name, *from, {}, *mac, link.mac}).first->second;
      if (name != *from) one.prefixes.push_back(prefix);
    }
  }
  for (auto& [key, one] : moved) all.emplace_back(std::move(one));
}

// Who has the MAC of the bond without being its port.
const std::string* stranger_with_macs_of(const State& state, const std::string& bond) {
  const auto found = state.links.find(bond);
  if (found == state.links.end() || !found->second.bond || !found->second.mac) return nullptr;
  for (const auto& [name, card] : state.links)
    if (card.kind == LinkKind::kPhysical && card.master != bond && card.mac == found->second.mac)
      return &name;
  return nullptr;
}

void add_shared_macs(std::vector<Consequence>& all, const State& before, const State& now) {
  for (const auto& [name, bond] : now.links)
    if (const auto* card = stranger_with_macs_of(now, name);
        card != nullptr && stranger_with_macs_of(before, name) == nullptr)
      all.emplace_back(SharedMac{name, *card, *bond.mac});
}

void add_smaller_mtus(std::vector<Consequence>& all, const State& before, const State& now,
                      const Said& said) {
  for (const auto& [name, link] : before.links) {
    const auto found = now.links.find(name);
    if (!link.vlan || found == now.links.end() || !found->second.vlan) continue;
    const auto& after = found->second;
    if (link.mtu && after.mtu && *after.mtu < *link.mtu && !said.mtus.contains(name))
      all.emplace_back(SmallerMtu{name, after.vlan->on, *link.mtu, *after.mtu});
  }
}

std::string until_router(bool by_router) {
  return by_router ? ", until a router advertises it again" : "";
}

std::string ways(const Route& route) {
  std::string text;
  for (const auto& device : devices_of(route)) text += fmt::format("{}{}", text.empty() ? "" : ", ", device);
  return text;
}

struct DescribeLoss {
  std::string operator()(const LostLink& c) const {
    return fmt::format("{}: goes with {}, though netd did not make it", c.link, c.with);
  }
  std::string operator()(const LostAddress& c) const {
    const auto vip = c.held_by == HeldBy::kVipd ? ", which vipd holds" : "";
    return fmt::format("{}: loses address {}{}{}", c.link, c.prefix, vip,
                       until_router(c.held_by == HeldBy::kRouter));
  }
  std::string operator()(const LostRoute& c) const {
    const auto devices = devices_of(c.route);
    const auto over = devices.size() > 1 ? fmt::format(" over {}", ways(c.route)) : std::string{};
    return fmt::format("{}: loses {}{}{}", c.route.device, words::route(c.key, c.route), over,
                       until_router(c.by_router));
  }
  std::string operator()(const PoorerRoute& c) const {
    const auto name = words::route(c.key, c.route);
    if (c.route.rest && c.route.rest->nexthop_id != 0)
      return fmt::format("{}: {} comes back without its next-hop object {}, which goes with the device",
                         c.route.device, name, c.route.rest->nexthop_id);
    return fmt::format("{}: {} over {} loses a way", c.route.device, name, ways(c.route));
  }
  std::string operator()(const SharedMac& c) const {
    return fmt::format("{}: keeps mac {}, which {} has as well: give one of them another (mac = \"..\")",
                       c.link, c.mac, c.with);
  }
  std::string operator()(const SmallerMtu& c) const {
    return fmt::format("{}: mtu goes from {} to {}, the most that {} has", c.link, c.from, c.to, c.with);
  }
  std::string operator()(const MovedMac& c) const {
    const auto to = c.to ? to_string(*c.to) : std::string("another");
    if (c.link == c.from_link)
      return fmt::format("{}: mac changes from {} to {}: neighbours are told", c.link, c.from, to);
    std::string prefixes;
    for (const auto& prefix : c.prefixes)
      prefixes += fmt::format("{}{}", prefixes.empty() ? "" : ", ", prefix);
    return fmt::format("{}: {} from {} changes its mac from {} to {}: neighbours are told", c.link, prefixes,
                       c.from_link, c.from, to);
  }
};

}  // namespace

std::vector<Consequence> consequences(const Observed& before, const std::vector<Step>& steps) {
  std::vector<Consequence> all;
  const auto now = after(before, steps);
  const Said said(steps);
  add_lost_addresses(all, before.state, now, said);
  add_lost_routes(all, before.state, now, steps, said);
  add_moved_macs(all, before.state, now);
  add_shared_macs(all, before.state, now);
  add_smaller_mtus(all, before.state, now, said);
  return all;
}

std::vector<Consequence> lost_links(const Observed& before, const std::vector<Step>& steps,
                                    const std::set<std::string>& made) {
  std::set<std::string> gone;
  std::set<std::string> stay = made;
  for (const auto& step : steps) {
    if (const auto* link = as<DeleteLink>(step)) gone.insert(link->link);
    if (const auto* link = as<CreateLink>(step)) stay.insert(link->link);
  }
  std::vector<Consequence> all;
  std::set<std::string> seen;
  // What sits on what goes with it goes too.
  for (bool more = true; std::exchange(more, false);)
    for (const auto& [name, status] : before.links) {
      if (seen.contains(name) || !gone.contains(status.lower) || !sits_on(status, status.lower)) continue;
      seen.insert(name);
      gone.insert(name);
      more = true;
      if (!stay.contains(name)) all.emplace_back(LostLink{name, status.lower});
    }
  return all;
}

bool sits_on(const LinkStatus& status, const std::string& device) {
  return status.lower == device && goes_with_lower(status.kind);
}

std::string describe(const Consequence& consequence) {
  return std::visit(DescribeLoss{}, consequence);
}

std::string object_of(const Consequence& consequence) {
  return std::visit(
      [](const auto& one) -> std::string {
        if constexpr (requires { one.link; })
          return one.link;
        else
          return one.route.device;
      },
      consequence);
}

bool is_loss(const Consequence& consequence) {
  return !std::holds_alternative<MovedMac>(consequence);
}

}  // namespace hawser
