// The kernel's answer: the comparable state, and beside it what only the kernel knows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "lib/base/strong.h"
#include "lib/state/state.h"

namespace hawser {

// Values are the kernel's (BOND_LINK_*).
enum class MiiStatus : std::uint8_t { kUp = 0, kGoingDown = 1, kDown = 2, kGoingUp = 3 };

template <>
inline constexpr std::array<Name<MiiStatus>, 4> kNames<MiiStatus>{{
    {MiiStatus::kUp, "up"},
    {MiiStatus::kGoingDown, "going down"},
    {MiiStatus::kDown, "down"},
    {MiiStatus::kGoingUp, "going up"},
}};

// How far LACP came on a port of an 802.3ad bond (IEEE 802.1AX 6.4.2.3, the actor's state).
struct LacpStatus {
  std::uint16_t aggregator = 0;  // ports of one number carry together
  bool partner = false;          // somebody answers at the other end
  bool distributing = false;     // frames are sent on it

  bool operator==(const LacpStatus&) const = default;
};

// A device as a port of a bond (IFLA_INFO_SLAVE_DATA).
struct PortStatus {
  bool active = false;
  MiiStatus mii = MiiStatus::kUp;
  std::uint32_t failures = 0;  // link failure count; saturates
  MacAddress permanent_mac;
  std::optional<LacpStatus> lacp{};  // only in 802.3ad

  bool operator==(const PortStatus&) const = default;
};

// How far IPv6's duplicate address detection came (RFC 4862 5.4): an address that has not passed it is there,
// and answers nobody.
enum class Detection : std::uint8_t { kPassed, kGoingOn, kFailed };

struct LinkStatus {
  IfIndex index;
  bool carrier = false;  // IFF_LOWER_UP
  std::uint32_t carrier_changes = 0;
  std::string kind;   // IFLA_INFO_KIND as the kernel spells it: "veth", "bond", ""
  std::string lower;  // the device that it sits on (IFLA_LINK); of veth its peer
  std::optional<PortStatus> port;
  std::string active_port;                   // of a bond with an active port
  std::uint16_t aggregator = 0;              // of an 802.3ad bond: the one that carries; 0: none
  std::set<std::string> altnames{};          // "ip link property add dev eth0 altname uplink"
  std::map<Prefix, Detection> undetected{};  // its addresses that have not passed
  // What it was given and no word of ours says: "gvrp", "egress-qos-map". Who makes it anew makes it without.
  std::vector<std::string> unsaid{};

  bool operator==(const LinkStatus&) const = default;
};

struct Traffic {
  std::uint64_t connections = 0, packets_in = 0, packets_out = 0, bytes_in = 0, bytes_out = 0;

  bool operator==(const Traffic&) const = default;
};

struct RealStatus {
  std::uint32_t active = 0, inactive = 0, persistent = 0;  // connections
  Traffic traffic;
  Traffic rate{};  // a second, as the kernel estimates it; decays in a few seconds

  bool operator==(const RealStatus&) const = default;
};

struct ServiceStatus {
  Traffic traffic;
  Traffic rate{};  // as of RealStatus
  std::map<Endpoint, RealStatus> reals;

  bool operator==(const ServiceStatus&) const = default;
};

// What the ip_vs module says of itself.
struct IpvsFacts {
  std::uint32_t version = 0;           // three bytes: 0x010201 is 1.2.1
  std::uint32_t connection_table = 0;  // buckets; on young kernels it grows

  bool operator==(const IpvsFacts&) const = default;
};

struct Observed {
  State state;
  std::map<std::string, LinkStatus> links;
  std::map<ServiceKey, ServiceStatus> services;
  std::optional<IpvsFacts> ipvs{};  // with Look::kIpvsHost; nullopt: the module is not loaded

  bool operator==(const Observed&) const = default;
};

}  // namespace hawser
