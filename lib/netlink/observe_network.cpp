#include <algorithm>
#include <tuple>

#include <linux/netlink.h>

#include "lib/base/atomic_file.h"
#include "lib/netlink/address_codec.h"
#include "lib/netlink/link_codec.h"
#include "lib/netlink/network.h"
#include "lib/netlink/prefix_routes.h"
#include "lib/netlink/route_codec.h"
#include "lib/plan/simulate.h"

namespace hawser::nl {

namespace {

using Names = std::map<IfIndex, std::string>;

constexpr std::string_view kLoopback = "lo";  // each namespace's only one, and not to be renamed

std::string name_in(const Names& names, IfIndex index) {
  const auto found = names.find(index);
  return found == names.end() ? std::string{} : found->second;
}

// conf/all counts for every device; without /proc that is not known, and each has its own.
bool all_promote_secondaries() {
  const auto text = read_file("/proc/sys/net/ipv4/conf/all/promote_secondaries");
  return text && !text->starts_with("0");
}

Link link_of(const DecodedLink& decoded, const Names& names) {
  Link link;
  link.kind = kind_of(decoded.kind);
  link.up = decoded.up;
  link.mtu = decoded.mtu;
  link.mac = decoded.mac;
  link.master = name_in(names, decoded.master);
  link.vrf_table = decoded.vrf_table;
  link.promotes_secondaries.value = decoded.promotes_secondaries;
  if (link.kind == LinkKind::kVlan)
    link.vlan = Vlan{name_in(names, decoded.lower), decoded.vlan_id, decoded.vlan_protocol};
  if (link.kind == LinkKind::kBond) {
    link.bond = decoded.bond.bond;
    link.bond->primary = name_in(names, decoded.bond.primary);
  }
  return link;
}

LinkStatus status_of(const DecodedLink& decoded, const Names& names) {
  LinkStatus status;
  status.index = decoded.index;
  status.carrier = decoded.carrier;
  status.carrier_changes = decoded.carrier_changes;
  status.kind = decoded.kind;
  status.lower = name_in(names, decoded.lower);
  if (decoded.port_kind == "bond") status.port = decoded.port.status;
  status.active_port = name_in(names, decoded.bond.active_port);
  status.aggregator = decoded.bond.aggregator ? decoded.bond.aggregator->id : std::uint16_t{0};
  status.altnames = decoded.altnames;
  status.unsaid = decoded.unsaid;
  return status;
}

void add_port(State& state, const DecodedLink& decoded, const Names& names) {
  if (decoded.port_kind != "bond") return;
  const auto found = state.links.find(name_in(names, decoded.master));
  if (found == state.links.end() || !found->second.bond) return;
  auto& bond = *found->second.bond;
  bond.ports[decoded.name] = decoded.port.options;
  if (bond.mode == BondMode::k8023ad) bond.lacking.actor_port_prio |= !decoded.port.tells_actor_port_prio;
}

bool is_ours(const Route& route) {
  const auto owner = static_cast<Owner>(route.protocol);
  return owner == Owner::kNetd || owner == Owner::kVipd;
}

// nullopt: one of its devices is gone since.
std::optional<Route> named(const DecodedRoute& decoded, const Names& names) {
  auto route = decoded.route;
  route.device = name_in(names, decoded.device);
  if (route.device.empty()) return std::nullopt;
  if (!decoded.rest) return route;
  auto rest = *decoded.rest;
  for (std::size_t i = 0; i < rest.hops.size(); ++i) {
    rest.hops[i].device = name_in(names, decoded.hops.at(i));
    if (rest.hops[i].device.empty()) return std::nullopt;
  }
  // IPv6 keeps the ways of a route as a ring that begins anywhere.
  if (decoded.key.to.address.is_v6())
    std::ranges::sort(rest.hops, {}, [](const NextHop& hop) { return std::tie(hop.device, hop.message); });
  if (!rest.hops.empty()) route.device = rest.hops.front().device;
  route.rest = RouteRest(std::move(rest));
  return route;
}

// Of several under one key the one that is ours is the one we compare, else the first. The kernel's own (one
// fe80::/64 for each interface) are nobody's to put back: one of them is enough.
void add_route(State& state, const DecodedRoute& decoded, const Names& names) {
  auto route = named(decoded, names);
  if (!route) return;
  const auto [place, fresh] = state.routes.try_emplace(decoded.key, *route);
  if (fresh) return;
  if (is_ours(*route) && !is_ours(place->second)) std::swap(*route, place->second);
  if (is_kernel_made(*route)) return;
  auto key = decoded.key;
  do ++key.nth;
  while (key.nth != 0 && !state.routes.try_emplace(key, *route).second);
}

// A VRF has a table of its own, for itself and for what is in it.
std::uint32_t table_of(const State& state, const Link& link) {
  constexpr std::uint32_t kMainTable = 254;  // RT_TABLE_MAIN
  if (link.kind == LinkKind::kVrf) return link.vrf_table;
  const auto master = state.links.find(link.master);
  const bool in_vrf = master != state.links.end() && master->second.kind == LinkKind::kVrf;
  return in_vrf ? master->second.vrf_table : kMainTable;
}

std::map<IfIndex, RoutingDevice> routing_devices(const Observed& observed, const Names& names) {
  std::map<IfIndex, RoutingDevice> devices;
  for (const auto& [index, name] : names) {
    const auto& link = observed.state.links.at(name);
    devices.emplace(
        index,
        RoutingDevice{.up = link.up, .loopback = name == kLoopback, .table = table_of(observed.state, link)});
  }
  return devices;
}

}  // namespace

Status Network::observe(Observed& observed, bool with_routes) {
  Names names;
  if (auto links = observe_links(observed, names); !links) return links;
  const auto addresses = observe_addresses(observed, names);
  if (!addresses) return tl::unexpected(addresses.error());
  return with_routes ? observe_routes(observed, names, *addresses) : Status{};
}

Status Network::observe_links(Observed& observed, Names& names) {
  auto links = socket_.collect(encode_get_links(), decode_link);
  if (!links) return fail_because("links: read", links.error());
  for (auto& link : *links) {
    names[link.index] = link.name;
    read_from_files(link);
  }
  const bool all_promote = all_promote_secondaries();
  for (const auto& link : *links) {
    auto& there = observed.state.links[link.name] = link_of(link, names);
    there.promotes_secondaries.value |= all_promote;
    observed.links[link.name] = status_of(link, names);
  }
  for (const auto& link : *links) add_port(observed.state, link, names);
  return {};
}

Result<std::vector<DecodedAddress>> Network::observe_addresses(Observed& observed, const Names& names) {
  auto addresses = socket_.collect(encode_get_addresses(), decode_address);
  if (!addresses) return fail_because("addresses: read", addresses.error());
  std::uint32_t place = 0;
  for (const auto& [index, prefix, address, detection] : *addresses) {
    const auto link = observed.state.links.find(name_in(names, index));
    if (link == observed.state.links.end()) continue;
    auto& there = link->second.addresses[prefix] = address;
    there.place.value = ++place;
    if (detection != Detection::kPassed) observed.links[link->first].undetected[prefix] = detection;
  }
  return addresses;
}

Status Network::observe_routes(Observed& observed, const Names& names,
                               std::span<const DecodedAddress> addresses) {
  PrefixRoutes subnets(routing_devices(observed, names), addresses);
  for (const auto family : {Family::kIpv4, Family::kIpv6}) {
    const auto routes = socket_.collect(encode_get_routes(family), decode_route);
    if (!routes) return fail_because("routes: read", routes.error());
    for (const auto& route : *routes) {
      if (!route) continue;
      subnets.see(*route);
      add_route(observed.state, *route, names);
    }
  }
  const auto gone = subnets.gone();
  return gone.empty() ? Status{} : observe_gone(observed, names, gone);
}

// An address or a device that went between the two readings took its routes with it: what counts is gone
// while its address is still there.
Status Network::observe_gone(Observed& observed, const Names& names, const std::vector<DecodedRoute>& gone) {
  Observed again;
  Names same;
  if (auto links = observe_links(again, same); !links) return links;
  const auto addresses = observe_addresses(again, same);
  if (!addresses) return tl::unexpected(addresses.error());
  const PrefixRoutes subnets(routing_devices(again, same), *addresses);
  for (auto route : gone) {
    if (!subnets.expects(route)) continue;
    route.route.device = name_in(names, route.device);
    while (observed.state.routes.contains(route.key) || observed.state.gone.contains(route.key))
      ++route.key.nth;
    observed.state.gone.emplace(route.key, route.route);
  }
  return {};
}

}  // namespace hawser::nl
