#include "netd/condition_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::netd {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const Finding kOk{"bond0", Condition::kOk, "active port eth0"};
const Finding kOneOut{"bond0", Condition::kDegraded, "eth0 has no carrier"};
const Finding kBothOut{"bond0", Condition::kDead, "no port has a carrier (eth0, eth1)"};

class Conditions : public testing::Test {
 protected:
  // What is said by the time that the state has lasted.
  std::vector<std::string> lasting(const std::vector<Finding>& states) {
    auto lines = said(states);
    now += ConditionLog::kLasts;
    for (auto& line : said(states)) lines.push_back(std::move(line));
    return lines;
  }
  std::vector<std::string> said(const std::vector<Finding>& states) {
    std::vector<std::string> lines;
    for (const auto& line : log.update(states, now)) lines.push_back(line_of(line));
    return lines;
  }

  ConditionLog log;
  TimePoint now{seconds{1000}};
};

TEST_F(Conditions, ThatAreGoodFromTheStartAreNothingToSay) {
  EXPECT_THAT(lasting({kOk}), IsEmpty());
  EXPECT_EQ(log.due(), TimePoint::max());
}

TEST_F(Conditions, AreSaidOnceForEachChange) {
  lasting({kOk});
  EXPECT_THAT(lasting({kOneOut}), ElementsAre("bond0: degraded: eth0 has no carrier"));
  EXPECT_THAT(lasting({kOneOut}), IsEmpty());
  EXPECT_THAT(lasting({kBothOut}), ElementsAre("bond0: dead: no port has a carrier (eth0, eth1)"));
  EXPECT_THAT(lasting({kOk}), ElementsAre("bond0: ok again: active port eth0"));
}

TEST_F(Conditions, ThatArePassedThroughAreNotSaid) {
  lasting({kOk});
  EXPECT_THAT(said({kBothOut}), IsEmpty());
  EXPECT_EQ(log.due(), now + ConditionLog::kLasts);
  now += milliseconds{100};
  EXPECT_THAT(lasting({kOk}), IsEmpty());
}

TEST_F(Conditions, ThatGoToAndFroAreDampedAndTheLastWordIsSaid) {
  lasting({kOk});
  std::vector<std::string> lines;
  for (int i = 0; i < 100; ++i)
    for (auto& line : lasting({i % 2 == 0 ? kOneOut : kOk})) lines.push_back(std::move(line));
  EXPECT_LE(lines.size(), 12U);
  now += seconds{3600};
  for (auto& line : said({kOk})) lines.push_back(std::move(line));
  EXPECT_THAT(lines.back(), testing::StartsWith("bond0: ok again"));
}

TEST_F(Conditions, AnotherActivePortIsNotTheirNews) {
  lasting({kOk});
  EXPECT_THAT(lasting({{"bond0", Condition::kOk, "active port eth1"}}), IsEmpty());
}

TEST_F(Conditions, OfABondThatLeftTheFileAreForgotten) {
  lasting({kOneOut});
  EXPECT_THAT(lasting({}), IsEmpty());
  EXPECT_EQ(log.due(), TimePoint::max());
}

TEST_F(Conditions, AreWarningsUntilTheyAreGoodAgain) {
  log.update({kOneOut}, now);
  now += ConditionLog::kLasts;
  EXPECT_EQ(log.update({kOneOut}, now).at(0).level, Level::kWarning);
  log.update({kOk}, now);
  now += ConditionLog::kLasts;
  EXPECT_EQ(log.update({kOk}, now).at(0).level, Level::kInfo);
}

}  // namespace
}  // namespace hawser::netd
