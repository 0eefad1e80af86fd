// Version 3 over IPv6 (RFC 9568 5.1.2, 5.2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/vipd/vrrp/captured.h"
#include "vipd/vrrp/wire.h"

namespace hawser::vipd {
namespace {

const IpAddress kSource = *IpAddress::parse("fe80::ff:fe00:11");
const IpAddress kWeb = *IpAddress::parse("2001:db8::100");
const PacketHeader kMulticast{kSource, kVrrpGroup6, kVrrpTtl};

Advertisement web_advertisement() {
  return {Vrid(51), Priority(150), Centiseconds(100), {kWeb}};
}

Bytes web_message() {
  return encode(web_advertisement(), {}, kSource, kVrrpGroup6);
}

BadPacket refusal(ByteView message, const PacketHeader& header = kMulticast, int version = 3) {
  const auto decoded = decode(message, header, version);
  EXPECT_FALSE(decoded.has_value());
  return decoded ? BadPacket{} : decoded.error();
}

// The sum over the pseudo header of RFC 8200 8.1, with the lengths that it has there.
std::uint16_t sum_by_the_book(ByteView message) {
  Writer writer;
  writer.put(kSource.bytes());
  writer.put(kVrrpGroup6.bytes());
  writer.u32(static_cast<std::uint32_t>(message.size()));
  writer.u32(kVrrpProtocol);
  writer.put(message);
  return checksum_finish(checksum_add(writer.bytes()));
}

// A frame as the peer's kernel sent it: Ethernet, then the fixed header of IPv6.
Packet packet_of(ByteView frame) {
  const auto ipv6 = frame.subspan(14);
  return {
      {*IpAddress::from_bytes(ipv6.subspan(8, 16)), *IpAddress::from_bytes(ipv6.subspan(24, 16)), ipv6[7]},
      ipv6.subspan(40)};
}

TEST(VrrpWire6, KeepalivedsIsReadAndWrittenByteForByte) {
  const auto frame = captured("keepalived-advertisement-v6");
  ASSERT_GT(frame.size(), 54U);
  const auto packet = packet_of(frame);
  EXPECT_EQ(packet.header, kMulticast);
  const auto decoded = decode(packet.payload, packet.header);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->advertisement, web_advertisement());
  EXPECT_THAT(web_message(), testing::ElementsAreArray(packet.payload));
}

TEST(VrrpWire6, HasTheSumOfItsPseudoHeader) {
  EXPECT_EQ(web_message().size(), 8U + 16U);
  EXPECT_EQ(sum_by_the_book(web_message()), 0);
}

TEST(VrrpWire6, IsReadBackWithManyAddresses) {
  Advertisement many{Vrid(1), Priority(255), Centiseconds(4095), {}};
  for (std::uint8_t i = 0; i < 200; ++i)
    many.addresses.push_back(*IpAddress::parse(fmt::format("2001:db8::{:x}", i + 1)));
  const auto decoded = decode(encode(many, {}, kSource, kVrrpGroup6), kMulticast);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->advertisement.addresses.size(), 90U) << "more do not fit in a frame";
  EXPECT_EQ(decoded->advertisement.addresses.back(), many.addresses.at(89));
}

TEST(VrrpWire6, MulticastDemandsAHopLimitOf255) {
  EXPECT_EQ(refusal(web_message(), {kSource, kVrrpGroup6, 254}), BadPacket::kTtl);
  const auto peer = *IpAddress::parse("2001:db8::12");
  EXPECT_TRUE(decode(encode(web_advertisement(), {}, kSource, peer), {kSource, peer, 64}).has_value());
}

TEST(VrrpWire6, HasOneFormOfTheChecksumAndOneVersion) {
  auto plain = web_message();
  plain.at(6) = plain.at(7) = 0;
  const auto sum = checksum_finish(checksum_add(plain));
  plain.at(6) = static_cast<std::uint8_t>(sum >> 8U);
  plain.at(7) = static_cast<std::uint8_t>(sum);
  EXPECT_EQ(refusal(plain), BadPacket::kChecksum);
  EXPECT_THAT(encode(web_advertisement(), {3, VrrpChecksum::kPlain, {}}, kSource, kVrrpGroup6),
              testing::ElementsAreArray(web_message()))
      << "whatever the form says";
  auto old = web_message();
  old.front() = 0x21;
  EXPECT_EQ(refusal(old, kMulticast, 2), BadPacket::kVersion);
}

TEST(VrrpWire6, EveryTruncationAndEveryWrongCountIsRefused) {
  const auto message = web_message();
  for (std::size_t length = 0; length < message.size(); ++length)
    EXPECT_FALSE(decode(ByteView(message).first(length), kMulticast).has_value()) << length;
  auto longer = message;
  longer.push_back(0);
  EXPECT_EQ(refusal(longer), BadPacket::kLength);
  for (int count = 0; count < 256; ++count) {
    auto wrong = message;
    wrong.at(3) = static_cast<std::uint8_t>(count);
    if (count == 1) continue;
    EXPECT_EQ(refusal(wrong), BadPacket::kLength) << count;
  }
}

TEST(VrrpWire6, AMessageOfTheOtherFamilyIsRefused) {
  EXPECT_EQ(refusal(web_message(), {IpAddress::v4(192, 0, 2, 11), kVrrpGroup, kVrrpTtl}), BadPacket::kLength);
}

}  // namespace
}  // namespace hawser::vipd
