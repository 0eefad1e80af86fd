// Links, addresses and routes: the same struct for what is wanted and what is there, compared whole.
// What only the kernel knows (indexes, carrier, counters) is in lib/state/observed.h and is never compared.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "lib/base/address.h"
#include "lib/base/names.h"
#include "lib/state/bond.h"

namespace hawser {

// rtm_protocol, IFA_PROTO and FRA_PROTOCOL of what we add (DESIGN 3): only what bears our own number do we
// remove.
enum class Owner : std::uint8_t { kNone = 0, kNetd = 201, kVipd = 202 };

enum class LinkKind : std::uint8_t { kPhysical, kBond, kVlan, kDummy, kVrf, kOther };

template <>
inline constexpr std::array<Name<LinkKind>, 6> kNames<LinkKind>{{
    {LinkKind::kPhysical, "physical"},  // no IFLA_INFO_KIND, or a kind that stands for a card: veth
    {LinkKind::kBond, "bond"},
    {LinkKind::kVlan, "vlan"},
    {LinkKind::kDummy, "dummy"},
    {LinkKind::kVrf, "vrf"},
    {LinkKind::kOther, "other"},
}};

inline constexpr std::uint32_t kForever = 0xFFFFFFFF;  // INFINITY_LIFE_TIME

struct Address {
  std::uint8_t protocol = 0;                    // IFA_PROTO: 0 unspecified, else whose it is
  std::uint8_t scope = 0;                       // RT_SCOPE_*: 0 global, 253 link, 254 host
  std::uint32_t preferred_lifetime = kForever;  // seconds; 0: deprecated, not used as a source address
  bool no_prefix_route = false;                 // IFA_F_NOPREFIXROUTE
  bool no_dad = false;                          // IFA_F_NODAD; IPv6 only
  std::optional<IpAddress> broadcast;           // IPv4; nullopt: none

  bool operator==(const Address&) const = default;
};

struct Vlan {
  std::string on;                   // the lower device
  std::uint16_t id = 0;             // 1..4094
  std::uint16_t protocol = 0x8100;  // 0x8100 802.1Q, 0x88a8 802.1ad

  bool operator==(const Vlan&) const = default;
};

struct Link {
  LinkKind kind = LinkKind::kPhysical;
  bool up = false;  // IFF_UP, the administrative state
  // The file may leave these open: nullopt in a desired link means "as it is" and is filled from the observed
  // one before comparing (plan::settle). Observed links always have them.
  std::optional<std::uint32_t> mtu;
  std::optional<MacAddress> mac;
  std::string master;           // the bond, VRF or bridge it belongs to; empty: none
  std::optional<Bond> bond;     // kind bond
  std::optional<Vlan> vlan;     // kind vlan
  std::uint32_t vrf_table = 0;  // kind vrf
  std::map<Prefix, Address> addresses;

  bool operator==(const Link&) const = default;
};

inline constexpr std::uint32_t kIpv6UserMetric =
    1024;  // IP6_RT_PRIO_USER, what IPv6 gets when none is asked for

// What makes two routes the same one for the kernel (fib_find_alias: prefix, TOS 0, priority, in one table).
struct RouteKey {
  std::uint32_t table = 254;  // RT_TABLE_MAIN
  Prefix to;                  // 0.0.0.0/0 or ::/0: default
  std::uint32_t metric = 0;   // IPv6 never has 0: the kernel makes it 1024

  auto operator<=>(const RouteKey&) const = default;
};

struct Route {
  std::string device;
  std::optional<IpAddress> via;
  std::optional<IpAddress> source;  // RTA_PREFSRC
  bool onlink = false;
  std::uint32_t mtu = 0;      // RTAX_MTU; 0: not set
  std::uint8_t protocol = 0;  // rtm_protocol

  bool operator==(const Route&) const = default;
};

std::string to_string(const RouteKey& key);  // "default", "198.51.100.0/24 table 100 metric 5"

}  // namespace hawser
