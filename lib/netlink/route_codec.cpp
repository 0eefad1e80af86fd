#include "lib/netlink/route_codec.h"

#include <algorithm>
#include <array>

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "lib/netlink/attributes.h"
#include "lib/state/network.h"

namespace hawser::nl {

namespace {

constexpr unsigned kLastingFlags = RTNH_F_ONLINK | RTNH_F_PERVASIVE;  // the others are news: dead, offloaded
constexpr std::uint32_t kTicksPerSecond = 100;                        // USER_HZ

bool has_protocol(const rtmsg& fixed, std::initializer_list<int> protocols) {
  return std::ranges::find(protocols, int{fixed.rtm_protocol}) != protocols.end();
}
bool is_kernels(const rtmsg& fixed) {
  return has_protocol(fixed, {RTPROT_KERNEL, RTPROT_REDIRECT, RTPROT_RA});
}
bool is_a_daemons_of_ours(const rtmsg& fixed) {
  return has_protocol(fixed, {static_cast<int>(Owner::kNetd), static_cast<int>(Owner::kVipd)});
}

// Whether it is of a sort that Hawser sees.
bool is_seen(const rtmsg& fixed) {
  if (fixed.rtm_family != AF_INET && fixed.rtm_family != AF_INET6) return false;
  if ((fixed.rtm_flags & RTM_F_CLONED) != 0) return false;
  return fixed.rtm_type == RTN_UNICAST || !is_kernels(fixed);
}

// rta_cacheinfo: two counters, then the ticks until the route goes.
std::uint32_t seconds_left(const Attr& attr) {
  Reader reader{attr.value()};
  reader.skip(8);
  const auto ticks = reader.native<std::int32_t>();
  return ticks <= 0 ? 0 : (static_cast<std::uint32_t>(ticks) + kTicksPerSecond - 1) / kTicksPerSecond;
}

// One message, attribute by attribute: into the fields of a Route, and beside them what they cannot say.
class Decoder {
 public:
  explicit Decoder(const rtmsg& fixed) : fixed_(fixed) {
    auto lasting = fixed;
    lasting.rtm_flags &= kLastingFlags;
    message_.native(lasting);
    if (fixed.rtm_family == AF_INET6) route_.key.to.address = *IpAddress::from_bytes(Bytes(16, 0));
    route_.key.to.length = fixed.rtm_dst_len;
    route_.key.table = fixed.rtm_table;
    route_.key.tos = fixed.rtm_tos;
    route_.route.protocol = fixed.rtm_protocol;
    route_.route.onlink = (fixed.rtm_flags & RTNH_F_ONLINK) != 0;
  }

  void read(const Attr& attr) {
    if (is_device_or_news(attr)) return;
    keep(attr.type(), attr.value());
    switch (attr.type()) {
      case RTA_DST:
        route_.key.to.address = attr.address();
        break;
      case RTA_SRC:
        route_.key.from = Prefix{attr.address(), fixed_.rtm_src_len};
        break;
      case RTA_TABLE:
        route_.key.table = attr.number<std::uint32_t>();
        break;
      case RTA_PRIORITY:
        route_.key.metric = attr.number<std::uint32_t>();
        break;
      case RTA_GATEWAY:
        route_.route.via = attr.address();
        break;
      case RTA_PREFSRC:
        route_.route.source = attr.address();
        break;
      case RTA_METRICS:
        read_metrics(attr);
        break;
      case RTA_PREF:
        plain_ = plain_ && attr.number<std::uint8_t>() == 0;  // medium
        break;
      default:
        plain_ = false;
    }
  }

  DecodedRoute take() {
    const auto family = fixed_.rtm_family == AF_INET ? Family::kIpv4 : Family::kIpv6;
    const bool usual_scope =
        fixed_.rtm_scope == (family == Family::kIpv6 || route_.route.via ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK);
    const bool many_or_odd = !rest_.hops.empty() || rest_.nexthop_id != 0 || fixed_.rtm_type != RTN_UNICAST;
    // Of our own routes we know how they are; attributes that a later kernel adds to each must not make them
    // strange to us.
    const bool needs_rest = is_a_daemons_of_ours(fixed_) || is_kernels(fixed_)
                                ? many_or_odd
                                : many_or_odd || !plain_ || !usual_scope || rest_.expires != 0;
    if (needs_rest) {
      rest_.message = message_.take();
      route_.rest = std::move(rest_);
    }
    if (route_.device == IfIndex{} && !route_.hops.empty()) route_.device = route_.hops.front();
    return std::move(route_);
  }

