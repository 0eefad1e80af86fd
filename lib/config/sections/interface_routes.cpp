// Rules of routes: what each says, and whether its gateway can be reached.
#include <algorithm>

#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/devices.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

constexpr std::uint32_t kLocalTable = 255;  // RT_TABLE_LOCAL

bool is_default(std::string_view to) {
  return to == "default";
}

void route_is_sound(const Section<RouteSpec>& route, Report& report) {
  const auto& spec = route.spec;
  const auto fault = [&](std::string_view key, const std::string& what) {
    config::fault(report, route, key, what);
  };
  if (!route.has("to")) return fault("to", "is missing: write \"default\" or a prefix");
  const auto to = Prefix::parse(spec.to);
  if (!is_default(spec.to) && !to) return fault("to", to.error().text);
  if (!is_default(spec.to) && *to != to->network())
    return fault("to",
                 fmt::format("{} has host bits: write {}", quote(spec.to), quote(to_string(to->network()))));
  const auto family = is_default(spec.to) ? spec.via.value_or(spec.source.value_or(IpAddress{})).family()
                                          : to->address.family();
  if (spec.via && spec.via->family() != family)
    fault("via", fmt::format("{} is not of the family of {}", to_string(*spec.via), quote(spec.to)));
  if (spec.source && spec.source->family() != family)
    fault("source", fmt::format("{} is not of the family of the route", to_string(*spec.source)));
  if (spec.onlink && !spec.via) fault("onlink", "needs via");
  if (spec.table == kLocalTable)
    fault("table", fmt::format("{} is the kernel's own, of this host's addresses", kLocalTable));
  if (spec.source)
    if (const auto wrong = host_fault(*spec.source); !wrong.empty()) fault("source", wrong);
}

void routes_are_unique(const File& file, Report& report) {
  std::map<RouteKey, Place> seen;
  each_interface(file, [&](const std::string&, const auto& section) {
    for (const auto& route : section.spec.routes) {
      const auto key = route_key(file, section.spec, route.spec);
      if (!key) continue;
      const auto [there, added] = seen.try_emplace(*key, route.place);
      if (!added)
        report.add(Part::kNetd, std::max(route.place, there->second), route.path,
                   fmt::format("the same route, {}, is at {}", to_string(*key),
                               report.where(std::min(route.place, there->second))));
    }
  });
}

constexpr std::uint32_t kMainTable = 254;  // RT_TABLE_MAIN

// Where the kernel puts what leads over a device.
std::uint32_t table_of(const File& file, const std::string& name, const InterfaceSpec& spec) {
  if (const auto* itself = find_vrf(file, name); itself != nullptr) return itself->table;
  const auto* vrf = find_vrf(file, spec.vrf);
  return vrf == nullptr ? kMainTable : vrf->table;
}

// A network that the device of an address is in: the kernel makes the route to it by itself.
struct Connected {
  Prefix address;
  std::string device;
};

// A route of the file over another router.
struct Routed {
  RouteKey key;
  IpAddress via;
  Place place;
};

// What the rules of one device's routes look at.
struct Host {
  const File& file;
  const Devices& devices;
  Networks networks;
  std::map<IpAddress, std::string> own;     // this host's addresses, and the device of each
  std::map<IpAddress, std::string> moving;  // the vips' addresses, and the vip of each
  std::vector<Prefix> ranges;               // on lo: each address in them is this host's
  std::map<RouteKey, Connected> connected;
  std::vector<Routed> routed;
};

// fib_add_ifaddr(), addrconf_prefix_route().
void add_connected(Host& host, std::uint32_t table, const Prefix& address, const std::string& device) {
  constexpr std::uint32_t kIpv6Kernel = 256;  // IP6_RT_PRIO_ADDRCONF
  const bool v4 = address.address.is_v4();
  constexpr int kHost = 32;
  if (v4 && address.length == kHost) return;
  const RouteKey key{.table = table, .to = address.network(), .metric = v4 ? 0 : kIpv6Kernel};
  host.connected.emplace(key, Connected{address, device});
}

