#include "vipd/addresses/secondaries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "lib/netlink/secondaries_codec.h"

namespace hawser::vipd {
namespace {

constexpr IfIndex kFront{5};
constexpr IfIndex kBack{6};

TEST(Secondaries, AreAtStakeWhereAnIpv4AddressHasASubnet) {
  EXPECT_TRUE(has_secondaries(*Prefix::parse("192.0.2.100/24")));
  EXPECT_FALSE(has_secondaries(*Prefix::parse("192.0.2.100")));
  EXPECT_FALSE(has_secondaries(*Prefix::parse("2001:db8::1/64")));
}

TEST(Secondaries, ALinkThatDoesNotPromoteIsJournalledAndSet) {
  EXPECT_EQ(promotions({}, {"front"}, {{kFront, "front", false}}), (Promotions{{kFront}, {kFront}, {}}));
}

TEST(Secondaries, ALinkThatPromotesAlreadyIsNoneOfOurBusiness) {
  EXPECT_EQ(promotions({}, {"front"}, {{kFront, "front", true}}), Promotions{});
  EXPECT_EQ(promotions({}, {}, {{kFront, "front", true}}), Promotions{}) << "nor when nobody wants it";
}

TEST(Secondaries, WhatWasSetStaysInTheJournalAndIsSetAgainWhereSomebodyUndidIt) {
  EXPECT_EQ(promotions({kFront}, {"front"}, {{kFront, "front", true}}), (Promotions{{kFront}, {}, {}}));
  EXPECT_EQ(promotions({kFront}, {"front"}, {{kFront, "front", false}}),
            (Promotions{{kFront}, {kFront}, {}}));
}

TEST(Secondaries, WhatIsNotWantedAnyMoreIsRestoredUnderWhateverName) {
  EXPECT_EQ(promotions({kFront}, {}, {{kFront, "lan0", true}}), (Promotions{{}, {}, {kFront}}));
  EXPECT_EQ(promotions({kFront}, {"front"}, {{kFront, "lan0", true}, {kBack, "front", false}}),
            (Promotions{{kBack}, {kBack}, {kFront}}));
}

TEST(Secondaries, ALinkThatIsGoneLeavesTheJournal) {
  EXPECT_EQ(promotions({kFront}, {"front"}, {}), Promotions{});
}

// RTM_NEWLINK with the array of settings as the kernel has it (inet_fill_link_af).
TEST(SecondariesCodec, ReadsTheSettingOutOfTheArray) {
  const auto decoded = [](std::uint32_t value) {
    nl::Message message{RTM_NEWLINK, 0};
    ifinfomsg fixed{};
    fixed.ifi_index = 5;
    message.header(fixed);
    message.text(IFLA_IFNAME, "front");
    Writer settings;
    for (int number = 1; number <= IPV4_DEVCONF_MAX; ++number)
      settings.native(number == IPV4_DEVCONF_PROMOTE_SECONDARIES ? value : std::uint32_t{1 - value});
    message.nest(IFLA_AF_SPEC,
                 [&] { message.nest(AF_INET, [&] { message.bytes(IFLA_INET_CONF, settings.bytes()); }); });
    auto rest = message.bytes();
    return nl::decode_secondaries(*nl::next_message(rest));
  };
  EXPECT_EQ(*decoded(1), (nl::DecodedSecondaries{kFront, "front", true}));
  EXPECT_EQ(*decoded(0), (nl::DecodedSecondaries{kFront, "front", false}));
}

TEST(SecondariesCodec, WritesTheSettingAsAnAttribute) {
  const auto message = nl::encode_promote_secondaries(kFront, true);
  const auto bytes = message.bytes();
  // Lengths and types of IFLA_AF_SPEC, AF_INET, IFLA_INET_CONF (each nested), then number 20 with value 1.
  const Bytes expected{20, 0, IFLA_AF_SPEC, 0x80, 16, 0, AF_INET, 0x80, 12, 0, IFLA_INET_CONF, 0x80,
                       8,  0, 20,           0,    1,  0, 0,       0};
  EXPECT_EQ(Bytes(bytes.end() - 20, bytes.end()), expected);
}

}  // namespace
}  // namespace hawser::vipd
