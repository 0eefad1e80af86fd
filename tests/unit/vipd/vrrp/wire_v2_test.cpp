// Version 2 (RFC 3768 5.3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/vipd/vrrp/checksum.h"

namespace hawser::vipd {
namespace {

const IpAddress kSource = IpAddress::v4(192, 0, 2, 11);
const IpAddress kWeb = IpAddress::v4(192, 0, 2, 100);
const PacketHeader kMulticast{kSource, kVrrpGroup, kVrrpTtl};
const WireForm kOpen{2, VrrpChecksum::kPlain, {}};

Advertisement web_advertisement() {
  return {Vrid(51), Priority(150), Centiseconds(200), {kWeb}};
}

Bytes web_message(const std::string& password = {}) {
  return encode(web_advertisement(), {2, VrrpChecksum::kPlain, password}, kSource, kVrrpGroup);
}

// With bytes changed and the checksum made right again, so that only what was changed is wrong.
Bytes changed(std::size_t at, std::uint8_t value, Bytes bytes = web_message()) {
  bytes.at(at) = value;
  return with_right_checksum(std::move(bytes));
}

BadPacket refusal(ByteView message) {
  const auto decoded = decode(message, kMulticast, 2);
  EXPECT_FALSE(decoded.has_value());
  return decoded ? BadPacket{} : decoded.error();
}

// By hand: 2133 + 9601 + 0002 + c000 + 0264 = 1799a -> 799b -> complement 8664; eight bytes of nothing
// behind.
TEST(VrrpWire2, WritesSecondsAndNoPseudoHeader) {
  EXPECT_THAT(web_message(), testing::ElementsAre(0x21, 0x33, 0x96, 0x01, 0x00, 0x02, 0x86, 0x64, 0xC0, 0x00,
                                                  0x02, 0x64, 0, 0, 0, 0, 0, 0, 0, 0));
}

TEST(VrrpWire2, WritesAPasswordBehindTheAddresses) {
  const auto message = web_message("1111");
  ASSERT_EQ(message.size(), 20U);
  EXPECT_EQ(message.at(4), 1);  // simple text password
  EXPECT_EQ(std::string(message.begin() + 12, message.end()), std::string("1111\0\0\0\0", 8));
}

TEST(VrrpWire2, ReadsWhatItWrites) {
  for (const auto* password : {"", "1111", "eight ch"}) {
    const auto decoded = decode(web_message(password), kMulticast, 2);
    ASSERT_TRUE(decoded.has_value()) << password;
    EXPECT_EQ(decoded->advertisement, web_advertisement());
    EXPECT_EQ(decoded->form, (WireForm{2, VrrpChecksum::kPlain, password}));
  }
}

// RFC 3768 5.3.10: routers without authentication may leave anything there.
TEST(VrrpWire2, IgnoresTheDataOfNoAuthentication) {
  const auto decoded = decode(changed(12, 'x'), kMulticast, 2);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->form, kOpen);
}

TEST(VrrpWire2, RefusesOtherAuthentication) {
  EXPECT_EQ(refusal(changed(4, 2)), BadPacket::kAuthentication);    // AH
  EXPECT_EQ(refusal(changed(4, 1)), BadPacket::kAuthentication);    // a password that is empty
  EXPECT_EQ(refusal(changed(4, 254)), BadPacket::kAuthentication);  // what keepalived once meant by HMAC
}

TEST(VrrpWire2, RefusesWhatIsNotSound) {
  EXPECT_EQ(refusal(changed(0, 0x31)), BadPacket::kVersion);
  EXPECT_EQ(refusal(changed(0, 0x22)), BadPacket::kType);
  EXPECT_EQ(refusal(changed(1, 0)), BadPacket::kRouterId);
  EXPECT_EQ(refusal(changed(3, 2)), BadPacket::kLength);
  EXPECT_EQ(refusal(changed(3, 0)), BadPacket::kLength);
  EXPECT_EQ(refusal(changed(5, 0)), BadPacket::kInterval);
  auto none = web_advertisement();
  none.addresses.clear();
  EXPECT_EQ(refusal(encode(none, kOpen, kSource, kVrrpGroup)), BadPacket::kNoAddresses);
  EXPECT_EQ(decode(web_message(), PacketHeader{kSource, kVrrpGroup, 254}, 2).error(), BadPacket::kTtl);
}

TEST(VrrpWire2, RefusesEveryTruncationAndWhatIsBehindIt) {
  auto message = web_message("1111");
  for (std::size_t length = 0; length < message.size(); ++length)
    EXPECT_EQ(refusal(ByteView(message).first(length)), BadPacket::kLength) << length;
  message.push_back(0);
  EXPECT_EQ(refusal(message), BadPacket::kLength);
}

TEST(VrrpWire2, RefusesEveryFlippedBit) {
  const auto message = web_message("1111");
  for (std::size_t bit = 0; bit < 8 * message.size(); ++bit) {
    auto flipped = message;
    flipped.at(bit / 8) ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(decode(flipped, kMulticast, 2).has_value()) << bit;
  }
}

// CARP has VRRP's protocol number, and its first byte is that of an advertisement of version 2.
TEST(VrrpWire2, RefusesCarp) {
  Bytes carp(36, 0);
  carp.at(0) = 0x21;
  carp.at(1) = 51;
  carp.at(3) = 7;  // length of the digest in words
  EXPECT_EQ(refusal(carp), BadPacket::kLength);
}

TEST(VrrpWire2, NamesNoMoreAddressesThanTheCountHolds) {
  auto many = web_advertisement();
  many.addresses.assign(300, kWeb);
  const auto decoded = decode(encode(many, kOpen, kSource, kVrrpGroup), kMulticast, 2);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->advertisement.addresses.size(), config::most_advertised(Family::kIpv4));
}

}  // namespace
}  // namespace hawser::vipd
