#include "tests/support/overlap.h"

#include <vector>

#include <gtest/gtest.h>

namespace hawser::lab {
namespace {

// Each of these hosts answers once in 10 ms.
struct Tenure {
  const char* host;
  std::chrono::milliseconds from, to;
};

std::vector<Answer> answers(const std::vector<Tenure>& tenures) {
  std::vector<Answer> result;
  for (const auto& [host, from, to] : tenures)
    for (auto at = from; at <= to; at += 10ms) result.push_back({1h + at, host});
  return result;
}

TEST(Overlap, NobodyOrOneHostIsNone) {
  EXPECT_EQ(longest_overlap({}), 0ms);
  EXPECT_EQ(longest_overlap(answers({{"lb1", 0ms, 5000ms}})), 0ms);
}

TEST(Overlap, AHandoverWithAPauseOrWithoutOneIsNone) {
  EXPECT_EQ(longest_overlap(answers({{"lb1", 0ms, 1000ms}, {"lb2", 4600ms, 9000ms}})), 0ms);
  EXPECT_EQ(longest_overlap(answers({{"lb1", 0ms, 1000ms}, {"lb2", 1010ms, 2000ms}})), 0ms);
}

TEST(Overlap, IsFromTheFirstAnswerOfTheSecondToTheLastOfTheFirst) {
  EXPECT_EQ(longest_overlap(answers({{"lb1", 0ms, 1000ms}, {"lb2", 700ms, 2000ms}})), 300ms);
  EXPECT_EQ(longest_overlap(answers({{"lb2", 700ms, 2000ms}, {"lb1", 0ms, 1000ms}})), 300ms)
      << "in whatever order they are told";
}

TEST(Overlap, OneThatAnswersForAWhileBesideAnotherCountsWhole) {
  EXPECT_EQ(longest_overlap(answers({{"lb1", 0ms, 5000ms}, {"lb2", 700ms, 2000ms}})), 1300ms);
}

TEST(Overlap, AnAnswerNowAndThenIsAnsweringAllTheWhile) {
  const std::vector<Answer> lossy{{0ms, "lb1"},   {10ms, "lb2"},   {400ms, "lb1"},
                                  {500ms, "lb2"}, {800ms, "lb1"},  {900ms, "lb2"},
                                  {910ms, "lb2"}, {1000ms, "lb1"}, {1010ms, "lb2"}};
  EXPECT_EQ(longest_overlap(lossy), 990ms);
}

TEST(Overlap, WhoWasSilentForLongerHasStopped) {
  const auto there_and_back = answers(
      {{"lb1", 0ms, 1000ms}, {"lb2", 950ms, 9000ms}, {"lb1", 8800ms, 12000ms}, {"lb2", 11990ms, 13000ms}});
  EXPECT_EQ(longest_overlap(there_and_back), 200ms) << "and not from 950 ms to 9 s";
}

TEST(Overlap, OfThreeAnyTwoCount) {
  EXPECT_EQ(longest_overlap(answers({{"lb1", 0ms, 1000ms}, {"lb2", 900ms, 2000ms}, {"lb3", 1600ms, 3000ms}})),
            400ms);
}

}  // namespace
}  // namespace hawser::lab
