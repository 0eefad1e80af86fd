#include "vipd/vrrp/frame.h"

#include <gtest/gtest.h>

#include "vipd/vrrp/wire.h"

namespace hawser::vipd {
namespace {

const MacAddress kFrom = *MacAddress::parse("00:00:5e:00:01:33");

TEST(VrrpFrame, AGroupHasItsMac) {
  EXPECT_EQ(mac_of_group(kVrrpGroup), MacAddress::parse("01:00:5e:00:00:12").value());
  EXPECT_EQ(mac_of_group(IpAddress::v4(239, 129, 2, 3)), MacAddress::parse("01:00:5e:01:02:03").value());
  EXPECT_EQ(mac_of_group(kVrrpGroup6), MacAddress::parse("33:33:00:00:00:12").value());
  EXPECT_EQ(mac_of_group(IpAddress::v4(192, 0, 2, 12)), std::nullopt);
  EXPECT_EQ(mac_of_group(*IpAddress::parse("2001:db8::12")), std::nullopt);
}

// The header's checksum by hand: 45c0 001c 0000 4000 ff70 0000 c000 020b e000 0012 add up to 0x32769.
TEST(VrrpFrame, OfIpv4IsByteForByteAsRoutersSendIt) {
  const Bytes message{0x31, 51, 200, 1, 0, 100, 0, 0};
  const auto frame =
      encode({kFrom, *mac_of_group(kVrrpGroup), IpAddress::v4(192, 0, 2, 11), kVrrpGroup}, message);
  const Bytes expected{0x01, 0x00, 0x5e, 0x00, 0x00, 0x12, 0x00, 0x00, 0x5e, 0x00, 0x01, 0x33, 0x08, 0x00,  //
                       0x45, 0xc0, 0x00, 0x1c, 0x00, 0x00, 0x40, 0x00, 0xff, 0x70, 0xd8, 0x93,              //
                       192,  0,    2,    11,   224,  0,    0,    18,                                        //
                       0x31, 51,   200,  1,    0,    100,  0,    0};
  EXPECT_EQ(frame, expected);
  EXPECT_EQ(checksum_finish(checksum_add(ByteView(frame).subspan(14, 20))), 0);
  const auto packet = split_ipv4(ByteView(frame).subspan(14));
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->header.ttl, 255);
  EXPECT_EQ(packet->header.source, IpAddress::v4(192, 0, 2, 11));
}

TEST(VrrpFrame, OfIpv6HasHopLimit255) {
  const Bytes message{0x31, 51};
  const auto frame =
      encode({kFrom, *mac_of_group(kVrrpGroup6), *IpAddress::parse("fe80::1"), kVrrpGroup6}, message);
  const Bytes begin{0x33, 0x33, 0,    0, 0, 0x12, 0, 0, 0x5e, 0,   1,    0x33,
                    0x86, 0xdd, 0x6c, 0, 0, 0,    0, 2, 112,  255, 0xfe, 0x80};
  ASSERT_EQ(frame.size(), 14U + 40 + 2);
  EXPECT_TRUE(std::equal(begin.begin(), begin.end(), frame.begin()));
  EXPECT_EQ(Bytes(frame.end() - 4, frame.end()), (Bytes{0, 0x12, 0x31, 51}));
}

}  // namespace
}  // namespace hawser::vipd
