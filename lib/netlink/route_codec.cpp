#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "lib/netlink/address_codec.h"

namespace hawser::nl {

namespace {

void read_metrics(const Attr& attr, DecodedRoute& route) {
  attr.each([&](const Attr& metric) {
    if (metric.type() == RTAX_MTU) route.route.mtu = metric.number<std::uint32_t>();
  });
}

// False: an attribute that makes the route one we do not describe.
bool read_route(const Attr& attr, DecodedRoute& route) {
  switch (attr.type()) {
    case RTA_DST:
      route.key.to.address = attr.address();
      break;
    case RTA_TABLE:
      route.key.table = attr.number<std::uint32_t>();
      break;
    case RTA_PRIORITY:
      route.key.metric = attr.number<std::uint32_t>();
      break;
    case RTA_OIF:
      route.device = IfIndex{static_cast<int>(attr.number<std::uint32_t>())};
      break;
    case RTA_GATEWAY:
      route.route.via = attr.address();
      break;
    case RTA_PREFSRC:
      route.route.source = attr.address();
      break;
    case RTA_METRICS:
      read_metrics(attr, route);
      break;
    case RTA_MULTIPATH:
    case RTA_ENCAP:
    case RTA_VIA:
    case RTA_NH_ID:
      return false;
    default:
      break;
  }
  return true;
}

bool plain(const rtmsg& fixed) {
  return (fixed.rtm_family == AF_INET || fixed.rtm_family == AF_INET6) && fixed.rtm_type == RTN_UNICAST &&
         fixed.rtm_src_len == 0 && fixed.rtm_tos == 0 && (fixed.rtm_flags & RTM_F_CLONED) == 0;
}

Message route_message(int type, int flags, const rtmsg& fixed, const RouteKey& key, const Route& route,
                      IfIndex device) {
  Message message{type, flags};
  message.header(fixed);
  message.address(RTA_DST, key.to.address);
  message.number(RTA_TABLE, key.table);
  if (key.metric != 0) message.number(RTA_PRIORITY, key.metric);
  message.number(RTA_OIF, static_cast<std::uint32_t>(device.value));
  if (route.via) message.address(RTA_GATEWAY, *route.via);
  return message;
}

rtmsg fixed_part(const RouteKey& key) {
  rtmsg fixed{};
  fixed.rtm_family = family_number(key.to.address.family());
  fixed.rtm_dst_len = key.to.length;
  fixed.rtm_type = RTN_UNICAST;
  return fixed;
}

}  // namespace

Result<std::optional<DecodedRoute>> decode_route(const MessageView& message) {
  Reader reader{message.payload};
  const auto fixed = reader.native<rtmsg>();
  if (!reader.ok()) return fail("route message malformed");
  if (!plain(fixed)) return std::nullopt;
  DecodedRoute route;
  const auto family = fixed.rtm_family == AF_INET ? Family::kIpv4 : Family::kIpv6;
  if (family == Family::kIpv6) route.key.to.address = *IpAddress::from_bytes(Bytes(16, 0));
  route.key.to.length = fixed.rtm_dst_len;
  route.key.table = fixed.rtm_table;
  route.route.protocol = fixed.rtm_protocol;
  route.route.onlink = (fixed.rtm_flags & RTNH_F_ONLINK) != 0;
  bool ours = true;
  const bool ok = for_each_attr(reader.take(reader.left()),
                                [&](const Attr& attr) { ours = read_route(attr, route) && ours; });
  if (!ok || route.key.to.address.family() != family || fixed.rtm_dst_len > route.key.to.address.bits())
    return fail("route message malformed");
  // Without a device it belongs to a next-hop object or goes nowhere.
  if (!ours || route.device == IfIndex{} || route.key.table == RT_TABLE_LOCAL) return std::nullopt;
  return route;
}

Bytes encode_get_routes(Family family) {
  Message message{RTM_GETROUTE, NLM_F_DUMP};
  rtmsg fixed{};
  fixed.rtm_family = family_number(family);
  message.header(fixed);
  return message.take();
}

Bytes encode_put_route(Put put, const RouteKey& key, const Route& route, IfIndex device) {
  auto fixed = fixed_part(key);
  fixed.rtm_protocol = route.protocol;
  fixed.rtm_scope = route.via ? std::uint8_t{RT_SCOPE_UNIVERSE} : std::uint8_t{RT_SCOPE_LINK};
  if (route.onlink) fixed.rtm_flags = RTNH_F_ONLINK;
  const int flags = put == Put::kNew ? NLM_F_EXCL : NLM_F_REPLACE;
  auto message = route_message(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | flags, fixed, key, route, device);
  if (route.source) message.address(RTA_PREFSRC, *route.source);
  if (route.mtu != 0) message.nest(RTA_METRICS, [&] { message.number(RTAX_MTU, route.mtu); });
  return message.take();
}

Bytes encode_remove_route(const RouteKey& key, const Route& route, IfIndex device) {
  auto fixed = fixed_part(key);
  fixed.rtm_protocol = route.protocol;  // 0 takes any
  fixed.rtm_scope = RT_SCOPE_NOWHERE;   // takes any
  return route_message(RTM_DELROUTE, NLM_F_ACK, fixed, key, route, device).take();
}

}  // namespace hawser::nl