 private:
  // What is put together anew when the route is put back: the numbers of devices; the expiry, which runs; an
  // object of next hops, which goes with its device (the ways that it stood for are in the message too).
  bool is_device_or_news(const Attr& attr) {
    switch (attr.type()) {
      case RTA_OIF:
        route_.device = IfIndex{static_cast<int>(attr.number<std::uint32_t>())};
        return true;
      case RTA_MULTIPATH:
        read_hops(attr);
        return true;
      case RTA_NH_ID:
        rest_.nexthop_id = attr.number<std::uint32_t>();
        return true;
      case RTA_CACHEINFO:
        rest_.expires = seconds_left(attr);
        return true;
      case RTA_EXPIRES:
        rest_.expires = attr.number<std::uint32_t>();
        return true;
      default:
        return false;
    }
  }

  void keep(int type, ByteView value) {
    const auto length = value.size() + sizeof(rtattr);
    message_.native(static_cast<std::uint16_t>(length));
    message_.native(static_cast<std::uint16_t>(type));
    message_.put(value);
    message_.zeros((4 - length % 4) % 4);
  }

  void read_metrics(const Attr& attr) {
    attr.each([&](const Attr& metric) {
      if (metric.type() == RTAX_MTU)
        route_.route.mtu = metric.number<std::uint32_t>();
      else
        plain_ = false;
    });
  }

  void read_hops(const Attr& attr) {
    auto rest = attr.value();
    while (!rest.empty()) {
      Reader reader{rest};
      const auto length = reader.native<std::uint16_t>();
      const auto flags = reader.native<std::uint8_t>();
      const auto weight = reader.native<std::uint8_t>();
      const auto index = reader.native<std::int32_t>();
      if (!reader.ok() || length < sizeof(rtnexthop) || length > rest.size()) return attr.refuse();
      NextHop hop;
      hop.message = {static_cast<std::uint8_t>(flags & kLastingFlags), weight};
      const auto attributes = rest.subspan(sizeof(rtnexthop), length - sizeof(rtnexthop));
      hop.message.insert(hop.message.end(), attributes.begin(), attributes.end());
      rest_.hops.push_back(std::move(hop));
      route_.hops.emplace_back(index);
      rest = rest.subspan(std::min(rest.size(), (std::size_t{length} + 3) / 4 * 4));
    }
  }

