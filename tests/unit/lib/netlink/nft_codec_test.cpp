// Our nftables table as bytes. That the kernel and nft(8) take them as meant is in tests/contract.
#include "lib/netlink/nft_codec.h"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

namespace hawser::nl {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Marked ports(const std::string& address, std::uint16_t first, std::uint16_t last,
             Transport transport = Transport::kTcp) {
  return {transport, *IpAddress::parse(address), first, last};
}

const NftContents kMarks{{{ports("192.0.2.100", 8000, 8099), {0x10000007, "web"}},
                          {ports("2001:db8::100", 53, 53, Transport::kUdp), {0x10000008, ""}}}};

const NftContents kWithNat{kMarks.marks,
                           {{ports("192.0.2.100", 80, 80), "web"}, {ports("2001:db8::100", 0, 65535), ""}}};

int type_of(const NftMessage& message) {
  return message.at(4);  // NFT_MSG_*; the next byte is the subsystem
}

NftHearing heard(const std::vector<NftMessage>& messages) {
  NftHearing hearing;
  for (const auto& message : messages) EXPECT_TRUE(hearing.hear(message));
  return hearing;
}

TEST(NftCodec, WhatIsSaidIsHeard) {
  EXPECT_EQ(heard(encode_make(kMarks)).table(), (NftTable{true, true, kMarks}));
  EXPECT_EQ(heard(encode_make({})).table(), (NftTable{true, true, {}}));
  EXPECT_EQ(heard(encode_make(kWithNat)).table(), (NftTable{true, true, kWithNat}));
  EXPECT_EQ(heard(encode_make({{}, kWithNat.nats})).table(), (NftTable{true, true, {{}, kWithNat.nats}}));
  EXPECT_EQ(NftHearing().table(), std::nullopt);
}

TEST(NftCodec, SaysAnElementByteForByte) {
  const auto made = encode_change({}, {{{ports("192.0.2.100", 8000, 8099), {0x10000007, "w"}}}});
  ASSERT_THAT(made, SizeIs(1));
  const auto& message = made.front();
  const std::vector<std::uint8_t> first{6, 0, 0, 0, 192, 0, 2, 100, 0x1f, 0x40, 0, 0};
  const std::vector<std::uint8_t> last{6, 0, 0, 0, 192, 0, 2, 100, 0x1f, 0xa3, 0, 0};
  const std::vector<std::uint8_t> comment{0, 2, 'w', 0};  // NFTNL_UDATA_SET_ELEM_COMMENT
  for (const auto& part : {first, last, comment})
    EXPECT_NE(std::ranges::search(message, part).begin(), message.end());
  EXPECT_EQ(type_of(message), NFT_MSG_NEWSETELEM);
}

TEST(NftCodec, ChangesOnlyWhatDiffersAndRemovesBeforeItAdds) {
  EXPECT_THAT(encode_change(kMarks, kMarks), IsEmpty());
  auto to = kMarks;
  to.marks[ports("192.0.2.100", 8000, 8099)].mark = 9;
  const auto changed = encode_change(kMarks, to);
  ASSERT_THAT(changed, SizeIs(2));
  EXPECT_EQ(type_of(changed[0]), NFT_MSG_DELSETELEM);
  EXPECT_EQ(type_of(changed[1]), NFT_MSG_NEWSETELEM);
}

TEST(NftCodec, MissesWhatSomebodyTookAway) {
  for (const auto& contents : {kMarks, kWithNat}) {
    const auto all = encode_make(contents);
    for (std::size_t gone = 0; gone < all.size(); ++gone) {
      auto rest = all;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(gone));
      EXPECT_NE(heard(rest).table(), (NftTable{true, true, contents})) << gone;
    }
  }
}

// The chain of NAT brings connection tracking to the whole host.
TEST(NftCodec, MakesNothingOfSourceNatForNothing) {
  for (const auto& message : encode_make(kMarks)) {
    const std::string_view name = "source_nat";
    EXPECT_EQ(std::ranges::search(message, name).begin(), message.end());
  }
}

// Its elements were taken away, its chain is still there: not whole, and so made anew without it.
TEST(NftCodec, SeesAChainOfSourceNatThatServesNobody) {
  auto without_elements = encode_make({{}, {{ports("192.0.2.100", 80, 80), "web"}}});
  without_elements.pop_back();
  EXPECT_EQ(heard(without_elements).table(), (NftTable{true, false, {}}));
}

TEST(NftCodec, SeesWhatIsThereTwice) {
  auto all = encode_make(kMarks);
  for (const auto& message : encode_make({}))
    if (type_of(message) == NFT_MSG_NEWRULE) {
      all.push_back(message);
      break;
    }
  EXPECT_FALSE(heard(all).table()->whole);
}

TEST(NftCodec, RefusesEveryTruncation) {
  for (const auto& message : encode_make(kWithNat))
    for (std::size_t length = 0; length < message.size(); ++length) {
      NftHearing hearing;
      const auto* data = message.data();
      const std::vector<std::uint8_t> cut(data, data + length);
      EXPECT_FALSE(hearing.hear(cut)) << length;
      EXPECT_FALSE(is_about_our_table(cut)) << length;
    }
}

TEST(NftCodec, KnowsItsOwnTableByNameAndFamily) {
  auto message = encode_delete().front();
  EXPECT_TRUE(is_about_our_table(message));
  message.at(sizeof(nlmsghdr)) = 2;  // nfgen_family: ip
  EXPECT_FALSE(is_about_our_table(message));
  EXPECT_FALSE(is_about_our_table(encode_question(NftPart::kChains)));
}

// Its last word is not whole: libnftnl would read on behind the datagram.
TEST(NftCodec, RefusesAMessageThatEndsWithinAWord) {
  for (auto message : encode_make(kWithNat)) {
    const auto length = static_cast<std::uint32_t>(message.size() - 1);
    std::memcpy(message.data(), &length, sizeof length);  // nlmsg_len
    message.resize(length);
    message.shrink_to_fit();  // AddressSanitizer watches its end
    NftHearing hearing;
    EXPECT_FALSE(hearing.hear(message));
    (void)is_about_our_table(message);  // either answer, from these bytes alone
  }
}

}  // namespace
}  // namespace hawser::nl
