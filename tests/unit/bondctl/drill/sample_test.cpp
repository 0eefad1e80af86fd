// What probes say: outage, loss, direction.
#include "bondctl/drill/sample.h"

#include <gtest/gtest.h>

#include "tests/unit/bondctl/drill/site.h"

namespace hawser::bondctl::drill {
namespace {

const Window kSecond{kStart, kStart + 1s};

TEST(DrillSample, WhatIsLostIsLostWhereItWasSeenLast) {
  auto probes = answered(kStart, 1000);
  lose(probes, 100, 50, Fate::kNeverLeft);
  lose(probes, 150, 2, Fate::kNoAnswer);
  lose(probes, 152, 3, Fate::kNotPassed);
  const auto cost = cost_of(probes, kSecond, "eth0");
  EXPECT_EQ(cost.sent, 1000U);
  EXPECT_EQ(cost.never_left, 50U);
  EXPECT_EQ(cost.no_answer, 2U);
  EXPECT_EQ(cost.not_passed, 3U);
  EXPECT_EQ(cost.lost(), 55U);
}

TEST(DrillSample, AnOutageIsFromTheFirstLostToTheNextAnswered) {
  auto probes = answered(kStart, 1000);
  lose(probes, 100, 52, Fate::kNoAnswer);
  lose(probes, 500, 10, Fate::kNoAnswer);
  const auto cost = cost_of(probes, kSecond, "eth0");
  EXPECT_EQ(cost.outage, 52ms) << "the longest";
  EXPECT_EQ(cost.outage_from, kStart + 100ms);
}

TEST(DrillSample, AnOutageThatIsNotOverCountsToTheWindowsEnd) {
  auto probes = answered(kStart, 1000);
  lose(probes, 900, 100, Fate::kNoAnswer);
  EXPECT_EQ(cost_of(probes, kSecond, "eth0").outage, 100ms);
}

TEST(DrillSample, NothingLostIsNoOutageThoughAnswersComeSeldom) {
  const std::vector<Probe> probes{answered(kStart, 1).front(), answered(kStart + 400ms, 1).front()};
  const auto cost = cost_of(probes, kSecond, "eth0");
  EXPECT_EQ(cost.outage, 0ms);
  EXPECT_EQ(cost.lost(), 0U);
}

TEST(DrillSample, EachDirectionHasItsOwnSilence) {
  auto probes = answered(kStart, 1000);
  lose(probes, 100, 50, Fate::kNeverLeft);
  lose(probes, 150, 30, Fate::kNoAnswer);
  const auto cost = cost_of(probes, kSecond, "eth0");
  EXPECT_EQ(cost.silent_out, 51ms);
  EXPECT_EQ(cost.silent_in, 81ms);
}

TEST(DrillSample, OnlyProbesSentInTheWindowCount) {
  auto probes = answered(kStart, 1000);
  lose(probes, 100, 50, Fate::kNoAnswer);
  EXPECT_EQ(cost_of(probes, {kStart + 120ms, kStart + 130ms}, "eth0").lost(), 10U);
  EXPECT_EQ(cost_of(probes, {kStart + 500ms, kStart + 1s}, "eth0").lost(), 0U);
  EXPECT_EQ(cost_of({}, kSecond, "eth0").sent, 0U);
}

TEST(DrillSample, TheFlowMovedWhenAProbeFirstLeftByAnotherPort) {
  auto probes = answered(kStart - 100ms, 200);
  lose(probes, 100, 50, Fate::kNeverLeft);
  for (std::size_t number = 150; number < 200; ++number) probes[number].out = "eth1";
  EXPECT_EQ(cost_of(probes, kSecond, "eth0").moved, kStart + 50ms + 10us);
  EXPECT_EQ(cost_of(probes, kSecond, "eth7").moved, std::nullopt) << "it carried nothing";
}

TEST(DrillSample, APortCarriesIfProbesWentByItJustBefore) {
  const auto probes = answered(kStart - 100ms, 100, "eth1");
  EXPECT_TRUE(carried_by(probes, kStart, "eth1"));
  EXPECT_FALSE(carried_by(probes, kStart, "eth0"));
  EXPECT_FALSE(carried_by(probes, kStart + 1s, "eth1"));
}

TEST(DrillSample, TheTargetAnswersIfNearlyAllOfLateIsAnsweredButForWhatIsOnItsWay) {
  auto probes = answered(kStart, 1000);
  lose(probes, 850, 150, Fate::kNoAnswer);
  EXPECT_TRUE(is_answered(probes, kStart + 1s));
  lose(probes, 600, 20, Fate::kNoAnswer);
  EXPECT_FALSE(is_answered(probes, kStart + 1s)) << "20 of 300";
  EXPECT_FALSE(is_answered({}, kStart));
}

}  // namespace
}  // namespace hawser::bondctl::drill
