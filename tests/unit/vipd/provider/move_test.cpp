#include "vipd/provider/move.h"

#include <random>

#include <gtest/gtest.h>

namespace hawser::vipd::provider {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{100h};
const std::string kHere = "192.0.2.12";
const std::string kThere = "192.0.2.11";

Answer routed(std::string target) {
  return {Meaning::kRouted, std::move(target), {}, {}};
}
Answer of(Meaning meaning, Milliseconds wait = {}) {
  return {meaning, {}, "in words", wait};
}

Move wanting(Begin begin, Milliseconds patience = 10min, const std::string& target = kHere) {
  return Move({*IpAddress::parse("203.0.113.100"), target, begin, patience},
              [](const std::string& one, const std::string& other) { return one == other; });
}

bool asks(const Order& order, Ask what) {
  const auto* ask = std::get_if<Ask>(&order);
  return ask != nullptr && *ask == what;
}
bool waits(const Order& order) {
  return std::holds_alternative<Wait>(order);
}
bool ended(const Order& order, bool there) {
  const auto* end = std::get_if<End>(&order);
  return end != nullptr && end->there == there;
}

TEST(ProviderMove, WhatIsThereAlreadyIsNotSwitched) {
  auto move = wanting(Begin::kByReading);
  EXPECT_TRUE(asks(move.begin(kStart), Ask::kGet));
  const auto order = move.heard(routed(kHere), kStart, 0);
  EXPECT_TRUE(ended(order, true));
  EXPECT_FALSE(std::get<End>(order).switched);
  EXPECT_EQ(move.switches(), 0U);
}

TEST(ProviderMove, ASwitchCountsWhenItWasRead) {
  auto move = wanting(Begin::kByReading);
  (void)move.begin(kStart);
  EXPECT_TRUE(asks(move.heard(routed(kThere), kStart, 0), Ask::kSet));
  EXPECT_TRUE(asks(move.heard(of(Meaning::kDone), kStart, 0), Ask::kGet));
  const auto order = move.heard(routed(kHere), kStart, 0);
  EXPECT_TRUE(ended(order, true));
  EXPECT_TRUE(std::get<End>(order).switched);
}

TEST(ProviderMove, WhoBecomesActiveSwitchesAtOnce) {
  auto move = wanting(Begin::kBySwitching);
  EXPECT_TRUE(asks(move.begin(kStart), Ask::kSet));
}

TEST(ProviderMove, AlreadyRoutedIsReadToo) {
  auto move = wanting(Begin::kBySwitching);
  (void)move.begin(kStart);
  EXPECT_TRUE(asks(move.heard(of(Meaning::kAlready), kStart, 0), Ask::kGet));
  EXPECT_TRUE(ended(move.heard(routed(kHere), kStart, 0), true));
}

// It may be seen a moment later, and a second switch would cost another 40 seconds.
TEST(ProviderMove, WhatWasAnsweredAsDoneAndIsNotThereIsReadAgainBeforeItIsSwitchedAgain) {
  auto move = wanting(Begin::kBySwitching);
  (void)move.begin(kStart);
  (void)move.heard(of(Meaning::kDone), kStart, 0);
  EXPECT_TRUE(waits(move.heard(routed(kThere), kStart, 0)));
  EXPECT_TRUE(asks(move.waited(), Ask::kGet));
  EXPECT_TRUE(asks(move.heard(routed(kThere), kStart, 0), Ask::kSet));
  EXPECT_EQ(move.switches(), 2U);
}

TEST(ProviderMove, AfterLockedOrUnknownItIsReadFirst) {
  for (const auto meaning : {Meaning::kBusy, Meaning::kUnknown}) {
    auto move = wanting(Begin::kBySwitching);
    (void)move.begin(kStart);
    EXPECT_TRUE(waits(move.heard(of(meaning), kStart, 0)));
    EXPECT_TRUE(asks(move.waited(), Ask::kGet));
    EXPECT_TRUE(ended(move.heard(routed(kHere), kStart, 0), true)) << "it happened after all";
  }
}

TEST(ProviderMove, WhatNeverReachedThemIsSentAgain) {
  auto move = wanting(Begin::kBySwitching);
  (void)move.begin(kStart);
  EXPECT_TRUE(waits(move.heard(of(Meaning::kUnreached), kStart, 0)));
  EXPECT_TRUE(asks(move.waited(), Ask::kSet));
}

TEST(ProviderMove, WhatIsRefusedIsNotSentAgain) {
  for (const auto meaning : {Meaning::kRefused, Meaning::kDenied}) {
    auto move = wanting(Begin::kBySwitching);
    (void)move.begin(kStart);
    const auto order = move.heard(of(meaning), kStart, 0);
    EXPECT_TRUE(ended(order, false));
    EXPECT_FALSE(std::get<End>(order).switched);
  }
}

TEST(ProviderMove, WhatWasLockedOrThereAlreadyIsNoSwitchOfOurs) {
  auto locked = wanting(Begin::kBySwitching, 0ms);
  (void)locked.begin(kStart);
  EXPECT_FALSE(std::get<End>(locked.heard(of(Meaning::kBusy), kStart, 0)).switched);
  auto already = wanting(Begin::kBySwitching);
  (void)already.begin(kStart);
  (void)already.heard(of(Meaning::kAlready), kStart, 0);
  EXPECT_FALSE(std::get<End>(already.heard(routed(kHere), kStart, 0)).switched);
}

TEST(ProviderMove, WaitsAreNoShorterThanTheProviderSaysAndGrow) {
  auto move = wanting(Begin::kByReading);
  (void)move.begin(kStart);
  EXPECT_EQ(std::get<Wait>(move.heard(of(Meaning::kBusy, 10s), kStart, 0)).length, 10s);
  (void)move.waited();
  Milliseconds last{};
  for (int i = 0; i < 3; ++i) {
    const auto order = move.heard(of(Meaning::kUnknown), kStart, 0);
    EXPECT_GE(std::get<Wait>(order).length, last);
    last = std::get<Wait>(order).length;
    (void)move.waited();
  }
  EXPECT_EQ(last, 15s);
  const auto longest = move.heard(of(Meaning::kUnknown), kStart, 0.999);
  EXPECT_GT(std::get<Wait>(longest).length, 29s);
}

TEST(ProviderMove, WhatTakesLongerThanThePatienceEndsItAndSaysWhatMayHaveHappened) {
  auto move = wanting(Begin::kBySwitching, 0ms);
  (void)move.begin(kStart);
  const auto order = move.heard(of(Meaning::kUnknown), kStart, 0);
  ASSERT_TRUE(ended(order, false));
  EXPECT_TRUE(std::get<End>(order).switched);
  EXPECT_EQ(std::get<End>(order).last.text, "in words");
}

TEST(ProviderMove, ToNobodyIsThereWhenItLeadsToNobody) {
  auto move = wanting(Begin::kByReading, 10min, "");
  (void)move.begin(kStart);
  EXPECT_TRUE(asks(move.heard(routed(kThere), kStart, 0), Ask::kSet));
  (void)move.heard(of(Meaning::kDone), kStart, 0);
  EXPECT_TRUE(ended(move.heard(routed(""), kStart, 0), true));
}

// --- a provider that does anything ---

// The register itself, and what is done to calls of it.
struct Register {
  Register(unsigned seed, std::string target_wanted) : random(seed), wanted(std::move(target_wanted)) {}

