#include "vipd/announce/arp.h"

#include <gtest/gtest.h>

#include "tests/unit/vipd/vrrp/captured.h"

namespace hawser::vipd {
namespace {

TEST(ArpSender, IsReadOutOfWhatKeepalivedSends) {
  const auto frame = captured("keepalived-gratuitous-arp");
  const auto packet = ByteView(frame).subspan(14);
  EXPECT_EQ(arp_sender(packet),
            (ArpSender{MacAddress{{0x02, 0, 0, 0, 0, 0x11}}, IpAddress::v4(192, 0, 2, 100)}));
}

TEST(ArpSender, IsNobodyInWhatIsTooShortOrNotEthernetAndIpv4) {
  const auto frame = captured("keepalived-gratuitous-arp");
  const Bytes packet(frame.begin() + 14, frame.end());
  for (std::size_t length = 0; length < 18; ++length)
    EXPECT_EQ(arp_sender(ByteView(packet).first(length)), std::nullopt) << length;
  for (const std::size_t at : {1U, 2U, 4U, 5U}) {
    auto other = packet;
    other.at(at) ^= 0x20U;
    EXPECT_EQ(arp_sender(other), std::nullopt) << at;
  }
}

}  // namespace
}  // namespace hawser::vipd
