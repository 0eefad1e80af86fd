#include "vipd/daemon/waking_clock.h"

#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;

TEST(WakingClock, GoesOnWhileTheMachineSleeps) {
  WakingClock clock;
  const auto awake = WakingClock::ahead();
  const TimePoint steady{1000s};
  EXPECT_EQ(clock.now(steady, awake + 1us), steady) << "the two are read one after the other";
  EXPECT_EQ(clock.timer(steady + 5s), steady + 5s);
  EXPECT_GE(clock.now(steady, awake + 60s), steady + 59s);
  EXPECT_LE(clock.now(steady, awake + 60s), steady + 61s);
}

TEST(WakingClock, TimersFireWhenItSaysSo) {
  WakingClock clock;
  const TimePoint steady{1000s};
  const auto slept = clock.now(steady, WakingClock::ahead() + 60s) - steady;
  EXPECT_EQ(clock.timer(steady + slept + 5s), steady + 5s);
  EXPECT_EQ(clock.timer(TimePoint::max()), TimePoint::max()) << "never";
}

TEST(WakingClock, IsTheSteadyClockOnAMachineThatIsAwake) {
  WakingClock clock;
  const auto before = std::chrono::steady_clock::now();
  const auto now = clock.now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, std::chrono::steady_clock::now());
}

}  // namespace
}  // namespace hawser::vipd
