#include "vipd/vrrp/hmac_trailer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/vipd/vrrp/captured.h"
#include "tests/unit/vipd/vrrp/hmac_keys.h"
#include "vipd/vrrp/wire.h"

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAreArray;

const IpAddress kSource = IpAddress::v4(192, 0, 2, 11);
const IpAddress kOther = IpAddress::v4(192, 0, 2, 12);

Bytes trailer_bytes(const HmacTrailer& trailer) {
  Writer writer;
  put(writer, trailer);
  return writer.take();
}

// ---- the bytes. Worked out with Python's hmac module from the layout, not by this program.

struct Vector {
  std::string source;
  HmacKey key;
  HmacSequence sequence;
  std::string message;
  std::string trailer;
};

const std::vector<Vector> kVectors{
    {"192.0.2.11", counting_key(7), 0x6553f10080000001, "3133960100640000c0000264",
     "010700006553f1008000000149f1da6e03d2915537f1a792205e9f6a"},
    {"fe80::11", letter_key(255), 0x6553f10000000000,
     "3133960200640000fe80000000000000000000000000010020010db8000000000000000000000100",
     "01ff00006553f10000000000e381e59f47e0eac8afd8e71cdc19752e"},
};

TEST(HmacTrailer, IsAsItIsWorkedOutElsewhere) {
  for (const auto& vector : kVectors) {
    const auto trailer =
        sign(bytes_of(vector.message), *IpAddress::parse(vector.source), vector.key, vector.sequence);
    EXPECT_THAT(trailer_bytes(trailer), ElementsAreArray(bytes_of(vector.trailer))) << vector.source;
    EXPECT_EQ(read_trailer(bytes_of(vector.trailer)), trailer);
  }
}

TEST(HmacTrailer, TheChecksumIsNotSigned) {
  auto message = bytes_of(kVectors.at(0).message);
  const auto trailer = sign(message, kSource, counting_key(7), 1);
  message.at(6) = 0xAB;
  message.at(7) = 0xCD;
  EXPECT_EQ(sign(message, kSource, counting_key(7), 1), trailer);
}

TEST(HmacTrailer, OfAnotherKindOrLengthIsNone) {
  const auto good = bytes_of(kVectors.at(0).trailer);
  EXPECT_TRUE(read_trailer(good));
  for (const std::size_t reserved : {0U, 2U, 3U}) {
    auto other = good;
    other.at(reserved) ^= 2;
    EXPECT_FALSE(read_trailer(other)) << reserved;
  }
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_FALSE(read_trailer(ByteView(good).first(length))) << length;
  auto longer = good;
  longer.push_back(0);
  EXPECT_FALSE(read_trailer(longer));
}

TEST(HmacTrailer, TiesTheCodeToSenderRouterIdKeyAndSequence) {
  const auto message = bytes_of(kVectors.at(0).message);
  const auto trailer = sign(message, kSource, counting_key(7), 5);
  EXPECT_TRUE(is_signed_by(message, kSource, trailer, counting_key(7)));
  EXPECT_FALSE(is_signed_by(message, kOther, trailer, counting_key(7)));
  EXPECT_FALSE(is_signed_by(message, kSource, trailer, letter_key(7)));
  auto later = trailer;
  ++later.sequence;
  EXPECT_FALSE(is_signed_by(message, kSource, later, counting_key(7)));
  auto as_other_key = trailer;
  as_other_key.key = 8;
  EXPECT_FALSE(is_signed_by(message, kSource, as_other_key, counting_key(7)));
  auto of_another_router = message;
  of_another_router.at(1) ^= 1;
  EXPECT_FALSE(is_signed_by(of_another_router, kSource, trailer, counting_key(7)));
  EXPECT_FALSE(is_signed_by({}, kSource, trailer, counting_key(7)));
}

// ---- of keepalived 2.4.3, as it went over the cable: tests/unit/vipd/vrrp/captures/take_captures.py --hmac

Packet captured_v6(ByteView frame) {
  const auto ipv6 = frame.subspan(14);
  return {
      {*IpAddress::from_bytes(ipv6.subspan(8, 16)), *IpAddress::from_bytes(ipv6.subspan(24, 16)), ipv6[7]},
      ipv6.subspan(40)};
}

void expect_to_be_ours(const Packet& packet) {
  const auto decoded = decode(packet.payload, packet.header);
  ASSERT_TRUE(decoded.has_value());
  ASSERT_TRUE(decoded->form.trailer.has_value());
  const auto& trailer = *decoded->form.trailer;
  EXPECT_EQ(trailer.key, 7);
  const auto message = signed_part(packet.payload, *decoded);
  EXPECT_TRUE(is_signed_by(message, packet.header.source, trailer, counting_key(7)));
  EXPECT_EQ(sign(message, packet.header.source, counting_key(7), trailer.sequence), trailer);
  EXPECT_THAT(encode(decoded->advertisement, decoded->form, packet.header.source, packet.header.destination),
              ElementsAreArray(packet.payload));
}

