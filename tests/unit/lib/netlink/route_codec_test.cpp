#include "lib/netlink/route_codec.h"

#include <linux/rtnetlink.h>

#include "captures.h"

namespace hawser::nl {
namespace {

std::optional<DecodedRoute> decoded(const std::string& name) {
  const auto bytes = capture(name);
  const auto route = decode_route(view_of(bytes));
  EXPECT_TRUE(route.has_value()) << name;
  return route.value_or(std::nullopt);
}

IpAddress ip(const char* text) {
  return *IpAddress::parse(text);
}
Prefix prefix(const char* text) {
  return *Prefix::parse(text);
}

TEST(RouteCodec, ReadsADefaultRouteWithMetricSourceMtuAndOwner) {
  const auto route = decoded("route_v4_default");
  ASSERT_TRUE(route);
  EXPECT_EQ(route->key, (RouteKey{254, prefix("0.0.0.0/0"), 50}));
  EXPECT_EQ(route->route, (Route{"", ip("192.0.2.254"), ip("192.0.2.11"), false, 1300, 201}));
  EXPECT_NE(route->device, IfIndex{});
}

TEST(RouteCodec, ReadsADeviceRouteOfAnotherTable) {
  const auto route = decoded("route_v4_table");
  ASSERT_TRUE(route);
  EXPECT_EQ(route->key, (RouteKey{1000, prefix("198.51.100.128/25"), 0}));
  EXPECT_FALSE(route->route.via);
}

TEST(RouteCodec, ReadsAnOnlinkRoute) {
  const auto route = decoded("route_v4_onlink");
  ASSERT_TRUE(route);
  EXPECT_TRUE(route->route.onlink);
}

TEST(RouteCodec, ReadsAnIpv6RouteWithTheMetricThatTheKernelGaveIt) {
  const auto route = decoded("route_v6_via");
  ASSERT_TRUE(route);
  EXPECT_EQ(route->key, (RouteKey{254, prefix("2001:db8:1::/48"), 1024}));
  EXPECT_EQ(route->route.via, ip("2001:db8::fe"));
}

TEST(RouteCodec, LeavesOutWhatIsLostWithNoDevice) {
  EXPECT_FALSE(decoded("route_v4_blackhole"));
  EXPECT_FALSE(decoded("route_v4_local"));
  auto local = capture("route_v4_onlink");
  ASSERT_EQ(local[20], RT_TABLE_MAIN);
  for (std::size_t at = 28; at + 8 <= local.size(); at += (std::size_t{local[at]} + 3) / 4 * 4)
    if (local[at + 2] == RTA_TABLE) local[at + 4] = RT_TABLE_LOCAL;
  EXPECT_EQ(decode_route(view_of(local)).value_or(DecodedRoute{}), std::nullopt);
}

TEST(RouteCodec, KeepsRoutesApartThatDifferByTosOnly) {
  auto by_tos = capture("route_v4_onlink");
  by_tos[19] = 0x10;
  const auto route = decode_route(view_of(by_tos)).value_or(std::nullopt);
  ASSERT_TRUE(route);
  EXPECT_EQ(route->key.tos, 0x10);
  EXPECT_NE(route->key, decoded("route_v4_onlink")->key);
  EXPECT_EQ(encode_remove_route(route->key, route->route, IfIndex{3}).bytes()[19], 0x10);
  EXPECT_EQ(encode_put_route(PutRoute::kNew, route->key, route->route, IfIndex{3}).bytes()[19], 0x10);
}

// As a dump has it, with what is put together anew taken out and the numbers of the devices replaced.
TEST(RouteCodec, SendsARouteWithSeveralWaysBackInTheKernelsOwnWords) {
  const auto route = decoded("route_v4_multipath");
  ASSERT_TRUE(route && route->rest);
  ASSERT_EQ(route->rest->hops.size(), 2U);
  EXPECT_EQ(route->device, route->hops.front());
  const auto bytes = encode_put_kernel_route(PutRoute::kNew, *route->rest, {}, {IfIndex{7}, IfIndex{8}});
  EXPECT_EQ(bytes, bytes_of_hex("50000000180005060000000000000000"  // RTM_NEWROUTE, create, exclusive
                                "02190000fe03000100000000"
                                "08000f00fe000000"
                                "08000100cb007180"
                                "24000900"
                                "1000000007000000"
                                "08000500c00002fb"
                                "1000000008000000"
                                "08000500c00002fc"));
  const auto back = decode_route(view_of(bytes)).value_or(std::nullopt);
  ASSERT_TRUE(back && back->rest);
  EXPECT_EQ(*back->rest, *route->rest);
  EXPECT_EQ(back->hops, (std::vector{IfIndex{7}, IfIndex{8}}));
}

TEST(RouteCodec, KeepsWhatOnlyTheKernelCanSayAndOnlyThen) {
  EXPECT_FALSE(decoded("route_v4_onlink")->rest);
  EXPECT_FALSE(decoded("route_v6_via")->rest) << "a plain route costs no copy of its message";
  auto by_metrics = capture("route_v4_default");
  ASSERT_EQ(by_metrics[21], 201);
  EXPECT_FALSE(decode_route(view_of(by_metrics)).value()->rest);
  by_metrics[21] = 3;  // boot: not ours
  EXPECT_FALSE(decode_route(view_of(by_metrics)).value()->rest) << "an MTU is one of our own attributes";
  const auto length = by_metrics.size();
  for (std::size_t at = 28; at + 4 <= length; at += (std::size_t{by_metrics[at]} + 3) / 4 * 4)
    if (by_metrics[at + 2] == RTA_METRICS) by_metrics[at + 6] = RTAX_ADVMSS;
  const auto route = decode_route(view_of(by_metrics)).value();
  ASSERT_TRUE(route->rest);
  const auto again = encode_put_kernel_route(PutRoute::kNew, *route->rest, route->device, {});
  EXPECT_EQ(*decode_route(view_of(again)).value()->rest, *route->rest);
}

TEST(RouteCodec, PutsAnExpiryBackAsTheSecondsThatAreLeft) {
  auto bytes = capture("route_v6_via");
  bool found = false;
  for (std::size_t at = 28; at + 4 <= bytes.size(); at += (std::size_t{bytes[at]} + 3) / 4 * 4) {
    if (bytes[at + 2] != RTA_CACHEINFO) continue;
    bytes[at + 4 + 8] = 0xE8;  // 1000 ticks
    bytes[at + 4 + 9] = 0x03;
    found = true;
  }
  ASSERT_TRUE(found);
  const auto route = decode_route(view_of(bytes)).value();
  ASSERT_TRUE(route->rest);
  EXPECT_EQ(route->rest->expires, 10U);
  const auto again = encode_put_kernel_route(PutRoute::kNew, *route->rest, IfIndex{4}, {});
  EXPECT_EQ(decode_route(view_of(again)).value()->rest->expires, 10U);
}

// "ip route add .. nhid 7": when the object is gone, nothing is left of it that the fields do not say.
TEST(RouteCodec, WithoutItsNexthopObjectARouteIsAsPlainAsItsFields) {
  const auto with_id = [](const std::string& name, bool unusual) {
    auto bytes = capture(name);
    const auto view = view_of(bytes);
    Bytes payload(view.payload.begin(), view.payload.end());
    payload.at(offsetof(rtmsg, rtm_protocol)) = RTPROT_STATIC;  // of ours nothing is unusual
    Message message{RTM_NEWROUTE, 0};
    message.raw(payload);
    message.number(RTA_NH_ID, std::uint32_t{7});
    if (unusual) message.number(RTA_FLOW, std::uint32_t{5});
    auto sent = message.bytes();
    return *decode_route(*next_message(sent)).value()->rest;
  };
  const auto plain = with_id("route_v4_default", false);
  EXPECT_EQ(plain.nexthop_id, 7U);
  EXPECT_EQ(without_nexthop_object(plain), std::nullopt);
  const auto unusual = without_nexthop_object(with_id("route_v4_default", true));
  ASSERT_TRUE(unusual);
  EXPECT_EQ(unusual->nexthop_id, 0U);
}

TEST(RouteCodec, RefusesEveryTruncation) {
  for (const auto* name : {"route_v4_default", "route_v6_via", "route_v4_multipath"})
    expect_truncations_refused(capture(name), sizeof(rtmsg), decode_route);
}

TEST(RouteCodec, RefusesAPrefixLongerThanTheAddress) {
  auto bytes = capture("route_v4_table");
  bytes[17] = 33;
  EXPECT_FALSE(decode_route(view_of(bytes)));
}

TEST(RouteCodec, ReadsBackWhatItSends) {
  const RouteKey key{1000, prefix("2001:db8:2::/48"), 7};
  const Route route{"", ip("2001:db8::1"), ip("2001:db8::2"), true, 1280, 201};
  const auto bytes = encode_put_route(PutRoute::kReplace, key, route, IfIndex{4});
  const auto back = decode_route(view_of(bytes)).value_or(std::nullopt);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->key, key);
  EXPECT_EQ(back->route, route);
  EXPECT_EQ(back->device, IfIndex{4});
}

TEST(RouteCodec, PinsTheMessageThatAddsADefaultRoute) {
  const RouteKey key{254, prefix("0.0.0.0/0"), 0};
  const Route route{"", ip("192.0.2.254"), std::nullopt, false, 0, 201};
  EXPECT_EQ(encode_put_route(PutRoute::kReplace, key, route, IfIndex{3}),
            bytes_of_hex("3c000000180005050000000000000000"  // RTM_NEWROUTE, create or replace
                         "02000000"
                         "00c90001"
                         "00000000"  // protocol 201, scope universe, unicast
                         "0800010000000000"
                         "08000f00fe000000"
                         "0800040003000000"
                         "08000500c00002fe"));
}

TEST(RouteCodec, RemovesOnlyWhatHasTheSameProtocol) {
  const RouteKey key{254, prefix("198.51.100.0/24"), 5};
  const Route route{"", std::nullopt, std::nullopt, false, 0, 201};
  EXPECT_EQ(encode_remove_route(key, route, IfIndex{3}),
            bytes_of_hex("3c000000190005000000000000000000"
                         "02180000"
                         "00c9ff01"
                         "00000000"  // any scope
                         "08000100c6336400"
                         "08000f00fe000000"
                         "0800060005000000"
                         "0800040003000000"));
}

}  // namespace
}  // namespace hawser::nl