template <class S>
void add_device(Host& host, const std::string& name, const Section<S>& section) {
  const auto device = own_device(name, section);
  const auto table = table_of(host.file, name, section.spec);
  for (const auto& prefix : section.spec.addresses) {
    host.own.emplace(prefix.address, device);
    if (device == "lo")
      host.ranges.push_back(prefix.network());
    else if (section.spec.up)
      add_connected(host, table, prefix, device);
  }
  for (const auto& route : section.spec.routes)
    if (const auto key = route_key(host.file, section.spec, route.spec); key && route.spec.via)
      host.routed.push_back({*key, *route.spec.via, route.place});
}

Host host_of(const File& file, const Devices& devices) {
  Host host{file, devices, Networks(file), {}, {}, {}, {}, {}};
  each_interface(file,
                 [&](const std::string& name, const auto& section) { add_device(host, name, section); });
  for (const auto& [name, vip] : file.vips)
    for (const auto& address : vip.spec.addresses) host.moving.emplace(address.prefix.address, vip.path);
  return host;
}

// fib_table_insert(), fib6_add_rt2node(): "File exists".
void is_not_the_kernels(const Host& host, const InterfaceSpec& link, const Section<RouteSpec>& route,
                        Report& report) {
  const auto key = route_key(host.file, link, route.spec);
  if (!key) return;
  const auto found = host.connected.find(*key);
  if (found == host.connected.end()) return;
  const auto& [address, device] = found->second;
  fault(report, route, "to",
        fmt::format("the kernel makes the route to {} by itself, for {} on {}: leave it out, or give it "
                    "another metric",
                    key->to, address, quote(device)));
}

// A network that the device is in, once everything of the file is there.
bool reaches(const Host& host, const std::string& device, const InterfaceSpec& spec,
             const IpAddress& gateway) {
  const auto covers = [&](const Prefix& prefix) { return prefix.contains(gateway); };
  if (std::ranges::any_of(spec.addresses, covers)) return true;
  const bool direct = std::ranges::any_of(spec.routes, [&](const Section<RouteSpec>& route) {
    const auto to = Prefix::parse(route.spec.to);
    return !route.spec.via && to && to->contains(gateway);
  });
  if (direct) return true;
  return std::ranges::any_of(host.file.vips, [&](const auto& entry) {
    const auto& vip = entry.second.spec;
    return std::ranges::any_of(vip.addresses, [&](const VipAddress& address) {
      const auto& on = address.interface.empty() ? vip.interface : address.interface;
      return device_of(host.file, on) == device && covers(address.prefix);
    });
  });
}

// The route of the file that leads to a gateway over another one; null: none. A default route leads to
// everything, and says nothing of where this one is.
const Routed* behind(const Host& host, const RouteKey& key, const IpAddress& gateway) {
  const auto leads_there = [&](const Routed& other) {
    return other.key.table == key.table && other.key.to.length > 0 && other.key.to.contains(gateway);
  };
  const auto found = std::ranges::find_if(host.routed, leads_there);
  return found == host.routed.end() ? nullptr : &*found;
}

// fib_check_nh(), ip6_route_check_nh(): "Nexthop has invalid gateway". A device without an address of the
// family, and a card, may have others from elsewhere (DHCP, router advertisements).
template <class S>
void gateway_is_near(const Host& host, const std::string& device, LinkKind kind, const Section<S>& section,
                     const Section<RouteSpec>& route, Report& report) {
  const auto& via = *route.spec.via;
  if (route.spec.onlink || via.is_link_local()) return;
  if (kind == LinkKind::kVrf || reaches(host, device, section.spec, via)) return;
  const auto key = route_key(host.file, section.spec, route.spec);
  const auto* first = key && via.is_v4() ? behind(host, *key, via) : nullptr;  // IPv6 takes it
  if (first != nullptr)
    return fault(
        report, route, "via",
        fmt::format("{} is itself behind a gateway, {} ({}), and the kernel takes none that is not on "
                    "the link: write via = \"{}\"",
                    via, first->via, report.where(first->place), first->via));
  const auto same_family = [&](const Prefix& prefix) { return prefix.address.family() == via.family(); };
  if (std::ranges::none_of(section.spec.addresses, same_family)) return;
  const auto text =
      fmt::format("{} is in no network of {}: write onlink = true if it is on this link all the same", via,
                  quote(device));
  if (kind == LinkKind::kPhysical)
    report.note(Part::kNetd, route.at("via"), route.path + ".via", text);
  else
    fault(report, route, "via", text);
}