TEST(HmacTrailer, KeepalivedsIsVerifiedAndWrittenByteForByte) {
  const auto frame = captured("keepalived-hmac");
  ASSERT_GT(frame.size(), 34U);
  const auto packet = split_ipv4(ByteView(frame).subspan(14));
  ASSERT_TRUE(packet.has_value());
  expect_to_be_ours(*packet);
  const auto frame6 = captured("keepalived-hmac-v6");
  ASSERT_GT(frame6.size(), 54U);
  expect_to_be_ours(captured_v6(frame6));
}

// What is left of a packet of which a bit is another: not an advertisement, or not believed.
bool is_believed(const Packet& packet) {
  const auto decoded = decode(packet.payload, packet.header);
  return decoded && decoded->form.trailer &&
         is_signed_by(signed_part(packet.payload, *decoded), packet.header.source, *decoded->form.trailer,
                      counting_key(decoded->form.trailer->key));
}

TEST(HmacTrailer, NoTruncationAndNoFlippedBitIsBelieved) {
  const auto frame = captured("keepalived-hmac");
  const auto packet = split_ipv4(ByteView(frame).subspan(14));
  ASSERT_TRUE(packet.has_value());
  EXPECT_TRUE(is_believed(*packet));
  for (std::size_t length = 0; length < packet->payload.size(); ++length)
    EXPECT_FALSE(is_believed({packet->header, packet->payload.first(length)})) << length;
  for (std::size_t bit = 0; bit < 8 * packet->payload.size(); ++bit) {
    Bytes flipped(packet->payload.begin(), packet->payload.end());
    flipped.at(bit / 8) ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(is_believed({packet->header, flipped})) << bit;
  }
}

// The checksum is no signature: who changes the priority can make it right again.
TEST(HmacTrailer, AChangeWithARightChecksumIsNotBelieved) {
  const auto frame = captured("keepalived-hmac");
  const auto packet = split_ipv4(ByteView(frame).subspan(14));
  ASSERT_TRUE(packet.has_value());
  auto changed = *decode(packet->payload, packet->header);
  changed.advertisement.priority = Priority(0);
  const auto forged = encode(changed.advertisement, changed.form, kSource, kVrrpGroup);
  ASSERT_TRUE(decode(forged, packet->header).has_value());
  EXPECT_FALSE(is_believed({packet->header, forged}));
}

TEST(HmacTrailer, SignedAdvertisementsOfIpv6NameOneAddressLess) {
  Advertisement many{Vrid(51), Priority(150), Centiseconds(100), {}};
  for (int i = 1; i < 100; ++i) many.addresses.push_back(*IpAddress::parse(fmt::format("2001:db8::{:x}", i)));
  const auto source = *IpAddress::parse("fe80::11");
  WireForm form;
  EXPECT_EQ(encode(many, form, source, kVrrpGroup6).size(), 8U + 90 * 16);
  form.trailer = HmacTrailer{};
  const auto message = encode(many, form, source, kVrrpGroup6);
  EXPECT_EQ(message.size(), 8U + 89 * 16 + 28);
  EXPECT_LE(40 + message.size(), 1500U);
  EXPECT_EQ(decode(message, {source, kVrrpGroup6, 255})->advertisement.addresses.size(), 89U);
}

// ---- the order

