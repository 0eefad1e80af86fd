#include "lib/daemon/daemon_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser {
namespace {

struct Problem {
  int line;
};
std::string to_string(const Problem& problem) {
  return "hawser.toml:" + std::to_string(problem.line) + ":1: vip.web.priority: must be 1 to 255";
}

std::vector<std::string> told(std::size_t count) {
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < count; ++i) problems.push_back({static_cast<int>(i)});
  std::vector<std::string> lines;
  tell_problems([&](const Event& event) { lines.push_back(line_of(event)); }, Level::kWarning, problems);
  return lines;
}

TEST(ProblemEvents, AreOneForEachProblemOfAFile) {
  EXPECT_THAT(told(1), testing::ElementsAre("hawser.toml:0:1: vip.web.priority: must be 1 to 255"));
  EXPECT_EQ(told(kMostProblems).size(), kMostProblems);
}

// They would wash out of the ring whatever happened before.
TEST(ProblemEvents, OfThousandsAreTheFirstAndTheNumberOfTheOthers) {
  const auto lines = told(9750);
  ASSERT_EQ(lines.size(), kMostProblems + 1);
  EXPECT_EQ(lines.back(), "and 9730 more problems: check says them all");
}

TEST(LastGoodEvent, NamesTheFileTheNodeAndTheProblem) {
  EXPECT_EQ(line_of(last_good_event("a.toml", "", "")), "a.toml: broken: the last good file is in use");
  EXPECT_EQ(line_of(last_good_event("a.toml", "lb1", "a.toml:1:1: what")),
            "a.toml: broken: the last good file is in use, as node lb1: a.toml:1:1: what");
}

}  // namespace
}  // namespace hawser
