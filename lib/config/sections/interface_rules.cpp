// Rules of [bond.*] and [link.*] as devices: their names, kinds, what they stand on, MTU and MAC.
#include <algorithm>
#include <set>

#include "lib/config/engine/kinds.h"
#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/devices.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

constexpr std::string_view kLoopback = "lo";

void one_section_per_device(const File& file, Report& report) {
  std::map<std::string, std::pair<Place, std::string>> seen;
  each_interface(file, [&](const std::string& name, const auto& section) {
    const auto device = own_device(name, section);
    const auto place = section.at("device");
    if (const auto wrong = device_fault(device); !wrong.empty())
      report.add(Part::kNetd, place, section.path, wrong + "; write device = ..");
    std::pair later{place, section.path};
    const auto [there, added] = seen.try_emplace(device, later);
    if (added) return;
    auto first = there->second;
    if (later < first) std::swap(first, later);
    report.add(Part::kNetd, later.first, later.second,
               fmt::format("device {} is also that of [{}]", quote(device), first.second));
  });
}

void link_has_a_kind(const Section<LinkSpec>& link, Report& report) {
  if (!link.has("kind"))
    report.add(Part::kNetd, link.place, link.path + ".kind",
               "is missing: write \"physical\", \"vlan\", \"dummy\" or \"vrf\"");
}

