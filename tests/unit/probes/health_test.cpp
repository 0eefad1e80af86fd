#include "probes/health.h"

#include <limits>

#include <gtest/gtest.h>

namespace hawser::probes {
namespace {

using std::chrono::seconds;

const TimePoint kStart{seconds{1000}};
const Verdict kGood{Outcome::kGood, "connected"};
const Verdict kBad{Outcome::kBad, "connect: Connection refused"};
const Verdict kNotRun{Outcome::kNotRun, "socket: Too many open files"};

// A health that lives through verdicts one second apart, and says after which ones it changed.
struct Patient {
  Thresholds thresholds{.fall = 3, .rise = 2};
  Health health;
  TimePoint now = kStart;

  bool gets(const Verdict& verdict) {
    now += seconds{1};
    auto [next, changed] = observe(thresholds, health, verdict, now);
    health = std::move(next);
    return changed;
  }
  void fails() {
    for (int i = 0; i < thresholds.fall; ++i) gets(kBad);
  }
};

TEST(Health, IsUnknownWithoutAResult) {
  EXPECT_EQ(Health{}.state, HealthState::kUnknown);
  EXPECT_EQ(Health{}.in_a_row, 0);
  EXPECT_FALSE(Health{}.inherited);
  EXPECT_FALSE(Observation{}.changed);
}

TEST(Health, FallsByThreeAndRisesByTwoUnlessToldOtherwise) {
  EXPECT_EQ(Thresholds{}.fall, 3);
  EXPECT_EQ(Thresholds{}.rise, 2);
}

TEST(Health, BelievesTheFirstGoodResultAtOnce) {
  Patient patient;
  EXPECT_TRUE(patient.gets(kGood));
  EXPECT_EQ(patient.health.state, HealthState::kUp);
  EXPECT_EQ(patient.health.since, kStart + seconds{1});
  EXPECT_EQ(patient.health.words, "connected");
}

// A server may be in service when netd starts again: one lost packet must not take it out.
TEST(Health, BelievesBadResultsOnlyByTheCountAlsoFromTheStart) {
  Patient patient;
  EXPECT_FALSE(patient.gets(kBad));
  EXPECT_FALSE(patient.gets(kBad));
  EXPECT_EQ(patient.health.state, HealthState::kUnknown);
  EXPECT_EQ(patient.health.in_a_row, 2);
  EXPECT_EQ(patient.health.words, "connect: Connection refused");
  EXPECT_TRUE(patient.gets(kBad));
  EXPECT_EQ(patient.health.state, HealthState::kDown);
  EXPECT_EQ(patient.health.since, kStart + seconds{3});
}

TEST(Health, BelievesTheFirstGoodResultAlsoAfterBadOnesThatWereTooFew) {
  Patient patient;
  patient.gets(kBad);
  patient.gets(kBad);
  EXPECT_TRUE(patient.gets(kGood));
  EXPECT_EQ(patient.health.state, HealthState::kUp);
}

TEST(Health, FallsWithTheThirdFailureInARowAndNotBefore) {
  Patient patient;
  patient.gets(kGood);
  EXPECT_FALSE(patient.gets(kBad));
  EXPECT_FALSE(patient.gets(kBad));
  EXPECT_EQ(patient.health.state, HealthState::kUp);
  EXPECT_EQ(patient.health.since, kStart + seconds{1});
  EXPECT_TRUE(patient.gets(kBad));
  EXPECT_EQ(patient.health.state, HealthState::kDown);
  EXPECT_EQ(patient.health.since, kStart + seconds{4});
  EXPECT_EQ(patient.health.in_a_row, 3);
}

TEST(Health, RisesWithTheSecondSuccessInARowAndNotBefore) {
  Patient patient;
  patient.fails();
  EXPECT_FALSE(patient.gets(kGood));
  EXPECT_EQ(patient.health.state, HealthState::kDown);
  EXPECT_TRUE(patient.gets(kGood));
  EXPECT_EQ(patient.health.state, HealthState::kUp);
  EXPECT_EQ(patient.health.since, kStart + seconds{5});
}

TEST(Health, ASuccessBetweenFailuresBreaksTheRow) {
  Patient patient;
  patient.gets(kGood);
  patient.gets(kBad);
  patient.gets(kBad);
  EXPECT_FALSE(patient.gets(kGood));
  EXPECT_EQ(patient.health.in_a_row, 1);
  EXPECT_FALSE(patient.gets(kBad));
  EXPECT_FALSE(patient.gets(kBad));
  EXPECT_TRUE(patient.gets(kBad));
}

TEST(Health, AFailureBetweenSuccessesBreaksTheRow) {
  Patient patient;
  patient.fails();
  patient.gets(kGood);
  patient.gets(kBad);
  EXPECT_FALSE(patient.gets(kGood));
  EXPECT_TRUE(patient.gets(kGood));
}

TEST(Health, WithThresholdsOfOneFollowsEveryResult) {
  Patient patient{.thresholds = {.fall = 1, .rise = 1}, .health = {}};
  EXPECT_TRUE(patient.gets(kGood));
  EXPECT_TRUE(patient.gets(kBad));
  EXPECT_TRUE(patient.gets(kGood));
}

TEST(Health, UsesFallForFailuresAndRiseForSuccesses) {
  Patient patient{.thresholds = {.fall = 1, .rise = 3}, .health = {}};
  patient.gets(kGood);
  EXPECT_TRUE(patient.gets(kBad));
  EXPECT_FALSE(patient.gets(kGood));
  EXPECT_FALSE(patient.gets(kGood));
  EXPECT_TRUE(patient.gets(kGood));
}

TEST(Health, MoreOfTheSameIsNoChangeAndKeepsTheTimeOfTheFirst) {
  Patient patient;
  patient.gets(kGood);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(patient.gets(kGood));
  EXPECT_EQ(patient.health.since, kStart + seconds{1});
  EXPECT_EQ(patient.health.in_a_row, 11);
}

TEST(Health, KeepsTheCauseOfItsStateBesideTheLastWords) {
  Patient patient;
  patient.fails();
  patient.gets(kGood);
  EXPECT_EQ(patient.health.words, "connected");
  EXPECT_EQ(patient.health.cause, "connect: Connection refused");
  EXPECT_EQ(patient.health.in_a_row, 1);
  EXPECT_EQ(patient.health.needed, 2);
  patient.gets(kGood);
  EXPECT_EQ(patient.health.cause, "connected");
  patient.gets(kBad);
  patient.gets(kNotRun);
  EXPECT_EQ(patient.health.cause, "connected");
  EXPECT_EQ(patient.health.needed, 3);
}

TEST(Health, AProbeThatCouldNotRunChangesNothingButTheWords) {
  Patient patient;
  EXPECT_FALSE(patient.gets(kNotRun));
  EXPECT_EQ(patient.health.state, HealthState::kUnknown);
  EXPECT_EQ(patient.health.words, "socket: Too many open files");
  patient.gets(kGood);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(patient.gets(kNotRun));
  EXPECT_EQ(patient.health.state, HealthState::kUp);
}

TEST(Health, AProbeThatCouldNotRunDoesNotBreakARow) {
  Patient patient;
  patient.gets(kGood);
  patient.gets(kBad);
  patient.gets(kBad);
  patient.gets(kNotRun);
  EXPECT_TRUE(patient.gets(kBad));
}

TEST(Health, CountsEveryKindOfResult) {
  Patient patient;
  patient.gets(kGood);
  patient.gets(kBad);
  patient.gets(kBad);
  for (int i = 0; i < 3; ++i) patient.gets(kNotRun);
  EXPECT_EQ(patient.health.good, 1U);
  EXPECT_EQ(patient.health.bad, 2U);
  EXPECT_EQ(patient.health.not_run, 3U);
}

TEST(Health, ARowOfYearsDoesNotWrapAround) {
  Patient patient;
  patient.gets(kGood);
  patient.health.in_a_row = std::numeric_limits<int>::max() - 1;
  patient.gets(kGood);
  EXPECT_EQ(patient.health.in_a_row, std::numeric_limits<int>::max());
  patient.gets(kGood);
  EXPECT_EQ(patient.health.in_a_row, std::numeric_limits<int>::max());
}

TEST(HealthInherited, StandsUntilTheFirstOwnResultWhichDecidesAtOnce) {
  Patient patient;
  patient.gets(kGood);
  patient.health = inherit(patient.health);
  EXPECT_EQ(patient.health.state, HealthState::kUp);
  EXPECT_TRUE(patient.health.inherited);
  EXPECT_EQ(patient.health.in_a_row, 0);
  EXPECT_EQ(patient.health.last, Outcome::kNotRun);
  EXPECT_FALSE(patient.gets(kNotRun));
  EXPECT_TRUE(patient.health.inherited);
  EXPECT_TRUE(patient.gets(kBad));
  EXPECT_EQ(patient.health.in_a_row, 1);
  EXPECT_FALSE(patient.health.inherited);
}

TEST(HealthInherited, OnceConfirmedFallsByTheCountAgain) {
  Patient patient;
  patient.gets(kGood);
  patient.health = inherit(patient.health);
  EXPECT_FALSE(patient.gets(kGood));
  EXPECT_FALSE(patient.health.inherited);
  EXPECT_EQ(patient.health.since, kStart + seconds{1});
  EXPECT_FALSE(patient.gets(kBad));
}

TEST(HealthInherited, OfAnUnknownStateIsUnknown) {
  const auto health = inherit(Health{});
  EXPECT_FALSE(health.inherited);
  EXPECT_EQ(health.state, HealthState::kUnknown);
}

TEST(HealthState, HasWords) {
  EXPECT_EQ(name_of(HealthState::kUnknown), "unknown");
  EXPECT_EQ(name_of(HealthState::kUp), "up");
  EXPECT_EQ(name_of(HealthState::kDown), "down");
  EXPECT_EQ(from_name<HealthState>("down"), HealthState::kDown);
  EXPECT_EQ(from_name<HealthState>(""), std::nullopt);
}

}  // namespace
}  // namespace hawser::probes
