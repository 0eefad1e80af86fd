#include "vipd/addresses/secondaries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

constexpr IfIndex kFront{5};
constexpr IfIndex kBack{6};

TEST(Secondaries, AreAtStakeWhereAnIpv4AddressHasASubnet) {
  EXPECT_TRUE(has_secondaries(*Prefix::parse("192.0.2.100/24")));
  EXPECT_FALSE(has_secondaries(*Prefix::parse("192.0.2.100")));
  EXPECT_FALSE(has_secondaries(*Prefix::parse("2001:db8::1/64")));
}

class Home : public testing::Test {
 protected:
  Picture picture;
  const std::vector<IpAddress> own{IpAddress::v4(192, 0, 2, 11), IpAddress::v4(198, 51, 100, 11)};
  void SetUp() override { picture.link_is(kFront, {"front", true, true, {}}); }
  void add(const char* prefix, std::uint8_t protocol = 0) {
    picture.address_is(kFront, *Prefix::parse(prefix), {protocol});
  }
  [[nodiscard]] bool has(const char* prefix) const {
    config::Vip vip;
    vip.addresses = {{*Prefix::parse("203.0.113.1"), "front"}, {*Prefix::parse(prefix), "front"}};
    return !home_awaited(picture, own, vip);
  }
};

TEST_F(Home, IsWaitedForWhereTheFileNamesAnAddressThatHasNotCome) {
  EXPECT_FALSE(has("192.0.2.100/24"));
  add("198.51.100.11/24");
  EXPECT_FALSE(has("192.0.2.100/24")) << "of another network";
  add("192.0.2.101/24", static_cast<std::uint8_t>(Owner::kVipd));
  EXPECT_FALSE(has("192.0.2.100/24")) << "another floating one is none of the host's own";
  EXPECT_TRUE(has("192.0.2.101/24")) << "what is there already waits for nothing";
  add("192.0.2.15/24");
  EXPECT_TRUE(has("192.0.2.100/24")) << "whichever it is";
}

TEST_F(Home, IsNotWaitedForWhereTheFileNamesNoneOrTheAddressHasNoSubnet) {
  EXPECT_TRUE(has("203.0.113.100/24")) << "a network that only floating addresses are in";
  EXPECT_TRUE(has("192.0.2.100/32"));
  EXPECT_TRUE(has("2001:db8::100/64"));
  EXPECT_TRUE(has("192.0.2.11/30")) << "the owner's own";
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

}  // namespace
}  // namespace hawser::vipd
