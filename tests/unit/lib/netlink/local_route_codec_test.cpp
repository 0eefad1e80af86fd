#include "lib/netlink/local_route_codec.h"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "captures.h"
#include "lib/netlink/monitor.h"
#include "lib/state/observed.h"

namespace hawser::nl {
namespace {

constexpr std::size_t kFixed = sizeof(rtmsg);
const LocalRoute kRoute{IfIndex{7}, {IpAddress::v4(192, 0, 2, 100), 32}, 202};

Bytes bytes_of(const Message& message) {
  return {message.bytes().begin(), message.bytes().end()};
}

std::optional<LocalRoute> decoded(const Bytes& bytes) {
  return decode_local_route(view_of(bytes)).value();
}

TEST(LocalRouteCodec, ReadsWhatItWrites) {
  EXPECT_EQ(decoded(bytes_of(encode_add_local_route(kRoute))), kRoute);
  EXPECT_EQ(decoded(bytes_of(encode_remove_local_route(kRoute))), kRoute);
}

// rtm_family, rtm_dst_len, rtm_table, rtm_protocol, rtm_scope, rtm_type are the bytes 16, 17, 20 to 23.
TEST(LocalRouteCodec, SaysThatItIsTheHostsOwn) {
  const auto bytes = bytes_of(encode_add_local_route(kRoute));
  EXPECT_EQ(bytes.at(16), AF_INET);
  EXPECT_EQ(bytes.at(17), 32);
  EXPECT_EQ(bytes.at(20), RT_TABLE_LOCAL);
  EXPECT_EQ(bytes.at(21), 202);
  EXPECT_EQ(bytes.at(22), RT_SCOPE_HOST);
  EXPECT_EQ(bytes.at(23), RTN_LOCAL);
}

TEST(LocalRouteCodec, OthersAreNone) {
  const auto whole = bytes_of(encode_add_local_route(kRoute));
  for (const auto& [at, value] :
       {std::pair(20, int{RT_TABLE_MAIN}), std::pair(23, int{RTN_UNICAST}), std::pair(16, AF_INET6)}) {
    auto other = whole;
    other.at(static_cast<std::size_t>(at)) = static_cast<std::uint8_t>(value);
    EXPECT_EQ(decoded(other), std::nullopt) << at;
  }
  EXPECT_EQ(decoded(bytes_of(encode_add_local_route({IfIndex{}, kRoute.to, 202}))), std::nullopt);
}

TEST(LocalRouteCodec, RefusesWhatDoesNotFit) {
  const auto whole = bytes_of(encode_add_local_route(kRoute));
  auto wide = whole;
  wide.at(17) = 33;
  EXPECT_FALSE(decode_local_route(view_of(wide)));
  expect_truncations_refused(whole, kFixed, decode_local_route);
}

// The monitor tells of vipd's alone.
TEST(LocalRouteCodec, AsANotificationItIsLikeAnAddressOfItsDevice) {
  for (const auto& [message, removed] : {std::pair(encode_add_local_route(kRoute), false),
                                         std::pair(encode_remove_local_route(kRoute), true)}) {
    Changes changes;
    note_changes(message.bytes(), changes);
    ASSERT_EQ(changes.local_routes.size(), 1U);
    EXPECT_EQ(changes.local_routes.front(),
              (AddressFact{.link = IfIndex{7}, .prefix = kRoute.to, .protocol = 202, .removed = removed}));
    EXPECT_TRUE(changes.routes);
  }
  Changes others;
  note_changes(encode_add_local_route({IfIndex{7}, kRoute.to, RTPROT_KERNEL}).bytes(), others);
  EXPECT_TRUE(others.local_routes.empty());
}

}  // namespace
}  // namespace hawser::nl
