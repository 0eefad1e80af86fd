#include "lib/netlink/local_route_codec.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "lib/netlink/attributes.h"

namespace hawser::nl {

namespace {

rtmsg of_table(std::uint8_t protocol) {
  rtmsg fixed{};
  fixed.rtm_family = AF_INET;
  fixed.rtm_table = RT_TABLE_LOCAL;
  fixed.rtm_protocol = protocol;
  fixed.rtm_type = RTN_LOCAL;
  return fixed;
}

Message of_route(int type, int flags, const LocalRoute& route) {
  auto fixed = of_table(route.protocol);
  fixed.rtm_dst_len = route.to.length;
  fixed.rtm_scope = RT_SCOPE_HOST;
  Message message{type, NLM_F_ACK | flags};
  message.header(fixed);
  message.address(RTA_DST, route.to.address);
  message.number(RTA_OIF, static_cast<std::uint32_t>(route.device.value));
  return message;
}

}  // namespace

Message encode_add_local_route(const LocalRoute& route) {
  return of_route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND, route);
}

Message encode_remove_local_route(const LocalRoute& route) {
  return of_route(RTM_DELROUTE, 0, route);
}

Message encode_get_local_routes(std::uint8_t protocol) {
  Message message{RTM_GETROUTE, NLM_F_DUMP};
  message.header(of_table(protocol));
  return message;
}

Result<std::optional<LocalRoute>> decode_local_route(const MessageView& message) {
  rtmsg fixed{};
  Attributes attributes{message, fixed};
  std::uint32_t table = fixed.rtm_table;
  std::uint32_t device = 0;
  std::optional<IpAddress> to;
  attributes.read(RTA_TABLE, table);
  attributes.read(RTA_OIF, device);
  attributes.read(RTA_DST, to);
  if (!attributes.ok() || (to && fixed.rtm_dst_len > to->bits())) return fail("route message malformed");
  const bool is_one = table == RT_TABLE_LOCAL && fixed.rtm_type == RTN_LOCAL && fixed.rtm_family == AF_INET;
  if (!is_one || device == 0 || !to || !to->is_v4()) return std::nullopt;
  return LocalRoute{IfIndex{static_cast<int>(device)}, Prefix{*to, fixed.rtm_dst_len}, fixed.rtm_protocol};
}

}  // namespace hawser::nl
