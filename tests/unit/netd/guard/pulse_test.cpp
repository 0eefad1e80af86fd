#include "netd/guard/pulse.h"

#include <gtest/gtest.h>

namespace hawser::netd {
namespace {

constexpr TimePoint kStart{std::chrono::hours{1}};

TEST(GuardPulse, AsksAgainOnlyOnceItWasAnswered) {
  Pulse pulse;
  EXPECT_EQ(pulse.beat(kStart), Pulse::Next::kAsk);
  EXPECT_EQ(pulse.beat(kStart + Pulse::kEvery), Pulse::Next::kWait);
  pulse.heard();
  EXPECT_EQ(pulse.beat(kStart + 2 * Pulse::kEvery), Pulse::Next::kAsk);
}

TEST(GuardPulse, GivesUpOnWhoDoesNotAnswerForLong) {
  Pulse pulse;
  (void)pulse.beat(kStart);
  EXPECT_EQ(pulse.beat(kStart + Pulse::kPatience - Milliseconds{1}), Pulse::Next::kWait);
  EXPECT_EQ(pulse.beat(kStart + Pulse::kPatience), Pulse::Next::kGiveUp);
}

TEST(GuardPulse, WaitsForWhoAnswersLateAndIsAskedAnew) {
  Pulse pulse;
  for (int i = 0; i < 10; ++i) {
    const auto asked = kStart + i * Pulse::kPatience;
    EXPECT_EQ(pulse.beat(asked), Pulse::Next::kAsk) << i;
    EXPECT_EQ(pulse.beat(asked + Pulse::kPatience - Milliseconds{1}), Pulse::Next::kWait) << i;
    pulse.heard();
  }
}

}  // namespace
}  // namespace hawser::netd
