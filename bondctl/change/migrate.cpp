#include "bondctl/change/migrate.h"

#include <algorithm>
#include <iterator>

#include <fmt/ranges.h>

#include "bondctl/change/port_names.h"
#include "lib/base/find_in.h"
#include "lib/netlink/route_codec.h"
#include "lib/plan/consequence.h"
#include "lib/plan/simulate.h"

namespace hawser::bondctl {

namespace {

constexpr std::uint8_t kByRouter = 9;  // RTPROT_RA
constexpr std::uint8_t kBoot = 3;      // RTPROT_BOOT
constexpr std::uint8_t kStatic = 4;    // RTPROT_STATIC
constexpr std::uint8_t kOfKernel = 2;  // RTPROT_KERNEL

// What each interface has by itself.
bool is_its_own(const Prefix& prefix) {
  return prefix.address.is_loopback() || (prefix.address.is_v6() && prefix.address.is_link_local());
}

bool is_in_a_vrf(const Observed& observed, const Link& link) {
  const auto* master = find_in(observed.state.links, link.master);
  return master != nullptr && master->kind == LinkKind::kVrf;
}

// --- what stands on it ---

// Lower ones first.
std::vector<std::string> vlans_above(const Observed& observed, const std::string& device) {
  std::vector<std::string> all;
  for (const auto& [name, link] : observed.state.links) {
    if (!link.vlan || link.vlan->on != device) continue;
    all.push_back(name);
    std::ranges::move(vlans_above(observed, name), std::back_inserter(all));
  }
  return all;
}

std::vector<std::string> why_not_movable(const Observed& observed, const std::string& device) {
  std::vector<std::string> problems;
  const auto say = [&](const std::string& why) {
    problems.push_back(fmt::format("{}: migrate: {}", device, why));
  };
  const auto& link = observed.state.links.at(device);
  if (!link.master.empty() && !is_in_a_vrf(observed, link))
    say(fmt::format("it is in {0}: take it out first, and put the bond in: ip link set {1} nomaster",
                    link.master, device));
  for (const auto& [name, status] : observed.links)
    if (sits_on(status, device) && !observed.state.links.at(name).vlan)
      say(
          fmt::format("{}, a {}, stands on it and cannot move along: first 'ip link delete {}', and make it "
                      "anew on the bond",
                      name, status.kind, name));
  for (const auto& [prefix, address] : link.addresses)
    if (address.protocol == static_cast<std::uint8_t>(Owner::kVipd))
      say(fmt::format("vipd holds {} on it: first give the vip the bond as its interface", prefix));
  return problems;
}

// The interface and the VLANs on it, which are made anew on the bond.
std::vector<std::string> all_obstacles(const Observed& observed, const std::string& device) {
  auto problems = why_not_movable(observed, device);
  for (const auto& vlan : vlans_above(observed, device))
    std::ranges::move(why_not_movable(observed, vlan), std::back_inserter(problems));
  return problems;
}

// --- what moves ---

std::map<Prefix, Address> moved_addresses(const Link& link) {
  std::map<Prefix, Address> moved;
  for (const auto& [prefix, there] : link.addresses) {
    if (is_its_own(prefix)) continue;
    auto address = there;
    if (is_kernel_made(prefix, there)) address.protocol = 0;  // or nobody may add it
    if (address.preferred_lifetime != 0) address.preferred_lifetime = kForever;
    moved.emplace(prefix, address);
  }
  return moved;
}

// An address brings the route to its subnet, unless it was told not to.
bool comes_with_an_address(const Link& link, const RouteKey& key) {
  return std::ranges::any_of(link.addresses, [&](const auto& entry) {
    return entry.first.network() == key.to && !entry.second.no_prefix_route;
  });
}

bool is_of_the_kernel_only(const Link& link, const RouteKey& key, const Route& route) {
  if (!is_kernel_made(route)) return false;
  const auto& to = key.to.address;
  if (to.is_v6() && (to.is_link_local() || to.is_multicast())) return true;
  return route.protocol != kByRouter &&
         (route.protocol != kOfKernel || comes_with_an_address(link, key) || key.to.length == to.bits());
}

Route led_over(const Route& route, const std::string& device, const std::string& bond) {
  auto moved = route;
  if (moved.device == device) moved.device = bond;
  if (!route.rest) return moved;
  // The object goes with its device; where it led, the hops and the fields of the route tell.
  auto rest =
      route.rest->nexthop_id == 0 ? std::optional(*route.rest) : nl::without_nexthop_object(*route.rest);
  if (rest)
    for (auto& hop : rest->hops)
      if (hop.device == device) hop.device = bond;
  moved.rest = rest ? RouteRest(std::move(*rest)) : RouteRest();
  return moved;
}

// What a router advertised, or a network manager put in the kernel's name, as if by hand: only so can it be
// added.
Route by_hand(const Route& route) {
  Route plain{route.device, route.via, route.source, route.onlink, route.mtu, kStatic, {}};
  if (route.protocol == kByRouter) plain.protocol = kBoot;
  return plain;
}

void move_routes(State& wanted, const Observed& observed, const Migration& migration) {
  const auto& link = observed.state.links.at(migration.device);
  for (const auto& [key, route] : observed.state.routes) {
    if (!leads_over(route, migration.device) || is_of_the_kernel_only(link, key, route)) continue;
    wanted.routes[key] =
        led_over(is_kernel_made(route) ? by_hand(route) : route, migration.device, migration.bond);
  }
}

void move_vlans(State& wanted, const Observed& observed, const Migration& migration) {
  const auto& device = observed.state.links.at(migration.device);
  for (const auto& name : vlans_above(observed, migration.device)) {
    auto vlan = observed.state.links.at(name);
    if (vlan.vlan->on == migration.device) vlan.vlan->on = migration.bond;
    if (vlan.mac == device.mac) vlan.mac.reset();  // it goes on having that of what it is on
    vlan.addresses = moved_addresses(vlan);
    wanted.links[name] = std::move(vlan);
  }
}

void move_to_bond(Link& bond, const Observed& observed, const Migration& migration) {
  const auto& device = observed.state.links.at(migration.device);
  for (auto& [prefix, address] : moved_addresses(device)) bond.addresses.emplace(prefix, address);
  bond.up = device.up || bond.up;
  if (observed.state.links.contains(migration.bond)) return;
  if (!bond.mac) bond.mac = device.mac;
  if (!bond.mtu) bond.mtu = device.mtu;
  bond.master = device.master;
}

// --- in which order ---

void without_detection(State& wanted) {
  for (auto& [name, link] : wanted.links)
    for (auto& [prefix, address] : link.addresses)
      if (prefix.address.is_v6()) address.no_dad = true;
}

// The bond without the interface, down: it has its MAC, and two with one MAC must not both be heard.
Desired others_first(const Desired& all, const Migration& migration) {
  Desired desired = all;
  desired.state.routes.clear();
  std::erase_if(desired.state.links, [&](const auto& entry) { return entry.first != migration.bond; });
  auto& link = desired.state.links.at(migration.bond);
  link.up = false;
  link.addresses.clear();
  link.bond->ports.erase(migration.device);
  if (link.bond->primary == migration.device) link.bond->primary.clear();
  return desired;
}

// The interface is known to reach who is asking; whether the others do, nobody tried yet.
std::optional<Role> role_of(const Observed& observed, const Link& bond, const Migration& migration) {
  const bool is_chosen = has_active_port(bond.bond->mode) && bond.bond->primary.empty();
  const bool is_new = !observed.state.links.contains(migration.bond);
  const bool has_carrier = observed.links.at(migration.device).carrier;
  if (!is_chosen || !is_new || !has_carrier || bond.bond->ports.size() < 2) return std::nullopt;
  return Role{migration.bond, migration.device};
}

void put_in_order(Change& change, const Observed& observed, const Migration& migration) {
  const auto last = change.desired;
  const auto& bond = last.state.links.at(migration.bond);
  without_detection(change.desired.state);
  if (!observed.state.links.contains(migration.bond) && !migration.with.empty()) {
    Stage join{.desired = change.desired};
    join.carriers = migration.with;
    change.then.push_back(std::move(join));
    change.desired = others_first(last, migration);
  }
  change.then.push_back({.role = role_of(observed, bond, migration), .desired = last});
}

// --- what is to know ---

void note_addresses(Change& change, const Link& link, const std::string& bond) {
  for (const auto& [prefix, address] : link.addresses) {
    if (is_its_own(prefix)) continue;
    const bool has_an_end = address.preferred_lifetime != kForever && address.preferred_lifetime != 0;
    if (is_kernel_made(prefix, address))
      change.notes.push_back(fmt::format(
          "{}: {} came from a router: it moves, and stays until it is taken away by hand", bond, prefix));
    else if (has_an_end)
      change.notes.push_back(fmt::format(
          "{}: {} has a lifetime: who gave it (DHCP?) has to serve {} from now on; it stays until then", bond,
          prefix, bond));
  }
}

void note_vlans(Change& change, const Observed& observed, const Migration& migration) {
  for (const auto& vlan : vlans_above(observed, migration.device))
    if (const auto& unsaid = observed.links.at(vlan).unsaid; !unsaid.empty())
      change.notes.push_back(fmt::format("{}: it is made anew on {}, without what is to be set again: {}",
                                         vlan, migration.bond, fmt::join(unsaid, ", ")));
}

// Of a route with several ways the plan itself says it.
void note_nexthop_objects(Change& change, const Observed& observed, const Migration& migration) {
  for (const auto& [key, route] : observed.state.routes)
    if (leads_over(route, migration.device) && route.rest && route.rest->nexthop_id != 0 &&
        route.rest->hops.empty())
      change.notes.push_back(fmt::format(
          "{}: the route to {} leads there by itself from now on: its next-hop object {} goes with {}",
          migration.bond, key.to, route.rest->nexthop_id, migration.device));
}

Edits edits_of(const Observed& observed, const Migration& migration) {
  auto edits = parse_edits(migration.settings);
  const auto names = [&](const std::string& key) {
    return std::ranges::find(edits.good, key, &Edit::key) != edits.good.end();
  };
  if (names("ports")) edits.wrong.emplace_back("ports: write --with PORT,PORT");
  if (!observed.state.links.contains(migration.bond) && !names("mode"))
    edits.good.push_back({"mode", Edit::How::kSet, "active-backup"});
  std::vector<Edit> ports;
  ports.reserve(migration.with.size() + 1);
  for (const auto& port : migration.with) ports.push_back({"ports", Edit::How::kAdd, port});
  ports.push_back({"ports", Edit::How::kAdd, migration.device});
  edits.good.insert(edits.good.begin(), ports.begin(), ports.end());
  return edits;
}

Migration with_devices(Migration migration, const Observed& observed, const FindPaths& find_paths) {
  migration.device = device_named(observed, migration.device, find_paths);
  for (auto& port : migration.with) port = device_named(observed, port, find_paths);
  return migration;
}

Change refused(std::vector<std::string> why) {
  Change change;
  change.problems = std::move(why);
  return change;
}

}  // namespace

Change migrate(const Observed& observed, const Migration& words, const FindPaths& find_paths) {
  const auto migration = with_devices(words, observed, find_paths);
  const auto* device = find_in(observed.state.links, migration.device);
  if (device == nullptr)
    return refused(
        {fmt::format("{}: migrate: no such device: 'ip link' lists those there are", migration.device)});
  if (device->master == migration.bond)
    return refused({fmt::format("{}: migrate: it is in {} already", migration.device, migration.bond)});
  if (auto problems = all_obstacles(observed, migration.device); !problems.empty())
    return refused(std::move(problems));
  auto bare = observed;  // what it has is in nobody's way: it goes to the bond
  bare.state.links.at(migration.device).addresses.clear();
  bare.state.links.at(migration.device).master.clear();
  const auto edits = edits_of(observed, migration);
  const bool is_there = observed.state.links.contains(migration.bond);
  auto change = is_there ? set(bare, migration.bond, edits, find_paths)
                         : create(bare, migration.bond, edits, find_paths);
  if (!change.problems.empty()) return change;
  auto& wanted = change.desired.state;
  auto& bond = wanted.links.at(migration.bond);
  move_to_bond(bond, observed, migration);
  if (bond.up) change.desired.up_as_found.clear();  // what goes over it from now on needs it up
  move_vlans(wanted, observed, migration);
  move_routes(wanted, observed, migration);
  note_addresses(change, *device, migration.bond);
  note_vlans(change, observed, migration);
  note_nexthop_objects(change, observed, migration);
  put_in_order(change, observed, migration);
  return change;
}

}  // namespace hawser::bondctl
