#include "probes/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::probes {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

const TimePoint kStart{std::chrono::seconds{1000}};
constexpr Milliseconds kSecond{1000};

ProbeKey key(std::uint8_t host) {
  return {"site", {IpAddress::v4(198, 51, 100, host), 80}};
}

std::map<ProbeKey, Milliseconds> probes(std::uint8_t count) {
  std::map<ProbeKey, Milliseconds> result;
  for (std::uint8_t host = 1; host <= count; ++host) result.emplace(key(host), kSecond);
  return result;
}

TEST(ProbeSchedule, StartsASingleProbeAtOnce) {
  Schedule schedule(10);
  schedule.set(probes(1), kStart);
  EXPECT_EQ(schedule.next(), kStart);
  EXPECT_THAT(schedule.take_due(kStart), ElementsAre(key(1)));
}

TEST(ProbeSchedule, SpreadsTheFirstStartsOverTheInterval) {
  Schedule schedule(10);
  schedule.set(probes(4), kStart);
  EXPECT_THAT(schedule.take_due(kStart + milliseconds{249}), ElementsAre(key(1)));
  EXPECT_THAT(schedule.take_due(kStart + milliseconds{250}), ElementsAre(key(2)));
  EXPECT_THAT(schedule.take_due(kStart + milliseconds{750}), ElementsAre(key(3), key(4)));
}

TEST(ProbeSchedule, NeverRunsTwoProbesOfOneKey) {
  Schedule schedule(10);
  schedule.set(probes(1), kStart);
  schedule.take_due(kStart);
  EXPECT_THAT(schedule.take_due(kStart + std::chrono::hours{1}), IsEmpty());
  EXPECT_EQ(schedule.next(), std::nullopt);
  EXPECT_EQ(schedule.running(), 1U);
}

TEST(ProbeSchedule, CountsTheIntervalFromTheStartNotFromTheAnswer) {
  Schedule schedule(10);
  schedule.set(probes(1), kStart);
  schedule.take_due(kStart);
  schedule.finished(key(1), kStart + milliseconds{400}, 0);
  EXPECT_EQ(schedule.next(), kStart + kSecond);
  EXPECT_EQ(schedule.running(), 0U);
}

TEST(ProbeSchedule, StartsAtOnceAfterAnAnswerThatTookLongerThanTheInterval) {
  Schedule schedule(10);
  schedule.set(probes(1), kStart);
  schedule.take_due(kStart);
  schedule.finished(key(1), kStart + milliseconds{1700}, 0);
  EXPECT_EQ(schedule.next(), kStart + milliseconds{1700});
}

TEST(ProbeSchedule, MovesTheNextStartByUpToTenPercent) {
  for (const auto& [dice, expected] : {std::pair{-1.0, 900}, {0.5, 1050}, {1.0, 1100}}) {
    Schedule schedule(10);
    schedule.set(probes(1), kStart);
    schedule.take_due(kStart);
    schedule.finished(key(1), kStart, dice);
    ASSERT_TRUE(schedule.next());
    EXPECT_NEAR(std::chrono::duration<double>(*schedule.next() - kStart).count(), expected / 1000.0, 1e-6);
  }
}

TEST(ProbeSchedule, HoldsTheCapAndGoesOnWhenOneFinishes) {
  Schedule schedule(2);
  schedule.set(probes(3), kStart);
  const auto late = kStart + kSecond;
  EXPECT_THAT(schedule.take_due(late), ElementsAre(key(1), key(2)));
  EXPECT_EQ(schedule.next(), std::nullopt);
  EXPECT_THAT(schedule.take_due(late), IsEmpty());
  schedule.finished(key(1), late, 0);
  EXPECT_THAT(schedule.take_due(late), ElementsAre(key(3)));
}

TEST(ProbeSchedule, KeepsTheRhythmOfProbesThatStay) {
  Schedule schedule(10);
  schedule.set(probes(1), kStart);
  schedule.take_due(kStart);
  schedule.finished(key(1), kStart, 0);
  schedule.set(probes(1), kStart + milliseconds{500});
  EXPECT_EQ(schedule.next(), kStart + kSecond);
}

TEST(ProbeSchedule, UsesANewIntervalAfterTheNextAnswer) {
  Schedule schedule(10);
  schedule.set(probes(1), kStart);
  schedule.take_due(kStart);
  schedule.set({{key(1), Milliseconds{200}}}, kStart);
  schedule.finished(key(1), kStart, 0);
  EXPECT_EQ(schedule.next(), kStart + milliseconds{200});
}

TEST(ProbeSchedule, ForgetsWhatIsNoLongerWanted) {
  Schedule schedule(10);
  schedule.set(probes(2), kStart);
  schedule.set({{key(2), kSecond}}, kStart);
  EXPECT_THAT(schedule.take_due(kStart + kSecond), ElementsAre(key(2)));
}

TEST(ProbeSchedule, AProbeThatRunsWhenItIsForgottenFreesItsPlaceAndDoesNotComeBack) {
  Schedule schedule(1);
  schedule.set(probes(1), kStart);
  schedule.take_due(kStart);
  schedule.set({}, kStart);
  EXPECT_EQ(schedule.running(), 1U);
  schedule.finished(key(1), kStart, 0);
  EXPECT_EQ(schedule.running(), 0U);
  EXPECT_EQ(schedule.next(), std::nullopt);
}

TEST(ProbeSchedule, AProbeThatRunsWhenItIsForgottenAndWantedAgainIsNotStartedTwice) {
  Schedule schedule(10);
  schedule.set(probes(1), kStart);
  schedule.take_due(kStart);
  schedule.set({}, kStart);
  schedule.set(probes(1), kStart);
  EXPECT_THAT(schedule.take_due(kStart + kSecond), IsEmpty());
  schedule.finished(key(1), kStart + kSecond, 0);
  EXPECT_THAT(schedule.take_due(kStart + kSecond), ElementsAre(key(1)));
}

TEST(ProbeSchedule, NewOnesSpreadAmongThemselvesBesideOldOnes) {
  Schedule schedule(10);
  schedule.set(probes(1), kStart);
  schedule.take_due(kStart);
  schedule.finished(key(1), kStart, 0);
  schedule.set(probes(3), kStart);
  EXPECT_THAT(schedule.take_due(kStart), ElementsAre(key(2)));
  EXPECT_THAT(schedule.take_due(kStart + milliseconds{500}), ElementsAre(key(3)));
}

}  // namespace
}  // namespace hawser::probes
