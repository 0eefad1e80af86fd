#include <linux/rtnetlink.h>

#include "captures.h"
#include "lib/netlink/address_codec.h"

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

TEST(RouteCodec, LeavesOutWhatIsNotAPlainRoute) {
  EXPECT_FALSE(decoded("route_v4_multipath"));
  EXPECT_FALSE(decoded("route_v4_blackhole"));
  EXPECT_FALSE(decoded("route_v4_local"));
}

TEST(RouteCodec, LeavesOutTheLocalTableAndRoutesByTos) {
  auto local = capture("route_v4_onlink");
  ASSERT_EQ(local[20], RT_TABLE_MAIN);
  for (std::size_t at = 28; at + 8 <= local.size(); at += (std::size_t{local[at]} + 3) / 4 * 4)
    if (local[at + 2] == RTA_TABLE) local[at + 4] = RT_TABLE_LOCAL;
  EXPECT_EQ(decode_route(view_of(local)).value_or(DecodedRoute{}), std::nullopt);
  auto by_tos = capture("route_v4_onlink");
  by_tos[19] = 0x10;
  EXPECT_EQ(decode_route(view_of(by_tos)).value_or(DecodedRoute{}), std::nullopt);
}

TEST(RouteCodec, RefusesEveryTruncation) {
  for (const auto* name : {"route_v4_default", "route_v6_via"})
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
  const auto bytes = encode_put_route(Put::kReplace, key, route, IfIndex{4});
  const auto back = decode_route(view_of(bytes)).value_or(std::nullopt);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->key, key);
  EXPECT_EQ(back->route, route);
  EXPECT_EQ(back->device, IfIndex{4});
}

TEST(RouteCodec, PinsTheMessageThatAddsADefaultRoute) {
  const RouteKey key{254, prefix("0.0.0.0/0"), 0};
  const Route route{"", ip("192.0.2.254"), std::nullopt, false, 0, 201};
  EXPECT_EQ(encode_put_route(Put::kReplace, key, route, IfIndex{3}),
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
