#include "lib/netlink/macvlan_codec.h"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

namespace hawser::nl {

namespace {

ifinfomsg of_link(IfIndex link) {
  ifinfomsg fixed{};
  fixed.ifi_index = link.value;
  return fixed;
}

std::uint32_t as_number(IfIndex link) {
  return static_cast<std::uint32_t>(link.value);
}

}  // namespace

Message encode_make_macvlan(const NewMacvlan& wanted) {
  Message message{RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL};
  message.header(ifinfomsg{});
  message.text(IFLA_IFNAME, wanted.name);
  message.bytes(IFLA_ADDRESS, wanted.mac.bytes);
  message.number(IFLA_LINK, as_number(wanted.parent));
  if (wanted.vrf != IfIndex{}) message.number(IFLA_MASTER, as_number(wanted.vrf));
  message.nest(IFLA_LINKINFO, [&] {
    message.text(IFLA_INFO_KIND, "macvlan");
    message.nest(IFLA_INFO_DATA,
                 [&] { message.number(IFLA_MACVLAN_MODE, std::uint32_t{MACVLAN_MODE_BRIDGE}); });
  });
  return message;
}

Message encode_set_alias(IfIndex link, const std::string& alias) {
  Message message{RTM_NEWLINK, NLM_F_ACK};
  message.header(of_link(link));
  message.text(IFLA_IFALIAS, alias);
  return message;
}

Result<DecodedMacvlan> decode_macvlan(const MessageView& message) {
  ifinfomsg fixed{};
  Attributes attributes{message, fixed};
  DecodedMacvlan link;
  link.index = IfIndex{fixed.ifi_index};
  link.up = (fixed.ifi_flags & IFF_UP) != 0;
  std::uint32_t parent = 0;
  std::uint32_t mode = 0;
  ByteView data;
  attributes.read(IFLA_IFNAME, link.name);
  attributes.read(IFLA_ADDRESS, link.mac);
  attributes.read(IFLA_LINK, parent);
  attributes.read(IFLA_IFALIAS, link.alias);
  attributes.inside(IFLA_LINKINFO, [&](Attributes& parts) {
    parts.read(IFLA_INFO_KIND, link.kind);
    parts.read(IFLA_INFO_DATA, data);
  });
  if (!attributes.ok() || link.name.empty()) return fail("link message malformed");
  link.parent = IfIndex{static_cast<int>(parent)};
  if (link.kind != "macvlan") return link;
  Attributes details{data};
  details.read(IFLA_MACVLAN_MODE, mode);
  if (!details.ok()) return fail("link message malformed");
  link.bridge = mode == MACVLAN_MODE_BRIDGE;
  return link;
}

Message encode_set_up(IfIndex link, bool up) {
  auto fixed = of_link(link);
  fixed.ifi_flags = up ? IFF_UP : 0;
  fixed.ifi_change = IFF_UP;
  Message message{RTM_NEWLINK, NLM_F_ACK};
  message.header(fixed);
  return message;
}

Message encode_delete_link(IfIndex link) {
  Message message{RTM_DELLINK, NLM_F_ACK};
  message.header(of_link(link));
  return message;
}

}  // namespace hawser::nl
