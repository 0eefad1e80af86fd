#include "vipd/vrrp/wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/vipd/vrrp/captured.h"
#include "tests/unit/vipd/vrrp/checksum.h"

namespace hawser::vipd {
namespace {

const IpAddress kSource = IpAddress::v4(192, 0, 2, 11);
const IpAddress kWeb = IpAddress::v4(192, 0, 2, 100);
const PacketHeader kMulticast{kSource, kVrrpGroup, kVrrpTtl};

Advertisement web_advertisement() {
  return {Vrid(51), Priority(150), Centiseconds(100), {kWeb}};
}

Bytes web_message(VrrpChecksum form = VrrpChecksum::kPseudoHeader) {
  return encode(web_advertisement(), {3, form, {}}, kSource, kVrrpGroup);
}

// The message with bytes changed and its checksum made right again, so that only what was changed is wrong.
Bytes changed(std::size_t at, std::uint8_t value) {
  auto bytes = web_message();
  bytes.at(at) = value;
  return with_right_checksum(std::move(bytes));
}

BadPacket refusal(ByteView message, const PacketHeader& header = kMulticast) {
  const auto decoded = decode(message, header);
  EXPECT_FALSE(decoded.has_value());
  return decoded ? BadPacket{} : decoded.error();
}

struct Captured {
  const char* file;
  Advertisement advertisement;
};

class VrrpCapture : public testing::TestWithParam<Captured> {};

TEST_P(VrrpCapture, IsReadAndWrittenByteForByte) {
  const auto frame = captured(GetParam().file);
  const auto packet = split_ipv4(ByteView(frame).subspan(14));
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->header, kMulticast);
  const auto decoded = decode(packet->payload, packet->header);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->advertisement, GetParam().advertisement);
  EXPECT_EQ(decoded->form.checksum, VrrpChecksum::kPseudoHeader);
  EXPECT_THAT(encode(decoded->advertisement, decoded->form, kSource, kVrrpGroup),
              testing::ElementsAreArray(packet->payload));
}

INSTANTIATE_TEST_SUITE_P(
    Peers, VrrpCapture,
    testing::Values(Captured{"keepalived-advertisement",
                             {Vrid(51), Priority(150), Centiseconds(100), {kWeb}}},
                    Captured{"keepalived-leave", {Vrid(51), Priority(0), Centiseconds(100), {kWeb}}},
                    Captured{"keepalived-three-addresses",
                             {Vrid(51),
                              Priority(150),
                              Centiseconds(1),
                              {kWeb, IpAddress::v4(192, 0, 2, 101), IpAddress::v4(198, 51, 100, 7)}}},
                    Captured{"frr-advertisement", {Vrid(51), Priority(200), Centiseconds(100), {kWeb}}}),
    [](const auto& test) {
      std::string name = test.param.file;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

// RFC 9568 5.2.8 sums the message alone; no Debian 12 package can send that, so the bytes are worked out by
// hand: 3133 + 9601 + 0064 + c000 + 0264 = 189fc -> 89fd -> complement 7602.
TEST(VrrpWire, WritesTheChecksumOfRfc9568WithoutAPseudoHeader) {
  EXPECT_THAT(web_message(VrrpChecksum::kPlain),
              testing::ElementsAre(0x31, 0x33, 0x96, 0x01, 0x00, 0x64, 0x76, 0x02, 0xC0, 0x00, 0x02, 0x64));
}

TEST(VrrpWire, AcceptsBothChecksumsAndSaysWhich) {
  for (const auto form : {VrrpChecksum::kPseudoHeader, VrrpChecksum::kPlain}) {
    const auto decoded = decode(web_message(form), kMulticast);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(decoded->form.checksum, form);
    EXPECT_EQ(decoded->advertisement, web_advertisement());
  }
}

TEST(VrrpWire, RefusesEveryTruncation) {
  const auto message = web_message();
  for (std::size_t length = 0; length < message.size(); ++length)
    EXPECT_EQ(refusal(ByteView(message).first(length)), BadPacket::kLength) << length;
}

TEST(VrrpWire, RefusesBytesBehindTheMessage) {
  auto message = web_message();
  message.push_back(0);
  EXPECT_EQ(refusal(message), BadPacket::kLength);
}

TEST(VrrpWire, RefusesEveryTtlBut255OnMulticast) {
  const auto message = web_message();
  for (const int ttl : {0, 1, 64, 254}) {
    const PacketHeader header{kSource, kVrrpGroup, static_cast<std::uint8_t>(ttl)};
    EXPECT_EQ(refusal(message, header), BadPacket::kTtl) << ttl;
  }
}

TEST(VrrpWire, AcceptsAnyTtlOnUnicast) {
  const auto peer = IpAddress::v4(192, 0, 2, 12);
  const auto message = encode(web_advertisement(), {3, VrrpChecksum::kPseudoHeader, {}}, kSource, peer);
  const auto decoded = decode(message, PacketHeader{kSource, peer, 64});
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->form.checksum, VrrpChecksum::kPseudoHeader);
}

TEST(VrrpWire, RefusesVersionTwo) {
  EXPECT_EQ(refusal(changed(0, 0x21)), BadPacket::kVersion);
}

TEST(VrrpWire, RefusesAnotherType) {
  EXPECT_EQ(refusal(changed(0, 0x32)), BadPacket::kType);
}

TEST(VrrpWire, RefusesRouterIdZero) {
  EXPECT_EQ(refusal(changed(1, 0)), BadPacket::kRouterId);
}

TEST(VrrpWire, RefusesACountThatDoesNotFitTheLength) {
  EXPECT_EQ(refusal(changed(3, 2)), BadPacket::kLength);
  EXPECT_EQ(refusal(changed(3, 0)), BadPacket::kLength);
}

TEST(VrrpWire, RefusesIntervalZeroEvenWithReservedBitsSet) {
  EXPECT_EQ(refusal(changed(5, 0)), BadPacket::kInterval);
  auto message = changed(5, 0);
  message.at(4) = 0xF0;
  EXPECT_EQ(refusal(with_right_checksum(std::move(message))), BadPacket::kInterval);
}

TEST(VrrpWire, RefusesAnAdvertisementWithoutAddresses) {
  auto none = web_advertisement();
  none.addresses.clear();
  EXPECT_EQ(refusal(encode(none, {3, VrrpChecksum::kPlain, {}}, kSource, kVrrpGroup)),
            BadPacket::kNoAddresses);
}

TEST(VrrpWire, RefusesEveryFlippedBitOfTheChecksummedMessage) {
  const auto message = web_message();
  for (std::size_t bit = 0; bit < 8 * message.size(); ++bit) {
    auto flipped = message;
    flipped.at(bit / 8) ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(decode(flipped, kMulticast).has_value()) << bit;
  }
}

TEST(VrrpWire, CarriesTheLongestInterval) {
  auto slow = web_advertisement();
  slow.interval = Centiseconds(4095);
  const auto decoded = decode(encode(slow, {3, VrrpChecksum::kPlain, {}}, kSource, kVrrpGroup), kMulticast);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->advertisement.interval, Centiseconds(4095));
}