template <class S>
void gateway_is_a_host(const Host& host, const std::string& device, LinkKind kind, const Section<S>& section,
                       const Section<RouteSpec>& route, Report& report) {
  const auto& via = *route.spec.via;
  auto wrong = reachable_fault(via);
  if (wrong.empty()) wrong = host.networks.fault(via);
  if (!wrong.empty()) return fault(report, route, "via", wrong);
  // Two VRFs may have the same addresses.
  const auto own = host.own.find(via);
  const auto* holder = own == host.own.end() ? nullptr : find_device(host.devices, own->second);
  if (holder != nullptr && holder->spec != nullptr && holder->spec->vrf == section.spec.vrf &&
      (!via.is_link_local() || own->second == device))
    return fault(report, route, "via",
                 fmt::format("{} is this host's own address, of {}", via, quote(own->second)));
  if (const auto vip = host.moving.find(via); vip != host.moving.end())
    report.note(Part::kNetd, route.at("via"), route.path + ".via",
                fmt::format("{} is of [{}]: the kernel takes the route only while another host holds it", via,
                            vip->second));
  gateway_is_near(host, device, kind, section, route, report);
}

// fib_valid_prefsrc(), ip6_route_info_create(): "Invalid prefsrc address". Others may give the host addresses
// (DHCP, a routing daemon), so that it may be right.
void source_is_held(const Host& host, const Section<RouteSpec>& route, Report& report) {
  const auto& source = route.spec.source;
  if (!source || !host_fault(*source).empty() || source->is_loopback() || host.own.contains(*source)) return;
  if (std::ranges::any_of(host.ranges, [&](const Prefix& range) { return range.contains(*source); })) return;
  const auto vip = host.moving.find(*source);
  const auto whose =
      vip != host.moving.end()
          ? fmt::format("{} is of [{}]: the kernel takes the route only while this host holds it", *source,
                        vip->second)
          : fmt::format(
                "{} is no address of this host in the file: the kernel takes the route "
                "only while something else gives it to the host",
                *source);
  report.note(Part::kNetd, route.at("source"), route.path + ".source", whose);
}

// fib_check_nh(): "Network is down".
template <class S>
void routes_need_it_up(const Section<S>& section, Report& report) {
  if (!section.spec.up && !section.spec.routes.empty())
    fault(report, section, "routes", "the kernel takes none through a device with up = false");
}

template <class S>
void check_section(const Host& host, const std::string& device, LinkKind kind, const Section<S>& section,
                   Report& report) {
  routes_need_it_up(section, report);
  for (const auto& route : section.spec.routes) {
    route_is_sound(route, report);
    is_not_the_kernels(host, section.spec, route, report);
    source_is_held(host, route, report);
    if (route.spec.via) gateway_is_a_host(host, device, kind, section, route, report);
  }
}

}  // namespace

std::optional<RouteKey> route_key(const File& file, const InterfaceSpec& link, const RouteSpec& route) {
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
  key.table = route.table.value_or(vrf == nullptr ? kMainTable : vrf->table);
  key.metric = route.metric.value_or(0);
  if (key.metric == 0 && key.to.address.is_v6()) key.metric = kIpv6Standard;
  return key;
}

void check_routes(const File& file, Report& report) {
  const auto devices = devices_of(file);
  const auto host = host_of(file, devices);
  for (const auto& [name, bond] : file.bonds)
    check_section(host, own_device(name, bond), LinkKind::kBond, bond, report);
  for (const auto& [name, link] : file.links)
    check_section(host, own_device(name, link), link.spec.kind.value_or(LinkKind::kPhysical), link, report);
  routes_are_unique(file, report);
}

}  // namespace hawser::config
