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
