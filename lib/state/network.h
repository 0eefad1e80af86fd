// Links and addresses (routes: lib/state/route.h): the same struct for what is wanted and what is there,
// compared whole. What only the kernel knows (indexes, carrier, counters) is in lib/state/observed.h and is
// never compared.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "lib/base/address.h"
#include "lib/base/names.h"
#include "lib/state/bond.h"
#include "lib/state/route.h"

namespace hawser {

// rtm_protocol, IFA_PROTO and FRA_PROTOCOL of what we add: only what bears our own number do we remove.
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

// What a plan has to know of the kernel and no file says: carried along, never compared.
template <class T>
struct Aside {
  T value{};
  bool operator==(const Aside& /*other*/) const { return true; }
};

inline constexpr std::uint32_t kForever = 0xFFFFFFFF;  // INFINITY_LIFE_TIME

struct Address {
  std::uint8_t protocol = 0;                    // IFA_PROTO: 0 unspecified, else whose it is
  std::uint8_t scope = 0;                       // RT_SCOPE_*: 0 global, 253 link, 254 host
  std::uint32_t preferred_lifetime = kForever;  // seconds; 0: deprecated, not used as a source address
  bool no_prefix_route = false;                 // IFA_F_NOPREFIXROUTE
  bool no_dad = false;                          // IFA_F_NODAD; IPv6 only
  std::optional<IpAddress> broadcast;           // IPv4; nullopt: none
  // IPv4: in the kernel's order on its device. The first of a subnet is the primary, the others its
  // secondaries.
  Aside<std::uint32_t> place{};
  // IFA_F_TEMPORARY, IPv6: the kernel takes another one every day or so (RFC 8981).
  Aside<bool> temporary{};

  bool operator==(const Address&) const = default;
};

// An IPv6 address that is not there for long, or not for new conversations any more: who is to be found under
// an address is not found under this one. (vipd's own are deprecated so that nobody speaks from them.)
inline bool is_fleeting(const Prefix& prefix, const Address& address) {
  const bool leaves = address.temporary.value || address.preferred_lifetime == 0;
  return prefix.address.is_v6() && leaves && address.protocol != static_cast<std::uint8_t>(Owner::kVipd);
}

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
  Aside<bool> promotes_secondaries{};  // whether they stay when their primary goes (sysctl)

  bool operator==(const Link&) const = default;
};

// What no message changes on a device that is there: it must be made anew.
inline bool is_same_make(const Link& one, const Link& other) {
  return one.kind == other.kind && one.vlan == other.vlan && one.vrf_table == other.vrf_table;
}

}  // namespace hawser