void keys_fit_the_kind(const Section<LinkSpec>& link, Report& report) {
  if (!link.spec.kind) return;
  const auto kind = *link.spec.kind;
  const auto judge = [&](std::string_view key, LinkKind owner, bool needed) {
    const auto path = dotted(link.path, key);
    if (link.has(key) && kind != owner)
      report.add(Part::kNetd, link.at(key), path,
                 fmt::format("only a {} has it, and kind is {}", name_of(owner), quote(name_of(kind))));
    if (needed && kind == owner && !link.has(key))
      report.add(Part::kNetd, link.place, path, fmt::format("is missing: a {} needs it", name_of(owner)));
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
  const auto& on = link.spec.on;
  if (on.empty() || is_interface(file, on)) return;
  report.add(
      Part::kNetd, link.at("on"), link.path + ".on",
      fmt::format("no bond or link section is named {0}: for a card write [link.{1}] kind = \"physical\"",
                  quote(on), on));
}

// Devices, and what each is made of.
struct Below {
  std::string device;
  Place place;
  std::string path;  // "link.v.on"
  std::string text;  // what to say if it leads back
};
using Stack = std::map<std::string, std::vector<Below>>;

Stack stack_of(const File& file) {
  Stack stack;
  for (const auto& [name, link] : file.links)
    if (!link.spec.on.empty())
      stack[own_device(name, link)].push_back({device_of(file, link.spec.on), link.at("on"),
                                               link.path + ".on",
                                               fmt::format("{} would stand on itself", quote(name))});
  for (const auto& [name, bond] : file.bonds)
    for (std::size_t i = 0; i < bond.spec.ports.size(); ++i) {
      const auto& port = bond.spec.ports[i];
      if (file.bonds.contains(port)) continue;  // said by check_ports()
      stack[own_device(name, bond)].push_back({device_of(file, port), bond.at("ports", i),
                                               bond.path + ".ports",
                                               fmt::format("{} stands on the bond itself", quote(port))});
    }
  return stack;
}

bool leads_to(const Stack& stack, const std::string& from, const std::string& goal) {
  std::set<std::string> seen;
  std::vector<std::string> open{from};
  while (!open.empty()) {
    const auto device = std::move(open.back());
    open.pop_back();
    if (device == goal) return true;
    const auto below = stack.find(device);
    if (below == stack.end() || !seen.insert(device).second) continue;
    for (const auto& next : below->second) open.push_back(next.device);
  }
  return false;
}

void nothing_stands_on_itself(const File& file, Report& report) {
  const auto stack = stack_of(file);
  for (const auto& [device, all] : stack)
    for (const auto& below : all)
      if (leads_to(stack, below.device, device)) report.add(Part::kNetd, below.place, below.path, below.text);
}

// register_vlan_device() finds the first one: "File exists".
void vlan_ids_differ(const File& file, Report& report) {
  std::map<std::tuple<std::string, std::uint16_t, std::string>, const Section<LinkSpec>*> seen;
  for (const auto& [name, link] : file.links) {
    if (link.spec.kind != LinkKind::kVlan || link.spec.id == 0 || link.spec.on.empty()) continue;
    const auto [there, added] =
        seen.try_emplace({device_of(file, link.spec.on), link.spec.id, link.spec.protocol}, &link);
    if (added) continue;
    const auto* first = there->second;
    const auto* later = &link;
    if (later->at("id") < first->at("id")) std::swap(first, later);
    fault(report, *later, "id",
          fmt::format("{} on {} is already that of [{}]", link.spec.id, quote(link.spec.on), first->path));
  }
}

// NETIF_F_VLAN_CHALLENGED: "VLANs not supported on device".
void vlans_are_possible(const File& file, const Section<LinkSpec>& link, Report& report) {
  if (link.spec.kind != LinkKind::kVlan) return;
  if (find_vrf(file, link.spec.on) != nullptr)
    fault(report, link, "on", fmt::format("{} is a VRF, which carries no VLANs", quote(link.spec.on)));
  else if (device_of(file, link.spec.on) == kLoopback)
    fault(report, link, "on", "\"lo\" carries no VLANs");
}

template <class S>
void vrf_takes_it(const File& file, const std::string& name, const Section<S>& link, Report& report) {
  if (link.spec.vrf.empty()) return;
  if (find_vrf(file, link.spec.vrf) == nullptr)
    fault(report, link, "vrf", fmt::format("no [link.{}] of kind \"vrf\" exists", link.spec.vrf));
  else if (find_vrf(file, name) != nullptr)
    fault(report, link, "vrf", "a VRF is in no other VRF");
  else if (own_device(name, link) == kLoopback)
    fault(report, link, "vrf", "\"lo\" is in no VRF");
}

void loopback_is_there_already(const File& file, Report& report) {
  const auto say = [&](const auto& section) {
    report.add(Part::kNetd, section.at("device"), section.path,
               "device \"lo\" is the kernel's own: only kind = \"physical\" can name it");
  };
  for (const auto& [name, bond] : file.bonds)
    if (own_device(name, bond) == kLoopback) say(bond);
  for (const auto& [name, link] : file.links)
    if (own_device(name, link) == kLoopback && link.has("kind") && link.spec.kind != LinkKind::kPhysical)
      say(link);
}

// is_valid_ether_addr(): "Cannot assign requested address".
template <class S>
void mac_is_a_stations(const Section<S>& link, Report& report) {
  const auto& mac = link.spec.mac;
  if (!mac) return;
  if ((mac->bytes[0] & 1U) != 0)
    fault(report, link, "mac",
          fmt::format("{} is a multicast address: the first byte of a device's is even", *mac));
  else if (mac->is_zero())
    fault(report, link, "mac", fmt::format("{} is no device's address", *mac));
}

constexpr std::uint32_t kLeastIpv6Mtu = 1280;  // IPV6_MIN_MTU

struct Mtu {
  std::uint32_t bytes = 0;
  bool written = false;
};

// What a device will have; nullopt: the kernel's affair (a card) or no limit.
std::optional<Mtu> mtu_of(const File& file, const Devices& devices, const std::string& name, int depth = 0) {
  constexpr int kDeepest = 8;  // MAX_NEST_DEV; a circle is said elsewhere
  constexpr std::uint32_t kEthernet = 1500;
  const auto* device = find_device(devices, name);
  if (device == nullptr || device->spec == nullptr || depth > kDeepest) return std::nullopt;
  if (device->spec->mtu) return Mtu{*device->spec->mtu, true};
  if (device->kind == LinkKind::kVlan)
    return mtu_of(file, devices, device_of(file, device->link->on), depth + 1);
  if (device->kind == LinkKind::kBond || device->kind == LinkKind::kDummy) return Mtu{kEthernet};
  return std::nullopt;
}

// dev_validate_mtu(): "mtu greater than device maximum". Only lo, a dummy and a VRF have no such limit.
template <class S>
void mtu_fits_the_kind(const std::string& device, const Section<S>& link, LinkKind kind, Report& report) {
  constexpr std::uint32_t kMost = 65535;  // ETH_MAX_MTU
  const auto& mtu = link.spec.mtu;
  if (!mtu) return;
  const bool card = kind == LinkKind::kPhysical && device != kLoopback;
  if (*mtu > kMost && (card || kind == LinkKind::kBond || kind == LinkKind::kVlan))
    fault(report, link, "mtu",
          fmt::format("{} is above {}, the most of a {}", *mtu, kMost, card ? "card" : name_of(kind)));
  if (*mtu < kLeastIpv6Mtu && kind == LinkKind::kVrf)
    fault(report, link, "mtu", fmt::format("{} is below {}, the least of a vrf", *mtu, kLeastIpv6Mtu));
}

// vlan_dev_change_mtu(): "Numerical result out of range".
void vlan_mtu_fits_below(const File& file, const Devices& devices, const Section<LinkSpec>& link,
                         Report& report) {
  if (link.spec.kind != LinkKind::kVlan || !link.spec.mtu) return;
  const auto below = mtu_of(file, devices, device_of(file, link.spec.on));
  if (!below || *link.spec.mtu <= below->bytes) return;
  fault(report, link, "mtu",
        fmt::format("{0} is above the {1}{2} of {3} below it: write mtu = {0} there as well", *link.spec.mtu,
                    below->bytes, below->written ? "" : " (default)", quote(link.spec.on)));
}

// vlan_dev_open(): "Network is down".
void vlan_stands_on_what_is_up(const File& file, const Devices& devices, const Section<LinkSpec>& link,
                               Report& report) {
  if (link.spec.kind != LinkKind::kVlan || !link.spec.up) return;
  const auto* below = find_device(devices, device_of(file, link.spec.on));
  if (below == nullptr || below->spec == nullptr || below->spec->up) return;
  fault(report, link, "on",
        fmt::format("{} has up = false: write up = false here too, as nothing on it can be up",
                    quote(link.spec.on)));
}

bool has_ipv6(const InterfaceSpec& spec) {
  const auto is_v6 = [](const IpAddress& address) { return address.is_v6(); };
  return std::ranges::any_of(spec.addresses, is_v6, &Prefix::address) ||
         std::ranges::any_of(spec.routes, [&](const Section<RouteSpec>& route) {
           const auto to = Prefix::parse(route.spec.to);
           return to ? to->address.is_v6() : route.spec.via && route.spec.via->is_v6();
         });
}

// Below 1280 bytes the kernel takes IPv6 off the device (addrconf_notify).
void ipv6_has_room(const File& file, const Devices& devices, Report& report) {
  const auto judge = [&](const std::string& device, Place place, const std::string& path) {
    const auto mtu = mtu_of(file, devices, device);
    if (mtu && mtu->bytes < kLeastIpv6Mtu)
      report.add(Part::kNetd, place, path,
                 fmt::format("IPv6 needs an mtu of {} or more, and that of {} is {}", kLeastIpv6Mtu,
                             quote(device), mtu->bytes));
  };
  each_interface(file, [&](const std::string& name, const auto& section) {
    if (!has_ipv6(section.spec)) return;
    const auto* key = section.has("mtu") ? "mtu" : section.has("addresses") ? "addresses" : "routes";
    judge(own_device(name, section), section.at(key), dotted(section.path, key));
  });
  for (const auto& [name, vip] : file.vips)
    for (std::size_t i = 0; i < vip.spec.addresses.size(); ++i) {
      const auto& address = vip.spec.addresses[i];
      if (address.prefix.address.is_v6())
        judge(device_of(file, address.interface.empty() ? vip.spec.interface : address.interface),
              vip.at("addresses", i), vip.path + ".addresses");
    }
}

}  // namespace

void check_devices(const File& file, Report& report) {
  const auto devices = devices_of(file);
  one_section_per_device(file, report);
  loopback_is_there_already(file, report);
  for (const auto& [name, bond] : file.bonds)
    mtu_fits_the_kind(own_device(name, bond), bond, LinkKind::kBond, report);
  for (const auto& [name, link] : file.links) {
    link_has_a_kind(link, report);
    keys_fit_the_kind(link, report);
    vlan_stands_on_something(file, link, report);
    vlans_are_possible(file, link, report);
    vlan_stands_on_what_is_up(file, devices, link, report);
    if (link.spec.kind) mtu_fits_the_kind(own_device(name, link), link, *link.spec.kind, report);
    vlan_mtu_fits_below(file, devices, link, report);
  }
  each_interface(file, [&](const std::string& name, const auto& section) {
    vrf_takes_it(file, name, section, report);
    mac_is_a_stations(section, report);
  });
  nothing_stands_on_itself(file, report);
  vlan_ids_differ(file, report);
  ipv6_has_room(file, devices, report);
}

}  // namespace hawser::config
