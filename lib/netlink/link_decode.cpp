#include <cstring>

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "lib/netlink/attributes.h"
#include "lib/netlink/inet_conf_codec.h"
#include "lib/netlink/link_codec.h"

namespace hawser::nl {

namespace {

// Data of a kind can only be read once the kind is known.
struct Info {
  ByteView data;
  ByteView port_data;
};

void read_info(Attributes& attributes, DecodedLink& link, Info& info) {
  attributes.read(IFLA_INFO_KIND, link.kind);
  attributes.read(IFLA_INFO_DATA, info.data);
  attributes.read(IFLA_INFO_SLAVE_KIND, link.port_kind);
  attributes.read(IFLA_INFO_SLAVE_DATA, info.port_data);
}

void read_unsaid(Attributes& attributes, DecodedLink& link) {
  constexpr std::uint32_t kUsualQueue = 1000;  // DEFAULT_TX_QUEUE_LEN
  std::uint32_t group = 0;
  std::uint32_t queue = kUsualQueue;
  attributes.read(IFLA_GROUP, group);
  attributes.read(IFLA_TXQLEN, queue);
  if (attributes.find(IFLA_IFALIAS)) link.unsaid.emplace_back("alias");
  if (group != 0) link.unsaid.emplace_back("group");
  if (queue != kUsualQueue) link.unsaid.emplace_back("txqueuelen");
}

void read_link(Attributes& attributes, DecodedLink& link, Info& info) {
  attributes.read(IFLA_IFNAME, link.name);
  attributes.read(IFLA_MTU, link.mtu);
  attributes.read(IFLA_ADDRESS, link.mac);
  attributes.read(IFLA_MASTER, link.master);
  attributes.read(IFLA_LINK, link.lower);
  attributes.read(IFLA_CARRIER_CHANGES, link.carrier_changes);
  attributes.read(IFLA_CARRIER_UP_COUNT, link.carrier_ups);
  attributes.read(IFLA_CARRIER_DOWN_COUNT, link.carrier_downs);
  attributes.read(IFLA_EVENT, link.event);
  attributes.inside(IFLA_LINKINFO, [&](Attributes& parts) { read_info(parts, link, info); });
  if (const auto families = attributes.find(IFLA_AF_SPEC))
    link.promotes_secondaries = inet_setting(*families, InetSetting::kPromoteSecondaries).value_or(0) != 0;
  read_unsaid(attributes, link);
  if (const auto properties = attributes.find(IFLA_PROP_LIST))
    properties->each([&](const Attr& property) {
      if (property.type() == IFLA_ALT_IFNAME) link.altnames.insert(property.text());
    });
}

// In ip's words. All VLANs reorder headers unless told not to.
void read_vlan_flags(Attributes& attributes, DecodedLink& link) {
  ifla_vlan_flags is{};
  const auto flags = attributes.find(IFLA_VLAN_FLAGS);
  if (!flags || flags->value().size() < sizeof is) return;
  std::memcpy(&is, flags->value().data(), sizeof is);
  if ((is.flags & VLAN_FLAG_REORDER_HDR) == 0) link.unsaid.emplace_back("reorder_hdr off");
  if ((is.flags & VLAN_FLAG_GVRP) != 0) link.unsaid.emplace_back("gvrp");
  if ((is.flags & VLAN_FLAG_MVRP) != 0) link.unsaid.emplace_back("mvrp");
  if ((is.flags & VLAN_FLAG_LOOSE_BINDING) != 0) link.unsaid.emplace_back("loose_binding");
  if ((is.flags & VLAN_FLAG_BRIDGE_BINDING) != 0) link.unsaid.emplace_back("bridge_binding");
}

bool read_vlan(ByteView data, DecodedLink& link) {
  Attributes attributes{data};
  read_vlan_flags(attributes, link);
  if (attributes.find(IFLA_VLAN_EGRESS_QOS)) link.unsaid.emplace_back("egress-qos-map");
  if (attributes.find(IFLA_VLAN_INGRESS_QOS)) link.unsaid.emplace_back("ingress-qos-map");
  attributes.read(IFLA_VLAN_ID, link.vlan_id);
  // Network order, unlike all else.
  if (const auto protocol = attributes.find(IFLA_VLAN_PROTOCOL))
    link.vlan_protocol = Reader{protocol->value()}.u16();
  return attributes.ok();
}

bool read_vrf(ByteView data, DecodedLink& link) {
  Attributes attributes{data};
  attributes.read(IFLA_VRF_TABLE, link.vrf_table);
  return attributes.ok();
}

bool read_kind(const Info& info, DecodedLink& link) {
  bool ok = true;
  if (link.kind == "bond") ok = decode_bond(info.data, link.bond);
  if (link.kind == "vlan") ok = read_vlan(info.data, link);
  if (link.kind == "vrf") ok = read_vrf(info.data, link);
  if (link.port_kind == "bond") ok = decode_port(info.port_data, link.port) && ok;
  return ok;
}

}  // namespace

Result<DecodedLink> decode_link(const MessageView& message) {
  ifinfomsg fixed{};
  Attributes attributes{message, fixed};
  DecodedLink link;
  link.removed = message.type == RTM_DELLINK;
  link.index = IfIndex{fixed.ifi_index};
  link.up = (fixed.ifi_flags & IFF_UP) != 0;
  link.carrier = (fixed.ifi_flags & IFF_LOWER_UP) != 0;
  Info info;
  read_link(attributes, link, info);
  if (!attributes.ok() || link.name.empty() || !read_kind(info, link)) return fail("link message malformed");
  return link;
}

LinkKind kind_of(std::string_view kernel_kind) {
  // A veth end stands for a card: that is what the lab, containers and network namespaces have instead.
  if (kernel_kind.empty() || kernel_kind == "veth") return LinkKind::kPhysical;
  if (kernel_kind == "physical" || kernel_kind == "other") return LinkKind::kOther;
  return from_name<LinkKind>(kernel_kind).value_or(LinkKind::kOther);
}

}  // namespace hawser::nl