  rtmsg fixed_;
  DecodedRoute route_{};
  KernelRoute rest_;
  Writer message_;
  bool plain_ = true;
};

int flags_of(PutRoute put) {
  switch (put) {
    case PutRoute::kReplace:
      return NLM_F_REPLACE;
    case PutRoute::kAppend:
      return NLM_F_APPEND;
    case PutRoute::kPrepend:
      return 0;
    default:
      return NLM_F_EXCL;
  }
}

Message route_message(int type, int flags, const rtmsg& fixed, const RouteKey& key, const Route& route,
                      IfIndex device) {
  Message message{type, flags};
  message.header(fixed);
  message.address(RTA_DST, key.to.address);
  if (key.from) message.address(RTA_SRC, key.from->address);
  message.number(RTA_TABLE, key.table);
  if (key.metric != 0) message.number(RTA_PRIORITY, key.metric);
  if (device == IfIndex{}) return message;
  message.number(RTA_OIF, static_cast<std::uint32_t>(device.value));
  if (route.via) message.address(RTA_GATEWAY, *route.via);
  return message;
}

rtmsg fixed_part(const RouteKey& key) {
  rtmsg fixed{};
  fixed.rtm_family = family_number(key.to.address.family());
  fixed.rtm_dst_len = key.to.length;
  fixed.rtm_src_len = key.from ? key.from->length : std::uint8_t{0};
  fixed.rtm_tos = key.tos;
  fixed.rtm_type = RTN_UNICAST;
  return fixed;
}

Bytes multipath(const std::vector<NextHop>& hops, const std::vector<IfIndex>& devices) {
  Writer writer;
  for (std::size_t i = 0; i < hops.size() && i < devices.size(); ++i) {
    const auto& message = hops[i].message;
    writer.native(static_cast<std::uint16_t>(message.size() - 2 + sizeof(rtnexthop)));
    writer.put(ByteView{message}.first(2));
    writer.native(std::int32_t{devices[i].value});
    writer.put(ByteView{message}.subspan(2));
    writer.zeros((4 - writer.size() % 4) % 4);
  }
  return writer.take();
}

}  // namespace

Result<std::optional<DecodedRoute>> decode_route(const MessageView& message) {
  Reader reader{message.payload};
  const auto fixed = reader.native<rtmsg>();
  if (!reader.ok()) return fail("route message malformed");
  if (!is_seen(fixed)) return std::nullopt;
  const auto family = fixed.rtm_family == AF_INET ? Family::kIpv4 : Family::kIpv6;
  Decoder decoder(fixed);
  const bool ok = for_each_attr(reader.take(reader.left()), [&](const Attr& attr) { decoder.read(attr); });
  auto route = decoder.take();
  const auto fits = [&](const Prefix& prefix) {
    return prefix.address.family() == family && prefix.length <= prefix.address.bits();
  };
  if (!ok || !fits(route.key.to) || (route.key.from && !fits(*route.key.from)))
    return fail("route message malformed");
  if (route.device == IfIndex{} || route.key.table == RT_TABLE_LOCAL) return std::nullopt;
  return route;
}

Message encode_get_routes(Family family) {
  Message message{RTM_GETROUTE, NLM_F_DUMP};
  rtmsg fixed{};
  fixed.rtm_family = family_number(family);
  message.header(fixed);
  return message;
}

Message encode_put_route(PutRoute put, const RouteKey& key, const Route& route, IfIndex device) {
  auto fixed = fixed_part(key);
  fixed.rtm_protocol = route.protocol;
  fixed.rtm_scope = route.via ? std::uint8_t{RT_SCOPE_UNIVERSE} : std::uint8_t{RT_SCOPE_LINK};
  if (route.onlink) fixed.rtm_flags = RTNH_F_ONLINK;
  auto message =
      route_message(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | flags_of(put), fixed, key, route, device);
  if (route.source) message.address(RTA_PREFSRC, *route.source);
  if (route.mtu != 0) message.nest(RTA_METRICS, [&] { message.number(RTAX_MTU, route.mtu); });
  return message;
}

Message encode_put_kernel_route(PutRoute put, const KernelRoute& route, IfIndex device,
                                const std::vector<IfIndex>& hops) {
  Message message{RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | flags_of(put)};
  message.raw(route.message);
  if (route.hops.empty())
    message.number(RTA_OIF, static_cast<std::uint32_t>(device.value));
  else
    message.bytes(RTA_MULTIPATH, multipath(route.hops, hops));
  if (route.expires != 0) message.number(RTA_EXPIRES, route.expires);
  return message;
}

std::optional<KernelRoute> without_nexthop_object(KernelRoute route) {
  route.nexthop_id = 0;
  if (!route.hops.empty()) return route;
  const auto message = encode_put_kernel_route(PutRoute::kNew, route, IfIndex{1}, {});
  auto bytes = message.bytes();
  const auto view = next_message(bytes);
  const auto shown = view ? decode_route(*view).value_or(std::nullopt) : std::nullopt;
  return shown && !shown->rest ? std::nullopt : std::optional(std::move(route));
}

Message encode_remove_route(const RouteKey& key, const Route& route, IfIndex device) {
  auto fixed = fixed_part(key);
  fixed.rtm_protocol = route.protocol;  // 0 takes any
  fixed.rtm_scope = RT_SCOPE_NOWHERE;   // takes any
  if (route.rest) fixed.rtm_type = Reader{route.rest->message}.native<rtmsg>().rtm_type;
  const bool is_one_way = !route.rest || route.rest->hops.empty();
  return route_message(RTM_DELROUTE, NLM_F_ACK, fixed, key, route, is_one_way ? device : IfIndex{});
}

}  // namespace hawser::nl
