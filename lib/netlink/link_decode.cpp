#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "lib/netlink/link_codec.h"
#include "lib/netlink/secondaries_codec.h"

namespace hawser::nl {

namespace {

// Data of a kind can only be read once the kind is known.
struct Info {
  ByteView data;
  ByteView port_data;
};

void read_info(const Attr& attr, DecodedLink& link, Info& info) {
  switch (attr.type()) {
    case IFLA_INFO_KIND:
      link.kind = attr.text();
      break;
    case IFLA_INFO_DATA:
      info.data = attr.value();
      break;
    case IFLA_INFO_SLAVE_KIND:
      link.port_kind = attr.text();
      break;
    case IFLA_INFO_SLAVE_DATA:
      info.port_data = attr.value();
      break;
    default:
      break;
  }
}

IfIndex index_in(const Attr& attr) {
  return IfIndex{static_cast<int>(attr.number<std::uint32_t>())};
}

void read_link(const Attr& attr, DecodedLink& link, Info& info) {
  switch (attr.type()) {
    case IFLA_IFNAME:
      link.name = attr.text();
      break;
    case IFLA_MTU:
      link.mtu = attr.number<std::uint32_t>();
      break;
    case IFLA_ADDRESS:
      link.mac = attr.mac();
      break;
    case IFLA_MASTER:
      link.master = index_in(attr);
      break;
    case IFLA_LINK:
      link.lower = index_in(attr);
      break;
    case IFLA_CARRIER_CHANGES:
      link.carrier_changes = attr.number<std::uint32_t>();
      break;
    case IFLA_EVENT:
      link.event = attr.number<std::uint32_t>();
      break;
    case IFLA_LINKINFO:
      attr.each([&](const Attr& part) { read_info(part, link, info); });
      break;
    case IFLA_AF_SPEC:
      link.promotes_secondaries = promotes_secondaries(attr);
      break;
    case IFLA_PROP_LIST:
      attr.each([&](const Attr& property) {
        if (property.type() == IFLA_ALT_IFNAME) link.altnames.insert(std::string(property.text()));
      });
      break;
    default:
      break;
  }
}

bool read_vlan(ByteView data, DecodedLink& link) {
  return for_each_attr(data, [&](const Attr& attr) {
    if (attr.type() == IFLA_VLAN_ID) link.vlan_id = attr.number<std::uint16_t>();
    // Network order, unlike all else.
    if (attr.type() == IFLA_VLAN_PROTOCOL) link.vlan_protocol = Reader{attr.value()}.u16();
  });
}

bool read_vrf(ByteView data, DecodedLink& link) {
  return for_each_attr(data, [&](const Attr& attr) {
    if (attr.type() == IFLA_VRF_TABLE) link.vrf_table = attr.number<std::uint32_t>();
  });
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
  Reader reader{message.payload};
  const auto fixed = reader.native<ifinfomsg>();
  DecodedLink link;
  link.removed = message.type == RTM_DELLINK;
  link.index = IfIndex{fixed.ifi_index};
  link.up = (fixed.ifi_flags & IFF_UP) != 0;
  link.carrier = (fixed.ifi_flags & IFF_LOWER_UP) != 0;
  Info info;
  bool ok = reader.ok();
  ok =
      ok && for_each_attr(reader.take(reader.left()), [&](const Attr& attr) { read_link(attr, link, info); });
  if (!ok || link.name.empty() || !read_kind(info, link)) return fail("link message malformed");
  return link;
}

LinkKind kind_of(std::string_view kernel_kind) {
  // A veth end stands for a card: that is what the lab, containers and network namespaces have instead.
  if (kernel_kind.empty() || kernel_kind == "veth") return LinkKind::kPhysical;
  if (kernel_kind == "physical" || kernel_kind == "other") return LinkKind::kOther;
  return from_name<LinkKind>(kernel_kind).value_or(LinkKind::kOther);
}

}  // namespace hawser::nl
