#include "vipd/provider/fence.h"

#include <random>

#include <gtest/gtest.h>

namespace hawser::vipd::provider {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{100h};

Answer of(Meaning meaning, Milliseconds wait = {}) {
  return {meaning, {}, "in words", wait};
}
Fence fencing(Power power, std::string how = "", Milliseconds patience = 10min) {
  return Fence({"lb1", std::move(how), patience}, power);
}
bool asks(const FenceOrder& order, Ask what) {
  const auto* ask = std::get_if<Ask>(&order);
  return ask != nullptr && *ask == what;
}
bool waits(const FenceOrder& order) {
  return std::holds_alternative<FenceWait>(order);
}
bool ended(const FenceOrder& order, Fenced fenced) {
  const auto* end = std::get_if<FenceEnd>(&order);
  return end != nullptr && end->fenced == fenced;
}

TEST(ProviderFence, OffIsWhatIsReadToBeOff) {
  auto fence = fencing(Power::kRead);
  EXPECT_TRUE(asks(fence.begin(kStart), Ask::kPowerOff));
  EXPECT_TRUE(asks(fence.heard(of(Meaning::kDone), kStart, 0), Ask::kPower));
  EXPECT_TRUE(ended(fence.heard(of(Meaning::kOff), kStart, 0), Fenced::kOff));
}

TEST(ProviderFence, WhereNobodyCanBeAskedTheAnswerIsAllThereIs) {
  auto fence = fencing(Power::kReset);
  (void)fence.begin(kStart);
  EXPECT_TRUE(ended(fence.heard(of(Meaning::kDone), kStart, 0), Fenced::kUnconfirmed));
}

TEST(ProviderFence, OneThatIsStillOnIsAskedAgainBeforeItIsSwitchedOffAgain) {
  auto fence = fencing(Power::kRead);
  (void)fence.begin(kStart);
  (void)fence.heard(of(Meaning::kDone), kStart, 0);
  EXPECT_TRUE(waits(fence.heard(of(Meaning::kOn), kStart, 0)));
  EXPECT_TRUE(asks(fence.waited(), Ask::kPower));
  EXPECT_TRUE(asks(fence.heard(of(Meaning::kOn), kStart, 0), Ask::kPowerOff));
}

TEST(ProviderFence, WhatIsUnknownOrLockedIsAskedWhereThatCanBe) {
  for (const auto meaning : {Meaning::kUnknown, Meaning::kBusy}) {
    auto fence = fencing(Power::kRead);
    (void)fence.begin(kStart);
    EXPECT_TRUE(waits(fence.heard(of(meaning), kStart, 0)));
    EXPECT_TRUE(asks(fence.waited(), Ask::kPower));
    EXPECT_TRUE(ended(fence.heard(of(Meaning::kOff), kStart, 0), Fenced::kOff)) << "it happened after all";
  }
}

TEST(ProviderFence, WhereItCannotItIsResetAgain) {
  for (const auto meaning : {Meaning::kUnknown, Meaning::kBusy}) {
    auto fence = fencing(Power::kReset, "hw");
    (void)fence.begin(kStart);
    EXPECT_TRUE(waits(fence.heard(of(meaning), kStart, 0)));
    EXPECT_TRUE(asks(fence.waited(), Ask::kPowerOff));
  }
}

// A second press would switch on what the first one switched off.
TEST(ProviderFence, APressOfThePowerButtonIsNotRepeatedWhenNobodyKnows) {
  auto fence = fencing(Power::kReset, "power");
  (void)fence.begin(kStart);
  const auto order = fence.heard(of(Meaning::kUnknown), kStart, 0);
  ASSERT_TRUE(ended(order, Fenced::kNo));
  EXPECT_TRUE(std::get<FenceEnd>(order).may_have);
  auto unreached = fencing(Power::kReset, "power");
  (void)unreached.begin(kStart);
  EXPECT_TRUE(waits(unreached.heard(of(Meaning::kUnreached), kStart, 0))) << "that one was not pressed";
}

TEST(ProviderFence, WhatIsRefusedIsNotSentAgain) {
  for (const auto meaning : {Meaning::kRefused, Meaning::kDenied}) {
    auto fence = fencing(Power::kRead);
    (void)fence.begin(kStart);
    const auto order = fence.heard(of(meaning), kStart, 0);
    ASSERT_TRUE(ended(order, Fenced::kNo));
    EXPECT_FALSE(std::get<FenceEnd>(order).may_have);
  }
}

TEST(ProviderFence, WaitsAreNoShorterThanTheProviderSaysAndEndWithThePatience) {
  auto fence = fencing(Power::kRead, "", 1min);
  (void)fence.begin(kStart);
  EXPECT_EQ(std::get<FenceWait>(fence.heard(of(Meaning::kLimited, 40s), kStart, 0)).length, 40s);
  EXPECT_TRUE(asks(fence.waited(), Ask::kPowerOff));
  EXPECT_TRUE(ended(fence.heard(of(Meaning::kLimited, 40s), kStart + 40s, 0), Fenced::kNo));
  auto hasty = fencing(Power::kRead, "", 0ms);
  (void)hasty.begin(kStart);
  const auto order = hasty.heard(of(Meaning::kUnknown), kStart, 0);
  ASSERT_TRUE(ended(order, Fenced::kNo));
  EXPECT_TRUE(std::get<FenceEnd>(order).may_have);
}

// --- a server whose provider does anything ---

struct Machine {
  explicit Machine(unsigned seed) : random(seed), trouble(int(seed % 40)) {}

  std::mt19937 random;
  int trouble;  // calls that go wrong before it heals
  bool on = true;
  bool going_off = false;  // later
  int calls = 0;

  bool chance(int percent) { return int(random() % 100) < percent; }

  Answer call(Ask ask) {
    ++calls;
    if (going_off && chance(50)) on = going_off = false;
    if (trouble-- > 0) {
      constexpr std::array kTrouble{Meaning::kBusy, Meaning::kUnknown, Meaning::kUnreached,
                                    Meaning::kLimited};
      const auto meaning = kTrouble[random() % kTrouble.size()];
      if (ask == Ask::kPowerOff && meaning == Meaning::kUnknown && chance(50)) going_off = true;
      if (chance(10)) on = true;  // a person
      return of(meaning);
    }
    if (ask == Ask::kPower) return of(on ? Meaning::kOn : Meaning::kOff);
    going_off = true;
    return of(Meaning::kDone);
  }
};

TEST(ProviderFenceProperty, EndsOnceTheProviderHealsAndNeverSaysOffOfAServerThatIsOn) {
  for (unsigned seed = 0; seed < 5000; ++seed) {
    Machine machine(seed);
    auto fence = fencing(seed % 3 == 0 ? Power::kReset : Power::kRead, "hw", 100h);
    auto now = kStart;
    auto order = fence.begin(now);
    while (!std::holds_alternative<FenceEnd>(order)) {
      ASSERT_LT(machine.calls, 200) << "seed " << seed;
      if (const auto* wait = std::get_if<FenceWait>(&order)) {
        ASSERT_GT(wait->length, 0ms) << "seed " << seed;
        now += wait->length;
        order = fence.waited();
        continue;
      }
      const auto answer = machine.call(std::get<Ask>(order));
      order = fence.heard(answer, now, double(machine.random() % 1000) / 1000);
    }
    const auto& end = std::get<FenceEnd>(order);
    EXPECT_NE(end.fenced, Fenced::kNo) << "seed " << seed;
    EXPECT_FALSE(end.fenced == Fenced::kOff && machine.on) << "seed " << seed;
  }
}

}  // namespace
}  // namespace hawser::vipd::provider
