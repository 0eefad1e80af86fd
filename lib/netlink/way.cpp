#include "lib/netlink/way.h"

#include <cstring>

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "lib/netlink/attributes.h"
#include "lib/netlink/socket.h"

namespace hawser::nl {

Message ask_way(const IpAddress& to) {
  Message message(RTM_GETROUTE, NLM_F_ACK);
  rtmsg route{};
  route.rtm_family = to.is_v4() ? AF_INET : AF_INET6;
  route.rtm_dst_len = static_cast<std::uint8_t>(to.bits());
  message.header(route);
  message.address(RTA_DST, to);
  return message;
}

Result<Way> decode_way(const MessageView& message) {
  rtmsg route{};
  Attributes attributes(message, route);
  Way way;
  std::uint32_t device = 0;
  attributes.read(RTA_OIF, device);
  attributes.read(RTA_GATEWAY, way.via);
  if (!attributes.ok()) return fail("netlink route truncated");
  way.device = IfIndex{static_cast<int>(device)};
  return way;
}

Result<Way> way_to(const IpAddress& to) {
  auto socket = Socket::open(NETLINK_ROUTE);
  if (!socket) return tl::unexpected(socket.error());
  auto way = socket->ask(ask_way(to), decode_way);
  if (way) return way;
  const auto& why = way.error();
  return fail_with(why.code, "{}: no route: {}", to, why.text.empty() ? std::strerror(why.code) : why.text);
}

}  // namespace hawser::nl
