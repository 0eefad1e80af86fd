// The device with the virtual MAC of a vip (RFC 9568 7.3): a macvlan on the vip's interface that is up while
// it has addresses and else says and answers nothing. What there is to be and what is to be done about it.
// Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/config/config.h"
#include "vipd/addresses/picture.h"

namespace hawser::vipd {

// 00:00:5e:00:01:VRID of an election over IPv4, 00:00:5e:00:02:VRID over IPv6.
MacAddress virtual_mac(Family family, Vrid id);
// "v4-51-front"; where that is longer than a name may be, a number that stands for the interface:
// "v4-51-811c9dc5".
std::string virtual_link_name(const std::string& interface, Family family, Vrid id);

// How a device of vipd's own that serves an interface is called: `start` and the interface's name, or where
// that is longer than a name may be, a number that stands for it.
std::string device_name(const std::string& start, const std::string& interface);

struct VirtualLink {
  std::string name;
  std::string parent;
  MacAddress mac;
  bool ipv6 = false;  // it holds such addresses; else IPv6 is off there
  bool ipv4 = true;   // the same
  auto operator<=>(const VirtualLink&) const = default;
};

// Of a vip with one election; nullopt: it has no virtual MAC.
std::optional<VirtualLink> virtual_link_of(const config::Vip& vip);
// With its addresses on that device instead of its interface.
config::Vip on_its_virtual_link(config::Vip vip);
// Where others are asked whether they have the address too: on the device that it is held on, but of an IPv6
// one on the virtual link on the interface below, because such a link has no address of its own to ask from.
std::string asked_on(const config::Vip& vip, const config::VipAddress& held);

// How the device says whose it is (its alias): only those are ever changed or removed.
inline constexpr std::string_view kVirtualLinkAlias = "virtual MAC of vipd (Hawser)";

// What counts on every interface beside its own setting: why a device with a virtual MAC would not answer
// ARP, or others would; empty: it does, and they do not.
std::string why_not_answered(int arp_filter, int arp_ignore);

// One that bears our mark.
struct SeenVirtualLink {
  IfIndex index;
  std::string name;
  IfIndex parent;
  MacAddress mac;
  bool up = false;
  bool bridge = true;  // its mode is ours
  bool holds = false;  // addresses of ours
  bool operator==(const SeenVirtualLink&) const = default;
};

struct VirtualLinkPlan {
  std::vector<SeenVirtualLink> remove;  // before others of their names are made
  std::vector<VirtualLink> make;
  std::vector<SeenVirtualLink> lower;  // nothing is held there
  bool operator==(const VirtualLinkPlan&) const = default;
};

// `parents`: the interfaces that are there. What is not wanted any more stays while something is held there:
// that is taken away first. What is on another device than it should be, because that was renamed or is new,
// goes at once.
VirtualLinkPlan plan_virtual_links(const std::vector<VirtualLink>& wanted,
                                   const std::vector<SeenVirtualLink>& there,
                                   const std::map<std::string, IfIndex>& parents);

}  // namespace hawser::vipd
