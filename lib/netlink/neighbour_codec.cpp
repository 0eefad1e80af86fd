#include "lib/netlink/neighbour_codec.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "lib/netlink/attributes.h"

namespace hawser::nl {

namespace {

// ndmsg has padding, which is ours to fill.
struct NeighbourHeader {
  std::uint8_t family = 0, pad1 = 0;
  std::uint16_t pad2 = 0;
  std::int32_t link = 0;
  std::uint16_t state = 0;
  std::uint8_t flags = 0, type = 0;
};
static_assert(sizeof(NeighbourHeader) == sizeof(ndmsg));

NeighbourHeader of_entry(IfIndex link, const IpAddress& address) {
  NeighbourHeader fixed;
  fixed.family = address.is_v4() ? AF_INET : AF_INET6;
  fixed.link = link.value;
  return fixed;
}

}  // namespace

Message encode_get_neighbour(IfIndex link, const IpAddress& address) {
  Message message{RTM_GETNEIGH, NLM_F_ACK};
  message.header(of_entry(link, address));
  message.address(NDA_DST, address);
  return message;
}

Result<DecodedNeighbour> decode_neighbour(const MessageView& message) {
  constexpr int kKnown = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;
  constexpr int kConfirmed = NUD_REACHABLE | NUD_PERMANENT | NUD_NOARP;
  NeighbourHeader fixed;
  Attributes attributes{message, fixed};
  DecodedNeighbour found;
  MacAddress mac;
  attributes.read(NDA_LLADDR, mac);
  if (!attributes.ok()) return fail("neighbour message malformed");
  if ((fixed.state & kKnown) != 0 && !mac.is_zero()) found.mac = mac;
  found.confirmed = (fixed.state & kConfirmed) != 0;
  return found;
}

Message encode_use_neighbour(IfIndex link, const IpAddress& address) {
  auto fixed = of_entry(link, address);
  fixed.flags = NTF_USE;
  Message message{RTM_NEWNEIGH, NLM_F_ACK | NLM_F_CREATE};
  message.header(fixed);
  message.address(NDA_DST, address);
  return message;
}

}  // namespace hawser::nl
