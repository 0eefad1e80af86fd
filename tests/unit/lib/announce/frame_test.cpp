#include "lib/announce/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/vipd/vrrp/captured.h"

namespace hawser::vipd {
namespace {

constexpr MacAddress kMac{{0x02, 0, 0, 0, 0, 0x11}};
const IpAddress kWeb = IpAddress::v4(192, 0, 2, 100);

TEST(GratuitousArp, RequestIsWhatKeepalivedSends) {
  EXPECT_EQ(encode(GratuitousArp{ArpForm::kRequest, kMac, kWeb}), captured("keepalived-gratuitous-arp"));
}

TEST(GratuitousArp, ReplyDiffersFromTheRequestInTheOperationAlone) {
  auto expected = captured("keepalived-gratuitous-arp");
  ASSERT_EQ(expected.size(), 42U);
  expected.at(21) = 2;
  EXPECT_EQ(encode(GratuitousArp{ArpForm::kReply, kMac, kWeb}), expected);
}

TEST(ArpProbe, AsksForAnAddressInNobodysName) {
  auto expected = captured("keepalived-gratuitous-arp");
  ASSERT_EQ(expected.size(), 42U);
  std::fill(expected.begin() + 28, expected.begin() + 38, std::uint8_t{0});  // sender's address, target's MAC
  EXPECT_EQ(encode(ArpProbe{kMac, kWeb}), expected);
}

TEST(GratuitousArp, AnAddressIsAnnouncedInBothForms) {
  EXPECT_THAT(announcement_of(kWeb, kMac),
              testing::ElementsAre(encode(GratuitousArp{ArpForm::kRequest, kMac, kWeb}),
                                   encode(GratuitousArp{ArpForm::kReply, kMac, kWeb})));
}

// What the kernel's ndisc_send_ns() sent, taken between the ends of a veth pair.
TEST(NeighborProbe, AsksAsTheKernelAsks) {
  const NeighborProbe probe{MacAddress{{0x02, 0, 0, 0, 0, 0x0a}}, *IpAddress::parse("fe80::a"),
                            *IpAddress::parse("fe80::b")};
  EXPECT_EQ(encode(probe), captured("kernel-neighbor-solicitation"));
}

// keepalived's own, taken by take_captures.py: unsolicited, from the address itself, to all nodes.
TEST(UnsolicitedNeighbor, IsWhatKeepalivedSendsButForTheRouterFlag) {
  auto expected = captured("keepalived-unsolicited-neighbor");
  ASSERT_EQ(expected.size(), 86U);
  const UnsolicitedNeighbor neighbor{kMac, *IpAddress::parse("2001:db8::100")};
  auto ours = encode(neighbor);
  ASSERT_EQ(ours.size(), expected.size());
  EXPECT_EQ(ours.at(58), 0xA0);      // R=1 S=0 O=1, RFC 9568 6.4.1
  EXPECT_EQ(expected.at(58), 0x20);  // keepalived's host does not forward
  const auto ones_complement = [](const Bytes& frame) {
    return static_cast<std::uint16_t>((frame.at(56) << 8U) | frame.at(57));
  };
  // The flag is worth 0x8000 in the sum, and nothing else may differ.
  const std::uint32_t sum = std::uint32_t{ones_complement(ours)} + 0x8000U;
  EXPECT_EQ((sum & 0xFFFFU) + (sum >> 16U), ones_complement(expected));
  for (const std::size_t at : {56U, 57U, 58U}) ours.at(at) = expected.at(at) = 0;
  EXPECT_EQ(ours, expected);
  EXPECT_THAT(announcement_of(neighbor.address, kMac), testing::ElementsAre(encode(neighbor)));
}

TEST(UnsolicitedNeighbor, OfAHostDoesNotCallItARouter) {
  constexpr std::size_t kFlags = 14 + 40 + 4;
  const auto address = *IpAddress::parse("2001:db8::100");
  EXPECT_EQ(encode(UnsolicitedNeighbor{kMac, address, NeighborRole::kHost}).at(kFlags), 0x20);
  EXPECT_EQ(encode(UnsolicitedNeighbor{kMac, address, NeighborRole::kRouter}).at(kFlags), 0xA0);
}

}  // namespace
}  // namespace hawser::vipd
