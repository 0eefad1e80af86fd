// vipd's nftables table as bytes. That the kernel takes them as meant is in
// tests/native/vipd_accept_test.cpp.
#include "lib/netlink/unaccepted_codec.h"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>

namespace hawser::nl {
namespace {

IpAddress ip(const char* text) {
  return *IpAddress::parse(text);
}

// One of each: libnftnl numbers elements as it writes them, and reads them only with the number that the
// kernel gives to all.
const Unaccepted kSome{{ip("192.0.2.100"), ip("2001:db8::100")}, {{"a-long-name-123", ip("fe80::100")}}};

UnacceptedHearing told(const std::vector<NftMessage>& messages) {
  UnacceptedHearing hearing;
  for (const auto& message : messages) EXPECT_TRUE(hearing.hear(message));
  return hearing;
}

TEST(UnacceptedCodec, WhatIsSaidIsHeard) {
  EXPECT_EQ(told(encode_unaccepted(kSome)).table(), (UnacceptedTable{true, true, kSome}));
  EXPECT_EQ(told(encode_unaccepted({})).table(), (UnacceptedTable{true, true, {}}));
  EXPECT_EQ(UnacceptedHearing().table(), std::nullopt);
}

TEST(UnacceptedCodec, TenThousandAddressesAreSaid) {
  Unaccepted many;
  for (std::uint32_t i = 0; i < 10'000; ++i) many.addresses.insert(IpAddress::v4(0xC6336400U + i));
  const auto messages = encode_unaccepted(many);
  EXPECT_EQ(messages.size(), encode_unaccepted({}).size() + 50);
  for (const auto& message : messages) EXPECT_LT(message.size(), 64U << 10U);
}

TEST(UnacceptedCodec, MissesWhatSomebodyTookAway) {
  const auto all = encode_unaccepted(kSome);
  for (std::size_t gone = 0; gone < all.size(); ++gone) {
    auto rest = all;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(gone));
    EXPECT_NE(told(rest).table(), (UnacceptedTable{true, true, kSome})) << gone;
  }
}

// A rule that accepts everything before ours, or ours once more.
TEST(UnacceptedCodec, SeesWhatIsThereBesideAndInAnotherOrder) {
  const auto all = encode_unaccepted({});
  ASSERT_EQ(all.size(), 9U);  // a table, three sets, a chain, four rules
  auto twice = all;
  twice.push_back(all.back());
  EXPECT_FALSE(told(twice).table()->whole);
  auto swapped = all;
  std::swap(swapped[5], swapped[8]);
  EXPECT_FALSE(told(swapped).table()->whole);
}

TEST(UnacceptedCodec, RefusesEveryTruncation) {
  for (const auto& message : encode_unaccepted(kSome))
    for (std::size_t length = 0; length < message.size(); ++length) {
      UnacceptedHearing hearing;
      const auto* data = message.data();
      const std::vector<std::uint8_t> cut(data, data + length);
      EXPECT_FALSE(hearing.hear(cut)) << length;
    }
}

TEST(UnacceptedCodec, KnowsItsTableFromNetds) {
  EXPECT_TRUE(is_about(kUnacceptedTable, encode_delete_unaccepted().front()));
  EXPECT_FALSE(is_about(kUnacceptedTable, encode_delete().front()));
  EXPECT_FALSE(is_about_our_table(encode_delete_unaccepted().front()));
  EXPECT_EQ(told(encode_make({})).table(), std::nullopt);
}

}  // namespace
}  // namespace hawser::nl
