// Rules of [bond.*] and [link.*] among themselves: devices, references, addresses, routes. What concerns the
// inside of one bond is in rules_bond.cpp.
#include <algorithm>
#include <set>

#include "lib/config/rules.h"
#include "lib/config/rules_bond.h"

namespace hawser::config {

namespace {

constexpr auto kNetd = Part::kNetd;

// visit(name, section) for every bond and link.
template <class Visit>
void each_interface(const File& file, const Visit& visit) {
  for (const auto& [name, bond] : file.bonds) visit(name, bond);
  for (const auto& [name, link] : file.links) visit(name, link);
}

void one_section_per_device(const File& file, Report& report) {
  std::map<std::string, std::pair<Place, std::string>> seen;
  each_interface(file, [&](const std::string& name, const auto& section) {
    const auto device = own_device(name, section);
    const auto place = section.at("device");
    if (!valid_device(device))
      report.add(kNetd, place, section.path,
                 fmt::format("{} is not a device name: write device = ..", quote(device)));
    std::pair later{place, section.path};
    const auto [there, added] = seen.try_emplace(device, later);
    if (added) return;
    auto first = there->second;
    if (later < first) std::swap(first, later);
    report.add(kNetd, later.first, later.second,
               fmt::format("device {} is also that of [{}]", quote(device), first.second));
  });
}

void link_has_a_kind(const Section<LinkSpec>& link, Report& report) {
  if (!link.has("kind"))
    report.add(kNetd, link.place, link.path + ".kind",
               "is missing: write \"physical\", \"vlan\", \"dummy\" or \"vrf\"");
}

void keys_fit_the_kind(const Section<LinkSpec>& link, Report& report) {
  if (!link.said.kind) return;
  const auto kind = *link.said.kind;
  const auto judge = [&](std::string_view key, LinkKind owner, bool needed) {
    const auto path = dotted(link.path, key);
    if (link.has(key) && kind != owner)
      report.add(kNetd, link.at(key), path,
                 fmt::format("only a {} has it, and kind is {}", name_of(owner), quote(name_of(kind))));
    if (needed && kind == owner && !link.has(key))
      report.add(kNetd, link.place, path, fmt::format("is missing: a {} needs it", name_of(owner)));
  };
  judge("on", LinkKind::kVlan, true);
  judge("id", LinkKind::kVlan, true);
  judge("protocol", LinkKind::kVlan, false);
  judge("table", LinkKind::kVrf, true);
}

bool is_interface(const File& file, const std::string& name) {
  return file.bonds.contains(name) || file.links.contains(name);
}

void vlan_stands_on_something(const File& file, const Section<LinkSpec>& link, Report& report) {
  const auto& on = link.said.on;
  if (on.empty() || is_interface(file, on)) return;
  report.add(
      kNetd, link.at("on"), link.path + ".on",
      fmt::format("no bond or link section is named {0}: for a card write [link.{1}] kind = \"physical\"",
                  quote(on), on));
}

void vlan_does_not_stand_on_itself(const File& file, const std::string& name, const Section<LinkSpec>& link,
                                   Report& report) {
  auto below = link.said.on;
  std::set<std::string> seen;
  while (!below.empty() && below != name && seen.insert(below).second) {
    const auto found = file.links.find(below);
    below = found == file.links.end() ? std::string() : found->second.said.on;
  }
  if (below == name)
    report.add(kNetd, link.at("on"), link.path + ".on", fmt::format("{} would stand on itself", quote(name)));
}

template <class S>
void vrf_exists(const File& file, const Section<S>& link, Report& report) {
  if (link.said.vrf.empty() || find_vrf(file, link.said.vrf) != nullptr) return;
  report.add(kNetd, link.at("vrf"), link.path + ".vrf",
             fmt::format("no [link.{}] of kind \"vrf\" exists", link.said.vrf));
}

bool is_default(std::string_view to) {
  return to == "default";
}

void route_is_sound(const Section<RouteSpec>& route, Report& report) {
  const auto fault = [&](std::string_view key, std::string what) {
    report.add(kNetd, route.at(key), dotted(route.path, key), std::move(what));
  };
  const auto& said = route.said;
  if (!route.has("to")) return fault("to", "is missing: write \"default\" or a prefix");
  const auto to = Prefix::parse(said.to);
  if (!is_default(said.to) && !to) return fault("to", to.error().text);
  if (!is_default(said.to) && *to != to->network())
    return fault("to",
                 fmt::format("{} has host bits: write {}", quote(said.to), quote(to_string(to->network()))));
  const auto family = is_default(said.to) ? said.via.value_or(said.source.value_or(IpAddress{})).family()
                                          : to->address.family();
  if (said.via && said.via->family() != family)
    fault("via", fmt::format("{} is not of the family of {}", to_string(*said.via), quote(said.to)));
  if (said.source && said.source->family() != family)
    fault("source", fmt::format("{} is not of the family of the route", to_string(*said.source)));
  if (said.onlink && !said.via) fault("onlink", "needs via");
}

void routes_are_unique(const File& file, Report& report) {
  std::map<RouteKey, Place> seen;
  each_interface(file, [&](const std::string&, const auto& section) {
    for (const auto& route : section.said.routes) {
      const auto key = route_key(file, section.said, route.said);
      if (!key) continue;
      const auto [there, added] = seen.try_emplace(*key, route.place);
      if (!added)
        report.add(kNetd, std::max(route.place, there->second), route.path,
                   fmt::format("the same route, {}, is at {}", to_string(*key),
                               report.where(std::min(route.place, there->second))));
    }
  });
}

using Found = std::pair<Place, std::string>;  // where, and the path for messages

void say_twice(const IpAddress& address, Found first, Found later, Report& report) {
  if (later < first) std::swap(first, later);
  report.add(kNetd, later.first, later.second,
             fmt::format("{} is also at {}", to_string(address), report.where(first.first)));
}

void addresses_are_unique(const File& file, Report& report) {
  std::map<IpAddress, Found> seen;
  each_interface(file, [&](const std::string&, const auto& section) {
    for (std::size_t i = 0; i < section.said.addresses.size(); ++i) {
      const auto& address = section.said.addresses[i].address;
      const Found here{section.at("addresses", i), section.path + ".addresses"};
      if (!is_unicast(address))
        report.add(kNetd, here.first, here.second,
                   fmt::format("{} is not an address that a host can have", to_string(address)));
      const auto [there, added] = seen.try_emplace(address, here);
      // Link-local addresses mean something on one link only.
      if (!added && !address.is_link_local()) say_twice(address, there->second, here, report);
    }
  });
  for (const auto& [name, vip] : file.vips)
    for (std::size_t i = 0; i < vip.said.addresses.size(); ++i)
      if (const auto there = seen.find(vip.said.addresses[i].prefix.address); there != seen.end())
        say_twice(there->first, there->second, {vip.at("addresses", i), vip.path + ".addresses"}, report);
}

}  // namespace

std::string device_of(const File& file, const std::string& name) {
  if (const auto bond = file.bonds.find(name); bond != file.bonds.end())
    return own_device(name, bond->second);
  if (const auto link = file.links.find(name); link != file.links.end())
    return own_device(name, link->second);
  return name;
}

const LinkSpec* find_vrf(const File& file, const std::string& name) {
  const auto link = file.links.find(name);
  if (link == file.links.end() || link->second.said.kind != LinkKind::kVrf) return nullptr;
  return &link->second.said;
}

bool is_unicast(const IpAddress& address) {
  return !address.is_unspecified() && !address.is_multicast();
}

std::optional<RouteKey> route_key(const File& file, const InterfaceSpec& link, const RouteSpec& route) {
  constexpr std::uint32_t kMain = 254;           // RT_TABLE_MAIN
  constexpr std::uint32_t kIpv6Standard = 1024;  // IP6_RT_PRIO_USER: what the kernel makes of metric 0
  RouteKey key;
  if (is_default(route.to)) {
    const auto like = route.via.value_or(route.source.value_or(IpAddress{}));
    key.to = like.is_v4() ? Prefix{} : Prefix{*IpAddress::parse("::"), 0};
  } else if (const auto to = Prefix::parse(route.to)) {
    key.to = *to;
  } else {
    return std::nullopt;
  }
  const auto* vrf = find_vrf(file, link.vrf);
  key.table = route.table.value_or(vrf == nullptr ? kMain : vrf->table);
  key.metric = route.metric.value_or(0);
  if (key.metric == 0 && key.to.address.is_v6()) key.metric = kIpv6Standard;
  return key;
}

void check_network(const File& file, Report& report) {
  one_section_per_device(file, report);
  check_bonds(file, report);
  for (const auto& [name, link] : file.links) {
    link_has_a_kind(link, report);
    keys_fit_the_kind(link, report);
    vlan_stands_on_something(file, link, report);
    vlan_does_not_stand_on_itself(file, name, link, report);
  }
  each_interface(file, [&](const std::string&, const auto& section) {
    vrf_exists(file, section, report);
    for (const auto& route : section.said.routes) route_is_sound(route, report);
  });
  routes_are_unique(file, report);
  addresses_are_unique(file, report);
}

}  // namespace hawser::config
