#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "lib/netlink/link_codec.h"

namespace hawser::nl {

namespace {

// A change of the link of that name: index 0 makes the kernel look the name up, one message less.
Message change(const std::string& name, const ifinfomsg& fixed = {}) {
  Message message{RTM_NEWLINK, NLM_F_ACK};
  message.header(fixed);
  message.text(IFLA_IFNAME, name);
  return message;
}

std::uint32_t number_of(IfIndex index) {
  return static_cast<std::uint32_t>(index.value);
}

template <class Fill>
Message change_bond(const std::string& name, Fill fill) {
  auto message = change(name);
  message.nest(IFLA_LINKINFO, [&] {
    message.text(IFLA_INFO_KIND, "bond");
    message.nest(IFLA_INFO_DATA, [&] { fill(message); });
  });
  return message;
}

void put_vlan(Message& message, const Vlan& vlan) {
  message.number(IFLA_VLAN_ID, vlan.id);
  Writer protocol;
  protocol.u16(vlan.protocol);
  message.bytes(IFLA_VLAN_PROTOCOL, protocol.bytes());
}

void put_kind(Message& message, const Link& link) {
  message.text(IFLA_INFO_KIND, name_of(link.kind));
  if (!link.bond && !link.vlan && link.kind != LinkKind::kVrf) return;
  message.nest(IFLA_INFO_DATA, [&] {
    if (link.bond) put_new_bond(message, *link.bond);
    if (link.vlan) put_vlan(message, *link.vlan);
    if (link.kind == LinkKind::kVrf) message.number(IFLA_VRF_TABLE, link.vrf_table);
  });
}

}  // namespace

Message encode_get_links() {
  Message message{RTM_GETLINK, NLM_F_DUMP};
  message.header(ifinfomsg{});
  message.number(IFLA_EXT_MASK, std::uint32_t{RTEXT_FILTER_SKIP_STATS});
  return message;
}

Message encode_get_link(const std::string& name) {
  Message message{RTM_GETLINK, NLM_F_ACK};
  message.header(ifinfomsg{});
  message.number(IFLA_EXT_MASK, std::uint32_t{RTEXT_FILTER_SKIP_STATS});
  message.text(IFLA_IFNAME, name);
  return message;
}

Message encode_get_link(IfIndex link) {
  ifinfomsg fixed{};
  fixed.ifi_index = link.value;
  Message message{RTM_GETLINK, NLM_F_ACK};
  message.header(fixed);
  return message;
}

Message encode_create_link(const std::string& name, const Link& link, IfIndex lower) {
  Message message{RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL};
  message.header(ifinfomsg{});
  message.text(IFLA_IFNAME, name);
  if (link.mtu) message.number(IFLA_MTU, *link.mtu);
  if (link.mac) message.bytes(IFLA_ADDRESS, link.mac->bytes);
  if (lower != IfIndex{}) message.number(IFLA_LINK, number_of(lower));
  message.nest(IFLA_LINKINFO, [&] { put_kind(message, link); });
  return message;
}

Message encode_delete_link(const std::string& name) {
  Message message{RTM_DELLINK, NLM_F_ACK};
  message.header(ifinfomsg{});
  message.text(IFLA_IFNAME, name);
  return message;
}

Message encode_set_up(const std::string& name, bool up) {
  ifinfomsg fixed{};
  fixed.ifi_change = IFF_UP;
  if (up) fixed.ifi_flags = IFF_UP;
  return change(name, fixed);
}

Message encode_set_mtu(const std::string& name, std::uint32_t mtu) {
  auto message = change(name);
  message.number(IFLA_MTU, mtu);
  return message;
}

Message encode_set_mac(const std::string& name, const MacAddress& mac) {
  auto message = change(name);
  message.bytes(IFLA_ADDRESS, mac.bytes);
  return message;
}

Message encode_set_master(const std::string& name, IfIndex master) {
  auto message = change(name);
  message.number(IFLA_MASTER, number_of(master));
  return message;
}

Message encode_bond_mode(const std::string& bond, BondMode mode) {
  return change_bond(bond, [&](Message& message) { put_mode(message, mode); });
}

Message encode_bond_option(const std::string& bond, BondOption option, std::uint32_t value) {
  return change_bond(bond, [&](Message& message) { put_option(message, option, value); });
}

Message encode_bond_primary(const std::string& bond, IfIndex port) {
  return change_bond(bond, [&](Message& message) { message.number(IFLA_BOND_PRIMARY, number_of(port)); });
}

Message encode_bond_active_port(const std::string& bond, IfIndex port) {
  return change_bond(bond,
                     [&](Message& message) { message.number(IFLA_BOND_ACTIVE_SLAVE, number_of(port)); });
}

Message encode_bond_targets(const std::string& bond, Family family, const std::vector<IpAddress>& targets) {
  return change_bond(bond, [&](Message& message) { put_targets(message, family, targets); });
}

Message encode_ad_actor_system(const std::string& bond, const MacAddress& mac) {
  return change_bond(bond, [&](Message& message) { message.bytes(IFLA_BOND_AD_ACTOR_SYSTEM, mac.bytes); });
}

Message encode_port_options(const std::string& port, const BondPort& from, const BondPort& to) {
  auto message = change(port);
  message.nest(IFLA_LINKINFO, [&] {
    message.text(IFLA_INFO_SLAVE_KIND, "bond");
    message.nest(IFLA_INFO_SLAVE_DATA, [&] { put_port(message, from, to); });
  });
  return message;
}

}  // namespace hawser::nl
