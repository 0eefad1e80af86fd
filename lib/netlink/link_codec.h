// Links as RTM_NEWLINK messages. Interfaces refer to one another by index here; names are put together by
// lib/netlink/network.cpp, which has seen them all.
#pragma once

#include <set>

#include "lib/netlink/bond_codec.h"
#include "lib/state/network.h"

namespace hawser::nl {

struct DecodedLink {
  bool removed = false;  // RTM_DELLINK
  IfIndex index;
  std::string name;
  bool up = false;       // IFF_UP
  bool carrier = false;  // IFF_LOWER_UP
  std::uint32_t mtu = 0;
  MacAddress mac;
  IfIndex master;
  IfIndex lower;  // IFLA_LINK: what a VLAN is on
  std::uint32_t carrier_changes = 0, carrier_ups = 0, carrier_downs = 0;
  std::uint32_t event = 0;  // IFLA_EVENT_*, in notifications
  std::string kind;         // IFLA_INFO_KIND
  std::string port_kind;    // IFLA_INFO_SLAVE_KIND: "bond", "vrf", "bridge"
  BondData bond;
  PortData port;
  std::uint16_t vlan_id = 0;
  std::uint16_t vlan_protocol = 0;
  std::uint32_t vrf_table = 0;
  bool promotes_secondaries = false;  // of the link itself; conf/all counts beside it
  std::set<std::string> altnames;
  std::vector<std::string> unsaid;  // LinkStatus::unsaid
};

Result<DecodedLink> decode_link(const MessageView& message);

// What our LinkKind is called by the kernel, and back. Unknown kinds and cards are both without a kind of
// ours.
LinkKind kind_of(std::string_view kernel_kind);

Message encode_get_links();
Message encode_get_link(const std::string& name);
Message encode_get_link(IfIndex link);
// `lower`: of a VLAN the device it is on.
Message encode_create_link(const std::string& name, const Link& link, IfIndex lower);
Message encode_delete_link(const std::string& name);
Message encode_set_up(const std::string& name, bool up);
Message encode_set_mtu(const std::string& name, std::uint32_t mtu);
Message encode_set_mac(const std::string& name, const MacAddress& mac);
Message encode_set_master(const std::string& name, IfIndex master);  // index 0: none
Message encode_bond_mode(const std::string& bond, BondMode mode);
Message encode_bond_option(const std::string& bond, BondOption option, std::uint32_t value);
Message encode_bond_primary(const std::string& bond, IfIndex port);      // index 0: none
Message encode_bond_active_port(const std::string& bond, IfIndex port);  // index 0: the kernel chooses
Message encode_bond_targets(const std::string& bond, Family family, const std::vector<IpAddress>& targets);
Message encode_ad_actor_system(const std::string& bond, const MacAddress& mac);
Message encode_port_options(const std::string& port, const BondPort& from, const BondPort& to);

}  // namespace hawser::nl