TEST(VrrpWire, SendsTheFirst255AddressesOfMore) {
  auto many = web_advertisement();
  many.addresses.clear();
  for (std::uint32_t i = 0; i < 300; ++i) many.addresses.push_back(IpAddress::v4(0xC6336400U + i));
  const auto decoded =
      decode(encode(many, {3, VrrpChecksum::kPseudoHeader, {}}, kSource, kVrrpGroup), kMulticast);
  ASSERT_TRUE(decoded.has_value());
  many.addresses.resize(255);
  EXPECT_EQ(decoded->advertisement, many);
}

TEST(VrrpWire, TruncatedIpHeadersAreRefused) {
  const auto frame = captured("keepalived-advertisement");
  const auto packet = ByteView(frame).subspan(14);
  for (std::size_t length = 0; length < packet.size(); ++length)
    EXPECT_FALSE(split_ipv4(packet.first(length)).has_value()) << length;
}

TEST(VrrpWire, SkipsIpOptionsAndEthernetPadding) {
  const auto frame = captured("keepalived-advertisement");
  Bytes packet(frame.begin() + 14, frame.end());
  packet.at(0) = 0x46;  // six words of header
  packet.at(3) = static_cast<std::uint8_t>(packet.at(3) + 4);
  packet.insert(packet.begin() + 20, {0x94, 0x04, 0x00, 0x00});  // router alert
  packet.insert(packet.end(), 6, 0);
  const auto split = split_ipv4(packet);
  ASSERT_TRUE(split.has_value());
  EXPECT_TRUE(decode(split->payload, split->header).has_value());
}

TEST(VrrpWire, RefusesIpHeadersThatContradictThemselves) {
  const auto frame = captured("keepalived-advertisement");
  const Bytes good(frame.begin() + 14, frame.end());
  auto other_version = good;
  other_version.at(0) = 0x65;
  EXPECT_FALSE(split_ipv4(other_version).has_value());
  auto short_header = good;
  short_header.at(0) = 0x44;
  EXPECT_FALSE(split_ipv4(short_header).has_value());
  auto total_inside_header = good;
  total_inside_header.at(3) = 19;
  EXPECT_FALSE(split_ipv4(total_inside_header).has_value());
  auto header_only = good;
  header_only.at(3) = 20;
  ASSERT_TRUE(split_ipv4(header_only).has_value());
  EXPECT_TRUE(split_ipv4(header_only)->payload.empty());
}

}  // namespace
}  // namespace hawser::vipd
