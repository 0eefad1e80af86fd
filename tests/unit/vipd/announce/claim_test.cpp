#include "vipd/announce/claim.h"

#include <gtest/gtest.h>

#include "tests/unit/vipd/vrrp/captured.h"

namespace hawser::vipd {
namespace {

constexpr MacAddress kOther{{0x02, 0, 0, 0, 0, 0x11}};

Bytes without_ethernet(const char* name) {
  const auto frame = captured(name);
  return {frame.begin() + 14, frame.end()};
}

TEST(Claim, OfArpIsReadOutOfWhatKeepalivedSends) {
  EXPECT_EQ(arp_claim(without_ethernet("keepalived-gratuitous-arp")),
            (Claim{kOther, IpAddress::v4(192, 0, 2, 100)}));
}

TEST(Claim, OfArpIsNoneInWhatIsTooShortOrNotEthernetAndIpv4) {
  const auto packet = without_ethernet("keepalived-gratuitous-arp");
  for (std::size_t length = 0; length < 18; ++length)
    EXPECT_EQ(arp_claim(ByteView(packet).first(length)), std::nullopt) << length;
  for (const std::size_t at : {1U, 2U, 4U, 5U}) {
    auto other = packet;
    other.at(at) ^= 0x20U;
    EXPECT_EQ(arp_claim(other), std::nullopt) << at;
  }
}

TEST(Claim, OfANeighborIsReadOutOfWhatKeepalivedSends) {
  EXPECT_EQ(neighbor_claim(without_ethernet("keepalived-unsolicited-neighbor"), kOther),
            (Claim{kOther, *IpAddress::parse("2001:db8::100")}));
}

TEST(Claim, OfANeighborIsNoneInWhatIsTooShortOrNotFromTheSegmentOrSomethingElse) {
  const auto packet = without_ethernet("keepalived-unsolicited-neighbor");
  for (std::size_t length = 0; length < 64; ++length)
    EXPECT_EQ(neighbor_claim(ByteView(packet).first(length), kOther), std::nullopt) << length;
  // Version, next header, hop limit, type, code.
  for (const std::size_t at : {0U, 6U, 7U, 40U, 41U}) {
    auto other = packet;
    other.at(at) ^= 0x20U;
    EXPECT_EQ(neighbor_claim(other, kOther), std::nullopt) << at;
  }
}

}  // namespace
}  // namespace hawser::vipd
