#include "vipd/announce/announcing.h"

#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;

const TimePoint kNow{1000s};

AddressKey address(int number) {
  return {"front", *Prefix::parse(fmt::format("198.51.{}.{}", 100 + number / 256, number % 256))};
}

Shared<config::Announce> with(const config::Announce& how) {
  return Shared(how);
}

Shared<config::Announce> rated(int rate) {
  return with({.rate = rate});
}

TEST(Announcing, GoesAsFastAsItGoesUnlessItIsPaced) {
  Announcing announcing(rated(0));
  for (int i = 1; i < 200; ++i) EXPECT_TRUE(announcing.admits(address(i), kNow));
  EXPECT_EQ(announcing.due(), std::nullopt);
}

// What went out until when, of 200 addresses that were all ready at kNow.
std::vector<TimePoint> paced(int rate) {
  Announcing announcing(rated(rate));
  std::vector<TimePoint> sent;
  for (int i = 1; i <= 200; ++i)
    if (announcing.admits(address(i), kNow)) sent.push_back(kNow);
  while (announcing.due()) {
    const auto now = *announcing.due();
    for (std::size_t left = announcing.next(now).size(); left > 0; --left) sent.push_back(now);
  }
  return sent;
}

TEST(Announcing, SendsNeverMoreInASecondThanItMay) {
  for (const int rate : {1, 7, 50, 100, 150, 1000, 100'000}) {
    const auto sent = paced(rate);
    ASSERT_EQ(sent.size(), 200U) << rate;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      std::size_t within = 0;
      for (auto j = i; j < sent.size() && sent[j] < sent[i] + 1s; ++j) ++within;
      EXPECT_LE(within, static_cast<std::size_t>(rate)) << rate;
    }
  }
  EXPECT_EQ(paced(100).front(), kNow) << "the first at once";
  EXPECT_LE(paced(100).back(), kNow + 2s) << "and no slower than it may";
}

TEST(Announcing, AnAddressThatWaitsIsNotQueuedTwice) {
  Announcing announcing(rated(1));
  EXPECT_TRUE(announcing.admits(address(1), kNow));
  for (int round = 0; round < 3; ++round) EXPECT_FALSE(announcing.admits(address(2), kNow));
  EXPECT_EQ(announcing.next(kNow + 1s), std::vector{address(2)});
  EXPECT_EQ(announcing.due(), std::nullopt);
}

TEST(Announcing, StopsWithTheRoleAndLosesItsPaceWithTheFile) {
  Announcing announcing(rated(1));
  announcing.begin(kNow);
  (void)announcing.admits(address(1), kNow);
  (void)announcing.admits(address(2), kNow);
  (void)announcing.admits(address(3), kNow);
  announcing.change(rated(0));
  EXPECT_EQ(announcing.next(kNow + 1s).size(), 2U);
  announcing.stop();
  EXPECT_EQ(announcing.due(), std::nullopt);
}

TEST(Announcing, ARoleThatComesBackAtOnceIsNoWayAroundThePace) {
  Announcing announcing(rated(1));
  announcing.begin(kNow);
  EXPECT_TRUE(announcing.admits(address(1), kNow));
  EXPECT_FALSE(announcing.admits(address(2), kNow));
  announcing.stop();
  announcing.begin(kNow + 500ms);
  EXPECT_FALSE(announcing.admits(address(1), kNow + 500ms));
  EXPECT_EQ(announcing.due(), kNow + 1s);
}

TEST(Announcing, HasItsRounds) {
  Announcing announcing(with({3, 1s, 60s, 0}));
  announcing.begin(kNow);
  EXPECT_FALSE(announcing.round_begins(kNow + 999ms));
  EXPECT_TRUE(announcing.round_begins(kNow + 1s));
  EXPECT_FALSE(announcing.round_begins(kNow + 1s));
  EXPECT_TRUE(announcing.round_begins(kNow + 2s));
  EXPECT_EQ(announcing.due(), kNow + 62s) << "the refresh";
}