  std::mt19937 random;
  std::string wanted;
  std::string target = kThere;
  std::optional<std::string> coming;  // a switch that takes effect later
  int trouble = 0;                    // calls that go wrong before it heals
  int calls = 0, switches = 0;

  bool chance(int percent) { return int(random() % 100) < percent; }

  Answer call(Ask ask) {
    ++calls;
    if (coming && chance(50)) target = *std::exchange(coming, std::nullopt);
    if (ask == Ask::kSet) ++switches;
    if (trouble-- > 0) return in_trouble(ask);
    if (ask == Ask::kGet) return routed(target);
    if (coming) return of(Meaning::kBusy);
    if (target == wanted) return of(Meaning::kAlready);
    target = wanted;
    return of(Meaning::kDone);
  }

  Answer in_trouble(Ask ask) {
    constexpr std::array kTrouble{Meaning::kBusy, Meaning::kUnknown, Meaning::kUnreached, Meaning::kLimited};
    const auto meaning = kTrouble[random() % kTrouble.size()];
    if (ask == Ask::kSet && meaning == Meaning::kUnknown && chance(50)) coming = wanted;
    if (chance(10)) target = kThere;  // the other host, or a person
    return of(meaning, meaning == Meaning::kLimited ? 60s : 0s);
  }
};

TEST(ProviderMoveProperty, ConvergesWhenTheProviderHealsAndNeverSwitchesOnWhatIsUnknown) {
  for (unsigned seed = 0; seed < 5000; ++seed) {
    const auto wanted = seed % 3 == 0 ? std::string() : kHere;  // to nobody, too
    Register provider(seed, wanted);
    provider.trouble = int(seed % 40);
    auto move = wanting(seed % 2 == 0 ? Begin::kByReading : Begin::kBySwitching, 100h, wanted);
    auto now = kStart;
    auto order = move.begin(now);
    Meaning last = Meaning::kRouted;
    bool first = true;
    while (!std::holds_alternative<End>(order)) {
      ASSERT_LT(provider.calls, 200) << "seed " << seed;
      if (const auto* wait = std::get_if<Wait>(&order)) {
        ASSERT_GT(wait->length, 0ms) << "seed " << seed;
        now += wait->length;
        order = move.waited();
        continue;
      }
      const auto ask = std::get<Ask>(order);
      if (ask == Ask::kSet && !first) {
        ASSERT_TRUE(last == Meaning::kRouted || last == Meaning::kUnreached || last == Meaning::kLimited)
            << "seed " << seed;
      }
      first = false;
      const auto answer = provider.call(ask);
      last = answer.meaning;
      order = move.heard(answer, now, double(provider.random() % 1000) / 1000);
    }
    EXPECT_TRUE(std::get<End>(order).there) << "seed " << seed;
    EXPECT_EQ(provider.target, wanted) << "seed " << seed;
  }
}

}  // namespace
}  // namespace hawser::vipd::provider
