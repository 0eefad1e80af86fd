// Probes as bytes, and what a captured frame is.
#include "bondctl/drill/frame.h"

#include <gtest/gtest.h>

#include "lib/announce/frame.h"

namespace hawser::bondctl::drill {
namespace {

constexpr Mark kMark{0x0102030405060708};
const MacAddress kMac{{0x52, 0x54, 0, 0, 0, 1}};

// Ethernet and IP around an ICMP message.
Bytes framed(const Bytes& icmp, Family family, bool with_vlan = false) {
  Writer writer;
  writer.zeros(12);
  if (with_vlan) writer.u32(0x8100000A);
  writer.u16(family == Family::kIpv4 ? 0x0800 : 0x86DD);
  if (family == Family::kIpv4) {
    writer.u8(0x45);
    writer.zeros(8);
    writer.u8(1);
    writer.zeros(10);
  } else {
    writer.u32(0x60000000);
    writer.u16(static_cast<std::uint16_t>(icmp.size()));
    writer.u8(58);
    writer.zeros(33);
  }
  writer.put(icmp);
  return writer.take();
}

Bytes as_reply(Bytes icmp) {
  icmp[0] = icmp[0] == 8 ? 0 : 129;
  return icmp;
}

TEST(DrillFrame, AProbeIsAnEchoRequestWithAValidChecksum) {
  const Bytes expected{8, 0, 0xB2, 0x83, 0x07, 0x08, 0xF1, 0x23, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0x0E, 0xF1, 0x23};
  const auto probe = encode_probe(Family::kIpv4, kMark, 0x000EF123);
  EXPECT_EQ(checksum_finish(checksum_add(probe)), 0);
  auto without = probe;
  without[2] = without[3] = 0;
  auto wanted = expected;
  wanted[2] = wanted[3] = 0;
  EXPECT_EQ(without, wanted);
  EXPECT_EQ(encode_probe(Family::kIpv6, kMark, 7).front(), 128) << "the kernel sums ICMPv6";
}

TEST(DrillFrame, KnowsItsOwnRequestsAndAnswersWithAndWithoutAVlan) {
  for (const auto family : {Family::kIpv4, Family::kIpv6})
    for (const bool with_vlan : {false, true}) {
      const auto probe = encode_probe(family, kMark, 70000);
      EXPECT_EQ(sight_of(framed(probe, family, with_vlan), kMark), Sight(Request{70000}));
      EXPECT_EQ(sight_of(framed(as_reply(probe), family, with_vlan), kMark), Sight(Reply{70000}));
    }
}

TEST(DrillFrame, AnotherPingIsNotOurs) {
  const auto probe = encode_probe(Family::kIpv4, Mark{9}, 1);
  EXPECT_EQ(sight_of(framed(probe, Family::kIpv4), kMark), Sight{});
}

TEST(DrillFrame, HearsBothFormsOfGratuitousArpAndTheAdvertisement) {
  const auto v4 = *IpAddress::parse("192.0.2.11");
  const auto v6 = *IpAddress::parse("2001:db8::11");
  for (const auto form : {ArpForm::kRequest, ArpForm::kReply})
    EXPECT_EQ(sight_of(encode(GratuitousArp{form, kMac, v4}), kMark), Sight(Told{v4, kMac}));
  EXPECT_EQ(sight_of(encode(UnsolicitedNeighbor{kMac, v6}), kMark), Sight(Told{v6, kMac}));
}

TEST(DrillFrame, WhoAsksOrAnswersAnotherAnnouncesNothing) {
  EXPECT_EQ(sight_of(encode(ArpProbe{kMac, *IpAddress::parse("192.0.2.11")}), kMark), Sight{});
  auto solicited = encode(UnsolicitedNeighbor{kMac, *IpAddress::parse("2001:db8::11")});
  solicited[14 + 40 + 4] |= 0x40;
  EXPECT_EQ(sight_of(solicited, kMark), Sight{});
}

TEST(DrillFrame, EveryTruncationIsNothing) {
  const std::vector<Bytes> frames{
      framed(encode_probe(Family::kIpv4, kMark, 1), Family::kIpv4),
      framed(encode_probe(Family::kIpv6, kMark, 1), Family::kIpv6, true),
      encode(GratuitousArp{ArpForm::kReply, kMac, *IpAddress::parse("192.0.2.1")}),
      encode(UnsolicitedNeighbor{kMac, *IpAddress::parse("2001:db8::1")})};
  for (const auto& frame : frames)
    for (std::size_t size = 0; size < frame.size(); ++size)
      EXPECT_EQ(sight_of(ByteView(frame).first(size), kMark), Sight{}) << size;
}

}  // namespace
}  // namespace hawser::bondctl::drill