TEST(Announcing, ATakeoverHasARoundWhenWhoLeftAnswersNoMore) {
  Announcing announcing(with({1, 1s, 0s, 0}));
  announcing.begin_takeover(kNow, 110ms);
  EXPECT_EQ(announcing.due(), kNow + 110ms);
  EXPECT_FALSE(announcing.round_begins(kNow + 109ms));
  EXPECT_TRUE(announcing.round_begins(kNow + 110ms));
  EXPECT_FALSE(announcing.round_begins(kNow + 110ms));
  EXPECT_EQ(announcing.due(), std::nullopt);
}

TEST(Announcing, ThatRoundStandsBesideTheOthersUnlessOneOfThemIsThenAnyway) {
  Announcing announcing(with({3, 1s, 0s, 0}));
  announcing.begin_takeover(kNow, 110ms);
  for (const auto at : {110ms, 1000ms, 2000ms}) {
    EXPECT_EQ(announcing.due(), kNow + at);
    EXPECT_TRUE(announcing.round_begins(kNow + at));
  }
  EXPECT_EQ(announcing.due(), std::nullopt);
  announcing.begin_takeover(kNow, 1000ms);
  for (const auto at : {1000ms, 2000ms}) EXPECT_TRUE(announcing.round_begins(kNow + at));
  EXPECT_EQ(announcing.due(), std::nullopt);
}

TEST(Announcing, ThatRoundIsNoneOfADoubtOfOneThatIsOffOrOfOneThatHasLeft) {
  Announcing announcing(with({1, 1s, 0s, 0}));
  announcing.begin(kNow);
  EXPECT_EQ(announcing.due(), std::nullopt);
  announcing.begin_takeover(kNow, 110ms);
  announcing.stop();
  EXPECT_EQ(announcing.due(), std::nullopt);
  Announcing off(with({0, 1s, 0s, 0}));
  off.begin_takeover(kNow, 110ms);
  EXPECT_EQ(off.due(), std::nullopt);
}

TEST(Announcing, ARestartGoesOnWithThatRound) {
  Announcing announcing(with({1, 1s, 0s, 0}));
  announcing.go_on(kNow, kNow + 50ms, 110ms);
  EXPECT_EQ(announcing.due(), kNow + 110ms);
  announcing.go_on(kNow, kNow + 110ms, 110ms);
  EXPECT_EQ(announcing.due(), std::nullopt);
}

TEST(Announcing, WhatAFullQueueKeptBackHasItsTurnInAMoment) {
  Announcing announcing(with({1, 1s, 0s, 0}));
  announcing.begin(kNow);
  for (int i = 0; i < 300; ++i) announcing.postpone(address(i), kNow);
  announcing.postpone(address(0), kNow);
  EXPECT_EQ(announcing.due(), kNow + 10ms);
  EXPECT_TRUE(announcing.next(kNow + 9ms).empty());
  EXPECT_EQ(announcing.next(kNow + 10ms).size(), 256U);
  EXPECT_EQ(announcing.next(kNow + 20ms).size(), 44U);
  EXPECT_EQ(announcing.due(), std::nullopt);
}

TEST(Announcing, AQueueThatStaysFullHasToDoWithTheNextRound) {
  Announcing announcing(with({2, 5s, 0s, 0}));
  announcing.begin(kNow);
  announcing.postpone(address(1), kNow + 999ms);
  EXPECT_EQ(announcing.next(kNow + 2s).size(), 1U);
  announcing.postpone(address(1), kNow + 2s);
  EXPECT_EQ(announcing.due(), kNow + 5s);
  ASSERT_TRUE(announcing.round_begins(kNow + 5s));
  announcing.postpone(address(1), kNow + 5s);
  EXPECT_EQ(announcing.next(kNow + 6s).size(), 1U);
}

TEST(Announcing, IsOffWithoutCountAndRefresh) {
  EXPECT_TRUE(Announcing(with({0, 1s, 0s, 0})).is_off());
  EXPECT_FALSE(Announcing(with({0, 1s, 60s, 0})).is_off());
  EXPECT_FALSE(Announcing(with({1, 1s, 0s, 0})).is_off());
}

}  // namespace
}  // namespace hawser::vipd
