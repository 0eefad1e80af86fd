#include "tests/support/samples.h"

#include <gtest/gtest.h>

namespace hawser::lab {
namespace {

const TimePoint kStart{1h};

Sample answered(int at, int after) {
  return {kStart + 1ms * at, kStart + 1ms * (at + after), "web1"};
}
Sample lost(int at) {
  return {kStart + 1ms * at, {}, "timeout"};
}

TEST(Samples, CountLossesAndJoinNeighboursToOneOutage) {
  const std::vector<Sample> samples{answered(0, 1),  lost(10), lost(20),
                                    answered(30, 1), lost(40), answered(50, 1)};
  const Report result = report(samples, kStart, kStart + 60ms);
  EXPECT_EQ(result.sent, 6U);
  EXPECT_EQ(result.lost, 3U);
  const std::vector<Outage> expected{{kStart + 10ms, kStart + 30ms, 2}, {kStart + 40ms, kStart + 50ms, 1}};
  EXPECT_EQ(result.outages, expected);
  EXPECT_EQ(result.longest_outage(kStart + 60ms), 20ms);
  EXPECT_EQ(result.losses.at("timeout"), 3U);
}

TEST(Samples, AnOutageThatDidNotEndCountsUpToTheEndOfTheWindow) {
  const std::vector<Sample> samples{answered(0, 1), lost(10), lost(20)};
  const Report result = report(samples, kStart, kStart + 500ms);
  EXPECT_EQ(result.outages.back().recovered, std::nullopt);
  EXPECT_EQ(result.longest_outage(kStart + 500ms), 490ms);
  EXPECT_EQ(result.longest_gap, 499ms);
}

TEST(Samples, TheGapIsBetweenAnswersEvenWhereNothingWasLost) {
  const std::vector<Sample> samples{answered(0, 5), answered(10, 95), answered(20, 86)};
  const Report result = report(samples, kStart, kStart + 110ms);
  EXPECT_EQ(result.lost, 0U);
  EXPECT_EQ(result.longest_gap, 100ms);
}

TEST(Samples, AnAnswerThatOvertakesAnotherMakesNoNegativeGap) {
  const std::vector<Sample> samples{answered(0, 50), answered(10, 1)};
  EXPECT_EQ(report(samples, kStart, kStart + 50ms).longest_gap, 39ms);
}

TEST(Samples, OnlyThoseSentInTheWindowCount) {
  const std::vector<Sample> samples{lost(0), answered(10, 1), lost(20)};
  const Report result = report(samples, kStart + 10ms, kStart + 20ms);
  EXPECT_EQ(result.sent, 1U);
  EXPECT_EQ(result.lost, 0U);
  EXPECT_EQ(result.answers.at("web1"), 1U);
}

}  // namespace
}  // namespace hawser::lab