const WallClock kNoon{1'800'000'000s};

TEST(HmacSequences, AreTheTime) {
  EXPECT_EQ(next_sequence(0, kNoon, 5s), 1'800'000'000ULL << 32U);
  EXPECT_EQ(next_sequence(0, kNoon + 500ms, 5s), (1'800'000'000ULL << 32U) | 0x80000000U);
}

TEST(HmacSequences, GrowWhereTheClockStandsOrGoesBackALittle) {
  const auto first = next_sequence(0, kNoon, 5s);
  EXPECT_EQ(next_sequence(first, kNoon, 5s), first + 1);
  EXPECT_EQ(next_sequence(first, kNoon - 5s, 5s), first + 1);
  EXPECT_EQ(next_sequence(first, kNoon + 1s, 5s), next_sequence(0, kNoon + 1s, 5s));
}

// Nobody hears what is an hour ahead, and it would go on from there.
TEST(HmacSequences, BeginAnewWhereTheClockWasAheadAndIsRightAgain) {
  const auto ahead = next_sequence(0, kNoon + 1h, 5s);
  EXPECT_EQ(next_sequence(ahead, kNoon, 5s), next_sequence(0, kNoon, 5s));
  EXPECT_EQ(next_sequence(ahead, kNoon, std::nullopt), ahead + 1) << "it is all that there is to go by";
}

TEST(HmacSequences, GoOnWhereTheSecondsWrap) {
  const WallClock end{std::chrono::seconds(0xFFFFFFFF)};
  const auto last = next_sequence(0xFFFFFFFE00000000, end, 5s);
  const auto next = next_sequence(last, end + 1s, 5s);
  EXPECT_LT(next, last);
  HeardSequences heard;
  EXPECT_EQ(hear(heard, kSource, {1, last, {}}, end, 5s), Freshness::kFresh);
  EXPECT_EQ(hear(heard, kSource, {1, next, {}}, end + 1s, 5s), Freshness::kFresh);
  EXPECT_EQ(hear(heard, kSource, {1, last, {}}, end + 1s, 5s), Freshness::kReplayed);
  EXPECT_EQ(clock_lead(last, end + 1s), -1s);
}

TEST(HmacSequences, EachIsHeardOnce) {
  HeardSequences heard;
  const auto now = next_sequence(0, kNoon, 5s);
  EXPECT_EQ(hear(heard, kSource, {1, now, {}}, kNoon, 5s), Freshness::kFresh);
  EXPECT_EQ(hear(heard, kSource, {1, now, {}}, kNoon, 5s), Freshness::kReplayed);
  EXPECT_EQ(hear(heard, kSource, {1, now - 1, {}}, kNoon, 5s), Freshness::kReplayed);
  EXPECT_EQ(hear(heard, kSource, {1, now + 1, {}}, kNoon, 5s), Freshness::kFresh);
  EXPECT_EQ(hear(heard, kOther, {1, now, {}}, kNoon, 5s), Freshness::kFresh) << "another sender";
  EXPECT_EQ(hear(heard, kSource, {2, now, {}}, kNoon, 5s), Freshness::kFresh) << "another key";
}

TEST(HmacSequences, OfAnotherTimeAreNotHeardAndMoveNothing) {
  HeardSequences heard;
  for (const auto lead : {-3600s, -6s, 6s, 3600s}) {
    const auto sequence = next_sequence(0, kNoon + lead, std::nullopt);
    EXPECT_EQ(hear(heard, kSource, {1, sequence, {}}, kNoon, 5s), Freshness::kOfAnotherTime) << lead.count();
    EXPECT_EQ(clock_lead(sequence, kNoon), lead);
  }
  EXPECT_EQ(heard, HeardSequences{});
  for (const auto lead : {-5s, 0s, 5s})
    EXPECT_EQ(hear(heard, kSource, {1, next_sequence(0, kNoon + lead, 5s), {}}, kNoon, 5s),
              Freshness::kFresh);
}

// Both clocks went an hour ahead and back: what was heard then must not shut the sender out for an hour.
TEST(HmacSequences, WhatWasHeardAheadOfTheTimeIsForgotten) {
  HeardSequences heard;
  const auto ahead = next_sequence(0, kNoon + 1h, 5s);
  EXPECT_EQ(hear(heard, kSource, {1, ahead, {}}, kNoon + 1h, 5s), Freshness::kFresh);
  const auto right = next_sequence(ahead, kNoon, 5s);
  EXPECT_EQ(hear(heard, kSource, {1, right, {}}, kNoon, 5s), Freshness::kFresh);
  EXPECT_EQ(hear(heard, kSource, {1, right, {}}, kNoon, 5s), Freshness::kReplayed);
}

TEST(HmacSequences, WithoutAWindowOnlyTheOrderCounts) {
  HeardSequences heard;
  EXPECT_EQ(hear(heard, kSource, {1, 1000, {}}, kNoon, std::nullopt), Freshness::kFresh);
  EXPECT_EQ(hear(heard, kSource, {1, 999, {}}, kNoon, std::nullopt), Freshness::kReplayed);
  EXPECT_EQ(hear(heard, kSource, {1, 1001, {}}, kNoon + 1h, std::nullopt), Freshness::kFresh);
}

TEST(HmacSequences, AreRememberedOfTheLastSendersAlone) {
  HeardSequences heard;
  for (std::uint32_t i = 0; i < 100; ++i)
    EXPECT_EQ(hear(heard, IpAddress::v4(0xC6336400U + i), {1, 1000, {}}, kNoon, std::nullopt),
              Freshness::kFresh);
  EXPECT_EQ(heard.last->size(), kMostSequences);
  EXPECT_EQ(hear(heard, IpAddress::v4(0xC6336400U + 99), {1, 1000, {}}, kNoon, std::nullopt),
            Freshness::kReplayed);
}

}  // namespace
}  // namespace hawser::vipd
