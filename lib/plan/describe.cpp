// The lines of network steps. They are read by people and pinned by tests/golden, so that a line changes only
// on purpose.
#include <chrono>

#include "lib/base/duration.h"
#include "lib/plan/simulate.h"
#include "lib/plan/words.h"
#include "lib/state/bond_options.h"

namespace hawser {

namespace {

using words::List;

// rtm_protocol and IFA_PROTO in words; numbers of <linux/rtnetlink.h> and DESIGN 3.
std::string protocol_name(std::uint8_t protocol) {
  switch (protocol) {
    case 0:
      return "none";
    case 2:
      return "kernel";
    case 3:
      return "boot";
    case 4:
      return "static";
    case static_cast<std::uint8_t>(Owner::kNetd):
      return "netd";
    case static_cast<std::uint8_t>(Owner::kVipd):
      return "vipd";
    default:
      return std::to_string(protocol);
  }
}

std::string scope_name(std::uint8_t scope) {
  switch (scope) {
    case 0:
      return "global";
    case 200:
      return "site";
    case 253:
      return "link";
    case 254:
      return "host";
    default:
      return std::to_string(scope);
  }
}

std::string lifetime(std::uint32_t seconds) {
  return seconds == kForever ? "forever" : format_duration(std::chrono::seconds(seconds));
}

template <class T>
std::string or_none(const std::optional<T>& value) {
  return value ? to_string(*value) : "none";
}

std::string joined(const std::vector<IpAddress>& addresses) {
  std::string text;
  for (const auto& address : addresses) text += fmt::format("{}{}", text.empty() ? "" : " ", address);
  return text.empty() ? "none" : text;
}

std::string changes(const Address& from, const Address& to) {
  List list;
  list.change("preferred_lifetime", lifetime(from.preferred_lifetime), lifetime(to.preferred_lifetime));
  list.change("scope", scope_name(from.scope), scope_name(to.scope));
  list.change("broadcast", or_none(from.broadcast), or_none(to.broadcast));
  list.change("no_prefix_route", words::on_off(from.no_prefix_route), words::on_off(to.no_prefix_route));
  list.change("no_dad", words::on_off(from.no_dad), words::on_off(to.no_dad));
  list.change("protocol", protocol_name(from.protocol), protocol_name(to.protocol));
  return list.text();
}

std::string unusual(const Address& address) {
  List list;
  const Address usual;
  list.unusual("preferred_lifetime", lifetime(address.preferred_lifetime),
               lifetime(usual.preferred_lifetime));
  list.unusual("scope", scope_name(address.scope), scope_name(usual.scope));
  list.unusual("broadcast", or_none(address.broadcast), or_none(usual.broadcast));
  if (address.no_prefix_route) list.put("no_prefix_route on");
  if (address.no_dad) list.put("no_dad on");
  return list.text();
}

// What the fields of a route cannot say: several ways, metrics, a type.
std::string_view more(const Route& route) {
  if (!route.rest) return "none";
  return route.rest->hops.size() > 1 ? "several ways" : "attributes of somebody else's";
}

std::string changes(const Route& from, const Route& to) {
  List list;
  list.change("via", or_none(from.via), or_none(to.via));
  list.change("dev", from.device, to.device);
  list.change("source", or_none(from.source), or_none(to.source));
  list.change("onlink", words::on_off(from.onlink), words::on_off(to.onlink));
  list.change("mtu", from.mtu, to.mtu);
  list.change("protocol", protocol_name(from.protocol), protocol_name(to.protocol));
  list.change("more", more(from), more(to));
  return list.text();
}

std::string route_name(const RouteKey& key, const Route& route) {
  auto text = words::route(key, route);
  for (const auto& device : devices_of(route)) text += fmt::format(" dev {}", device);
  return text;
}

std::string unusual(const Route& route) {
  List list;
  list.unusual("source", or_none(route.source), std::string("none"));
  if (route.onlink) list.put("onlink on");
  list.unusual("mtu", route.mtu, 0U);
  if (route.rest) list.put("as the kernel had it");
  if (is_kernel_made(route)) list.put("as the kernel makes it");
  return list.text();
}

std::string_view family_targets(Family family) {
  return family == Family::kIpv4 ? "arp_ip_target" : "ns_ip6_target";
}

std::string bond_in_words(const Bond& bond) {
  List list;
  list.put(fmt::format("bond {}", name_of(bond.mode)));
  const auto usual = kernel_default_bond(bond.mode);
  for (const auto& info : bond_options()) {
    if (!option_applies(info, bond.mode)) continue;
    list.unusual(info.name, format_bond_value(info, bond.get(info.option)),
                 format_bond_value(info, usual.get(info.option)));
  }
  list.unusual("arp_ip_target", joined(bond.arp_ip_target), joined({}));
  list.unusual("ns_ip6_target", joined(bond.ns_ip6_target), joined({}));
  list.unusual("ad_actor_system", bond.ad_actor_system, MacAddress{});
  return list.text();
}

std::string link_in_words(const Link& link) {
  List list;
  if (link.bond)
    list.put(bond_in_words(*link.bond));
  else if (link.vlan)
    list.put(fmt::format("{}vlan {} on {}", link.vlan->protocol == 0x88a8 ? "802.1ad " : "", link.vlan->id,
                         link.vlan->on));
  else
    list.put(name_of(link.kind));
  if (link.kind == LinkKind::kVrf) list.put(fmt::format("table {}", link.vrf_table));
  if (link.mtu) list.put(fmt::format("mtu {}", *link.mtu));
  if (link.mac) list.put(fmt::format("mac {}", *link.mac));
  return list.text();
}

std::string with(std::string text, std::string_view more, std::string_view between) {
  if (!more.empty()) text += fmt::format("{}{}", between, more);
  return text;
}

struct Describe {
  std::string operator()(const CreateLink& s) const {
    return fmt::format("{}: create {}", s.link, link_in_words(s.wanted));
  }
  std::string operator()(const DeleteLink& s) const {
    return fmt::format("{}: delete {}", s.link, name_of(s.kind));
  }
  std::string operator()(const SetLinkUp& s) const {
    return fmt::format("{}: set {}", s.link, s.up ? "up" : "down");
  }
  std::string operator()(const SetMtu& s) const { return set(s.link, "mtu", s.from, s.to); }
  std::string operator()(const SetMac& s) const {
    return s.from.is_zero() ? fmt::format("{}: set mac {}", s.link, s.to) : set(s.link, "mac", s.from, s.to);
  }
  std::string operator()(const SetMaster& s) const {
    return s.to.empty() ? fmt::format("{}: remove port {}", s.from, s.link)
                        : fmt::format("{}: add port {}", s.to, s.link);
  }
  std::string operator()(const SetBondMode& s) const {
    return set(s.bond, "mode", name_of(s.from), name_of(s.to));
  }
  std::string operator()(const SetBondOption& s) const {
    const auto& info = info_of(s.option);
    return set(s.bond, info.name, format_bond_value(info, s.from), format_bond_value(info, s.to));
  }
  std::string operator()(const SetBondPrimary& s) const {
    return set(s.bond, "primary", words::or_none(s.from), words::or_none(s.to));
  }
  std::string operator()(const SetBondTargets& s) const {
    return set(s.bond, family_targets(s.family), joined(s.from), joined(s.to));
  }
  std::string operator()(const SetAdActorSystem& s) const {
    return set(s.bond, "ad_actor_system", s.from, s.to);
  }
  std::string operator()(const SetPortOptions& s) const {
    List list;
    list.change("prio", s.from.prio, s.to.prio);
    list.change("queue_id", s.from.queue_id, s.to.queue_id);
    return fmt::format("{}: set port {}: {}", s.bond, s.port, list.text());
  }
  std::string operator()(const SetActivePort& s) const {
    return fmt::format("{}: switch to port {}", s.bond, s.port);
  }
  std::string operator()(const AddAddress& s) const {
    return with(fmt::format("{}: add address {}", s.link, s.prefix), unusual(s.address), ", ");
  }
  std::string operator()(const ChangeAddress& s) const {
    return fmt::format("{}: change address {}: {}", s.link, s.prefix, changes(s.from, s.to));
  }
  std::string operator()(const RemoveAddress& s) const {
    return fmt::format("{}: remove address {}", s.link, s.prefix);
  }
  std::string operator()(const AddRoute& s) const {
    return with(route_name(s.key, s.route) + ": add", unusual(s.route), ", ");
  }
  std::string operator()(const ChangeRoute& s) const {
    return fmt::format("route {}: change {}", to_string(s.key), changes(s.from, s.to));
  }
  std::string operator()(const RemoveRoute& s) const { return route_name(s.key, s.route) + ": remove"; }
  template <class ServiceStep>
  std::string operator()(const ServiceStep& s) const {
    return words::service_step(s);
  }

 private:
  template <class T>
  static std::string set(std::string_view object, std::string_view name, const T& from, const T& to) {
    return fmt::format("{}: set {} {} -> {}", object, name, from, to);
  }
};

}  // namespace

std::string describe(const Step& step) {
  return std::visit(Describe{}, step);
}

}  // namespace hawser
