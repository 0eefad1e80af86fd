#include "tests/unit/vipd/router/driven.h"

namespace hawser::vipd {
namespace {

// ---- Backup

TEST(VrrpBackup, TakesOverWhenTheActiveDownIntervalIsOverAndNotBefore) {
  auto driven = backup();
  driven.give(Timer{kStart + kActiveDown - 1ns});
  EXPECT_EQ(driven.role(), RoleName::kBackup);
  EXPECT_THAT(driven.actions, IsEmpty());
  driven.give(Timer{kStart + kActiveDown});
  EXPECT_THAT(driven.actions,
              ElementsAre(send(128), HoldAddresses{},
                          change(RoleName::kBackup, RoleName::kActive, "no advertisement for 3.5s")));
  EXPECT_EQ(driven.due(), kStart + kActiveDown + 1s);
  EXPECT_TRUE(driven.holds());
}

TEST(VrrpBackup, AnAdvertisementOfHigherOrEqualPriorityStartsTheWaitAgain) {
  for (const int priority : {128, 129, 255}) {
    auto driven = backup();
    driven.give(heard(kStart + 2s, priority));
    EXPECT_EQ(driven.due(), kStart + 2s + kActiveDown) << priority;
    EXPECT_THAT(driven.actions, IsEmpty());
    EXPECT_EQ(driven.machine.heard,
              (Heard{kHigher, Priority(static_cast<std::uint8_t>(priority)), kStart + 2s}));
    driven.give(Timer{kStart + 2s + kActiveDown});
    EXPECT_EQ(driven.actions.back(),
              change(RoleName::kBackup, RoleName::kActive, "no advertisement from 192.0.2.12 for 3.5s"));
  }
}

TEST(VrrpBackup, LearnsTheIntervalAndComputesSkewAndActiveDownFromIt) {
  auto driven = backup();
  driven.give(heard(kStart, 200, kHigher, Centiseconds(10)));
  EXPECT_EQ(driven.due(), kStart + 350ms);
  driven.give(heard(kStart, 0, kHigher, Centiseconds(500)));
  EXPECT_EQ(driven.due(), kStart + 50ms) << "the interval of priority 0 is not learnt";
}

TEST(VrrpBackup, SendsItsOwnIntervalOnceActive) {
  auto driven = backup();
  driven.give(heard(kStart, 200, kHigher, Centiseconds(10))).give(Timer{kStart + 350ms});
  EXPECT_EQ(driven.due(), kStart + 1350ms);
}

TEST(VrrpBackup, PriorityZeroShortensTheWaitToTheSkew) {
  auto driven = backup();
  driven.give(heard(kStart + 1s, 200)).give(heard(kStart + 2s, 0));
  EXPECT_EQ(driven.due(), kStart + 2s + kSkew);
  EXPECT_THAT(driven.actions, IsEmpty());
  driven.give(Timer{kStart + 2500ms});
  EXPECT_THAT(driven.actions,
              ElementsAre(send(128), HoldAddresses{},
                          change(RoleName::kBackup, RoleName::kActive, "192.0.2.12 left the role")));
}

TEST(VrrpBackup, AfterPriorityZeroAnotherActiveStartsTheWholeWaitAgain) {
  auto driven = backup();
  driven.give(heard(kStart, 0)).give(heard(kStart + 100ms, 200));
  EXPECT_EQ(driven.due(), kStart + 100ms + kActiveDown);
}

TEST(VrrpBackup, WithPreemptionALowerPriorityIsDiscardedAndTheWaitGoesOn) {
  auto driven = backup();
  driven.give(heard(kStart + 3s, 127, kHigher, Centiseconds(10)));
  EXPECT_EQ(driven.due(), kStart + kActiveDown) << "neither the wait nor the interval changes";
  EXPECT_THAT(driven.actions, IsEmpty());
  driven.give(Timer{kStart + kActiveDown});
  EXPECT_EQ(driven.actions.back(),
            change(RoleName::kBackup, RoleName::kActive, "priority 128 is above the 127 of 192.0.2.12"));
}

TEST(VrrpBackup, TheReasonForgetsADiscardedPriorityOnceAHigherOneWasHeardOrTheRouterLeft) {
  auto after_higher = backup();
  after_higher.give(heard(kStart + 1s, 1))
      .give(heard(kStart + 2s, 200))
      .give(Timer{kStart + 2s + kActiveDown});
  EXPECT_EQ(after_higher.actions.back(),
            change(RoleName::kBackup, RoleName::kActive, "no advertisement from 192.0.2.12 for 3.5s"));
  auto after_leave = backup();
  after_leave.give(heard(kStart + 1s, 1)).give(heard(kStart + 2s, 0)).give(Timer{kStart + 2s + kSkew});
  EXPECT_EQ(after_leave.actions.back(),
            change(RoleName::kBackup, RoleName::kActive, "192.0.2.12 left the role"));
}

TEST(VrrpBackup, WithoutPreemptionALowerPriorityIsAccepted) {
  auto driven = backup(configured(128, false));
  driven.give(heard(kStart + 3s, 1));
  EXPECT_EQ(driven.due(), kStart + 3s + kActiveDown);
}

TEST(VrrpBackup, AnOwnerThatIsBackupPreemptsWhateverIsConfigured) {
  for (const auto& config : {configured(255, false), configured(255, true, 60s)}) {
    auto driven = backup();
    driven.config = config;
    driven.give(heard(kStart + 3s, 254));
    EXPECT_EQ(driven.due(), kStart + 3s + skew_time(Priority(255), kInterval));
  }
}

TEST(VrrpBackup, ThePreemptDelayCountsFromTheFirstLowerAdvertisement) {
  auto driven = backup(configured(128, true, 60s));
  for (int second = 1; second <= 60; ++second) {
    driven.give(heard(kStart + std::chrono::seconds(second), 100));
    EXPECT_THAT(driven.actions, IsEmpty());
  }
  EXPECT_EQ(driven.due(), kStart + 61s);
  driven.give(Timer{kStart + 61s - 1ns});
  EXPECT_EQ(driven.role(), RoleName::kBackup);
  driven.give(Timer{kStart + 61s});
  EXPECT_THAT(driven.actions, ElementsAre(send(128), HoldAddresses{},
                                          change(RoleName::kBackup, RoleName::kActive,
                                                 "priority 128 is above the 100 of 192.0.2.12")));
}

TEST(VrrpBackup, EvenTheShortestPreemptDelayIsOne) {
  auto driven = backup(configured(128, true, 1ms));
  driven.give(heard(kStart, 100));
  EXPECT_EQ(driven.due(), kStart + 1ms);
}

TEST(VrrpBackup, SilenceDuringThePreemptDelayIsATakeoverLikeAnyOther) {
  auto driven = backup(configured(128, true, 60s));
  driven.give(heard(kStart, 100));
  EXPECT_EQ(driven.due(), kStart + kActiveDown);
  driven.give(Timer{kStart + kActiveDown});
  EXPECT_EQ(driven.actions.back(),
            change(RoleName::kBackup, RoleName::kActive, "no advertisement from 192.0.2.12 for 3.5s"));
}

TEST(VrrpBackup, AHigherPriorityOrPriorityZeroEndsThePreemptDelay) {
  for (const int priority : {128, 0}) {
    auto driven = backup(configured(128, true, 3s));
    driven.give(heard(kStart, 100)).give(heard(kStart + 2s, priority)).give(heard(kStart + 2s, 100));
    EXPECT_EQ(driven.due(), kStart + 5s) << priority;
  }
}

TEST(VrrpBackup, AReloadOfPriorityChangesTheWaitInPlace) {
  auto driven = backup();
  driven.config.priority = Priority(192);
  driven.give(Reload{kStart + 1s});
  EXPECT_EQ(driven.role(), RoleName::kBackup);
  EXPECT_THAT(driven.actions, IsEmpty());
  EXPECT_EQ(driven.due(), kStart + 3250ms);
}

TEST(VrrpBackup, AChangedPriorityDoesNotPutOffPreemption) {
  auto driven = backup(configured(128, true, 10s));
  driven.give(heard(kStart, 100));
  for (int i = 1; i < 10; ++i) {
    driven.config.priority = Priority(i % 2 == 0 ? 128 : 120);
    driven.give(PriorityChanged{kStart + i * 1s}).give(heard(kStart + i * 1s, 100));
    EXPECT_THAT(driven.actions, IsEmpty());
  }
  EXPECT_EQ(driven.due(), kStart + 10s);
}

TEST(VrrpBackup, APriorityThatFallsBelowTheActiveRouterEndsPreemption) {
  auto delayed = backup(configured(128, true, 10s));
  delayed.give(heard(kStart, 100));
  delayed.config.priority = Priority(100);
  delayed.give(PriorityChanged{kStart + 1s});
  EXPECT_EQ(delayed.due(), kStart + active_down_interval(Priority(100), kInterval));
  auto discarding = backup();
  discarding.give(heard(kStart + 2s, 100, kHigher, Centiseconds(200)));
  discarding.config.priority = Priority(90);
  discarding.give(PriorityChanged{kStart + 3s});
  EXPECT_EQ(discarding.due(), kStart + 2s + active_down_interval(Priority(90), Centiseconds(200)))
      << "its last advertisement counts after all";
}

TEST(VrrpBackup, AReloadForgetsARunningPreemptDelayAndWhatWasDiscarded) {
  auto driven = backup(configured(128, true, 1s));
  driven.give(heard(kStart, 100));
  driven.config.preempt = false;
  driven.give(Reload{kStart});
  EXPECT_EQ(driven.due(), kStart + kActiveDown);
  auto discarding = backup();
  discarding.give(heard(kStart, 100)).give(Reload{kStart}).give(Timer{kStart + kActiveDown});
  EXPECT_EQ(discarding.actions.back(),
            change(RoleName::kBackup, RoleName::kActive, "no advertisement from 192.0.2.12 for 3.5s"));
}

TEST(VrrpBackup, AReloadDoesNotBeginTheWaitAnew) {
  auto driven = backup();
  driven.give(Reload{kStart + 3s});
  EXPECT_EQ(driven.due(), kStart + kActiveDown);
}

TEST(VrrpBackup, APriorityThatFallsAfterAFarewellWaitsForTheOneThatFollowed) {
  auto driven = backup();
  driven.give(heard(kStart + 1s, 0)).give(heard(kStart + 1100ms, 100));
  driven.config.priority = Priority(90);
  driven.give(PriorityChanged{kStart + 1200ms});
  EXPECT_EQ(driven.due(), kStart + 1100ms + active_down_interval(Priority(90), kInterval));
}

// What came while it slept may be lost: a queue that is empty says nothing of who is Active by now.
class VrrpLateBackup : public testing::Test {
 protected:
  VrrpLateBackup() { driven.give(heard(kStart, 200)); }
  Driven driven = backup();
  TimePoint woken = kStart + 2 * kActiveDown;
};

TEST_F(VrrpLateBackup, TakesOverAsLongAsItIsLessLateThanOthersWait) {
  driven.give(Timer{woken - 1ns});
  EXPECT_EQ(driven.role(), RoleName::kActive);
}

TEST_F(VrrpLateBackup, ListensForAnIntervalAndTheSkewAndThenTakesOver) {
  driven.give(Timer{woken});
  EXPECT_THAT(driven.actions, ElementsAre(Note{"takeover 3.5s late: listening for another router first"}));
  EXPECT_EQ(driven.role(), RoleName::kBackup);
  EXPECT_FALSE(driven.holds());
  EXPECT_EQ(driven.due(), woken + 1s + kSkew);
  driven.give(Timer{woken + 1s + kSkew - 1ns});
  EXPECT_THAT(driven.actions, IsEmpty());
  driven.give(Timer{woken + 1s + kSkew});
  EXPECT_THAT(driven.actions,
              ElementsAre(send(128), HoldAddresses{},
                          change(RoleName::kBackup, RoleName::kActive, "no other router heard for 1.5s")));
}

TEST_F(VrrpLateBackup, GoesByTheIntervalThatItLearnt) {
  driven.give(heard(kStart, 200, kHigher, Centiseconds(10)));
  driven.give(Timer{kStart + 700ms});
  EXPECT_EQ(driven.role(), RoleName::kBackup);
  EXPECT_EQ(driven.due(), kStart + 700ms + 150ms);
}

TEST_F(VrrpLateBackup, StaysBackupOfWhoIsHeard) {
  driven.give(Timer{woken}).give(heard(woken + 1s, 200));
  EXPECT_THAT(driven.actions, IsEmpty());
  EXPECT_EQ(driven.due(), woken + 1s + kActiveDown);
}

TEST_F(VrrpLateBackup, StealsNothingFromALowerOneWithoutPreemption) {
  driven.config.preempt = false;
  driven.give(Timer{woken}).give(heard(woken + 1s, 1));
  EXPECT_EQ(driven.due(), woken + 1s + kActiveDown);
}

TEST_F(VrrpLateBackup, WithPreemptionALowerOneLosesTheRoleAtTheEndOfTheListening) {
  driven.give(Timer{woken}).give(heard(woken + 1s, 127));
  EXPECT_EQ(driven.due(), woken + 1s + kSkew);
  driven.give(Timer{woken + 1s + kSkew});
  EXPECT_EQ(driven.actions.back(),
            change(RoleName::kBackup, RoleName::kActive, "priority 128 is above the 127 of 192.0.2.12"));
}

TEST_F(VrrpLateBackup, FollowsPriorityZeroWithinTheSkew) {
  driven.give(Timer{woken}).give(heard(woken + 100ms, 0));
  EXPECT_EQ(driven.due(), woken + 100ms + kSkew);
}

TEST_F(VrrpLateBackup, APreemptDelayBeginsAnew) {
  auto delayed = backup(configured(128, true, 60s));
  for (int second = 0; second < 58; ++second) delayed.give(heard(kStart + std::chrono::seconds(second), 100));
  ASSERT_EQ(delayed.due(), kStart + 60s);
  const auto now = kStart + 60s + kActiveDown;
  delayed.give(Timer{now});
  EXPECT_EQ(delayed.due(), now + 1s + kSkew) << "whom it was to be taken from may be gone";
  delayed.give(heard(now + 1s, 100));
  EXPECT_EQ(delayed.due(), now + 1s + kActiveDown);
  EXPECT_EQ(std::get<Backup>(delayed.machine.role).preempt_at, now + 61s);
}

TEST_F(VrrpLateBackup, ListensOnceMoreWhereItStalledAgain) {
  driven.give(Timer{woken});
  const auto again = *driven.due() + kActiveDown;
  driven.give(Timer{again});
  EXPECT_EQ(driven.role(), RoleName::kBackup);
  EXPECT_EQ(driven.due(), again + 1s + kSkew);
}

TEST_F(VrrpLateBackup, KeepsTheAddressesOfAnEarlierRun) {
  Driven listening(configured(128, false));
  listening.give(Startup{kStart, true, {}});
  const auto late = *listening.due() + kActiveDown;
  listening.give(Timer{late});
  EXPECT_EQ(listening.role(), RoleName::kBackup);
  EXPECT_TRUE(listening.holds());
  EXPECT_EQ(listening.due(), late + 1s + kSkew);
}

TEST_F(VrrpLateBackup, WhoWaitedForAProviderDidNotSleep) {
  driven.give(Timer{woken + 1h, true});
  EXPECT_EQ(driven.role(), RoleName::kActive);
}

TEST_F(VrrpLateBackup, AStartupDelayThatEndsLateIsNoStall) {
  Driven starting(configured());
  starting.give(Startup{kStart, false, kStart + 10s}).give(Timer{kStart + 1h});
  EXPECT_EQ(starting.role(), RoleName::kBackup);
  EXPECT_EQ(starting.due(), kStart + 1h + kActiveDown);
}

TEST(VrrpBackup, StopsWithoutAWord) {
  auto driven = backup();
  driven.give(Shutdown{kStart});
  EXPECT_THAT(driven.actions, ElementsAre(change(RoleName::kBackup, RoleName::kInitialize, "stopped")));
  EXPECT_EQ(driven.due(), std::nullopt);
}

TEST(VrrpBackup, FallsToInitializeWithoutItsInterfaceAndStartsAfresh) {
  auto driven = backup();
  driven.give(heard(kStart, 200, kHigher, Centiseconds(10))).give(Fault{kStart + 1s, "front: no carrier"});
  EXPECT_THAT(driven.actions,
              ElementsAre(change(RoleName::kBackup, RoleName::kInitialize, "front: no carrier")));
  driven.give(Startup{kStart + 5s, false, {}});
  EXPECT_EQ(driven.due(), kStart + 5s + kActiveDown) << "the learnt interval is forgotten";
  driven.give(Timer{kStart + 5s + kActiveDown});
  EXPECT_EQ(driven.actions.back(), change(RoleName::kBackup, RoleName::kActive, "no advertisement for 3.5s"));
}

TEST(VrrpBackup, AStartupWhileRunningChangesNothing) {
  auto driven = backup();
  const auto before = driven.machine;
  driven.give(Startup{kStart + 1s, true, {}});
  EXPECT_EQ(driven.machine, before);
  EXPECT_THAT(driven.actions, IsEmpty());
}

// ---- Active

TEST(VrrpActive, AdvertisesEachInterval) {
  auto driven = active();
  for (int i = 1; i <= 3; ++i) {
    const auto due = kActiveSince + std::chrono::seconds(i);
    EXPECT_EQ(driven.due(), due);
    driven.give(Timer{due - 1ns});
    EXPECT_THAT(driven.actions, IsEmpty());
    driven.give(Timer{due});
    EXPECT_THAT(driven.actions, ElementsAre(send(128)));
  }
}

TEST(VrrpActive, ListensAfterSleepingAsLongAsOthersWait) {
  auto driven = active();
  driven.give(Timer{kActiveSince + 1s + kActiveDown - 1ns});
  EXPECT_THAT(driven.actions, ElementsAre(send(128)));
  const auto due = *driven.due();
  EXPECT_EQ(due, kActiveSince + 1s + kActiveDown - 1ns + 1s) << "one advertisement for all that were missed";
  driven.give(Timer{due + kActiveDown});
  EXPECT_THAT(
      driven.actions,
      ElementsAre(Note{"advertisement 3.5s late: listening for another router first, addresses kept"}));
  EXPECT_EQ(driven.role(), RoleName::kActive);
  EXPECT_TRUE(driven.holds());
  EXPECT_EQ(driven.due(), due + kActiveDown + 1s);
  driven.give(Timer{*driven.due()});
  EXPECT_THAT(driven.actions,
              ElementsAre(send(128), HoldAddresses{},
                          Note{"no other router heard after the stall: addresses announced again"}));
  const auto next = *driven.due();
  driven.give(Timer{next});
  EXPECT_THAT(driven.actions, ElementsAre(send(128)));
}

class VrrpListening : public testing::Test {
 protected:
  VrrpListening() {
    driven.give(Timer{woken});
    EXPECT_EQ(driven.actions.size(), 1U);
  }
  Driven driven = active();
  TimePoint woken = kActiveSince + 10s;
};

TEST_F(VrrpListening, YieldsToWhoIsBetter) {
  driven.give(heard(woken, 129, kLower));
  EXPECT_EQ(driven.role(), RoleName::kBackup);
  EXPECT_FALSE(driven.holds());
}

TEST_F(VrrpListening, AnswersWhoIsNotAndGoesOnFromThere) {
  driven.give(heard(woken + 200ms, 127, kLower));
  EXPECT_THAT(driven.actions, ElementsAre(send(128), HoldAddresses{}, testing::_))
      << "what the kernel took away meanwhile comes back, and is announced";
  EXPECT_EQ(driven.due(), woken + 1200ms);
  driven.give(Timer{woken + 1200ms});
  EXPECT_THAT(driven.actions, ElementsAre(send(128)));
}

TEST_F(VrrpListening, EndsWhereTheOtherLeaves) {
  driven.give(heard(woken + 200ms, 0, kLower));
  EXPECT_THAT(driven.actions, ElementsAre(send(128), HoldAddresses{}));
  EXPECT_EQ(driven.due(), woken + 1200ms);
}

TEST_F(VrrpListening, SaysNothingForAnotherPriorityOrFile) {
  driven.give(PriorityChanged{woken + 100ms});
  EXPECT_THAT(driven.actions, IsEmpty());
  driven.give(Reload{woken + 200ms});
  EXPECT_THAT(driven.actions, IsEmpty()) << "its end holds what there is to hold";
  EXPECT_EQ(driven.due(), woken + 1s);
}

TEST_F(VrrpListening, AnAnswerBeforeTheLateTimerStandsForTheAdvertisement) {
  auto other = active();
  other.give(heard(woken, 127, kLower)).give(Timer{woken});
  EXPECT_THAT(other.actions, IsEmpty());
  EXPECT_EQ(other.due(), woken + 1s);
}

TEST_F(VrrpListening, ListensOnceMoreWhereItStalledAgain) {
  driven.give(Timer{woken + 1s + kActiveDown});
  EXPECT_THAT(driven.actions, ElementsAre(testing::VariantWith<Note>(testing::_)));
  EXPECT_EQ(driven.due(), woken + 2s + kActiveDown);
}

TEST(VrrpActive, YieldsToAHigherPriority) {
  auto driven = active();
  driven.give(heard(kActiveSince, 129, kLower, Centiseconds(10)));
  EXPECT_THAT(driven.actions, ElementsAre(send(128, Centiseconds(10)), DropAddresses{},
                                          change(RoleName::kActive, RoleName::kBackup,
                                                 "192.0.2.10 has priority 129, ours is 128")))
      << "the last word tells the winner that it was not alone, and the others the winner's interval";
  EXPECT_EQ(driven.due(), kActiveSince + 350ms) << "from the interval heard";
  EXPECT_FALSE(driven.holds());
}

TEST(VrrpActive, YieldsToAnEqualPriorityWithAHigherAddress) {
  auto driven = active();
  driven.give(heard(kActiveSince, 128, kHigher));
  EXPECT_EQ(driven.role(), RoleName::kBackup);
}

TEST(VrrpActive, ComparesAddressesAsUnsignedNumbers) {
  auto driven = active();
  driven.give(heard(kActiveSince, 128, IpAddress::v4(203, 0, 113, 1)));
  EXPECT_EQ(driven.role(), RoleName::kBackup);
}

TEST(VrrpActive, AnswersAnEqualPriorityWithALowerAddressAtOnceAndAnnouncesAgain) {
  auto driven = settled();
  driven.give(heard(kSettled, 128, kLower));
  EXPECT_EQ(driven.role(), RoleName::kActive);
  EXPECT_THAT(
      driven.actions,
      ElementsAre(
          send(128), Announce{},
          Note{"192.0.2.10 was Active too with priority 128, ours is 128: addresses announced again"}));
}

TEST(VrrpActive, AnswersALowerPriorityWithAHigherAddressAtOnce) {
  auto driven = settled();
  const auto due = driven.due();
  driven.give(heard(kSettled + 200ms, 127, kHigher));
  EXPECT_EQ(driven.role(), RoleName::kActive);
  ASSERT_EQ(driven.actions.size(), 3U);
  EXPECT_EQ(driven.actions.front(), send(128));
  EXPECT_EQ(driven.due(), due) << "RFC 9568 6.4.3 does not reset the timer";
}

TEST(VrrpActive, AnswersTheLastWordOfTheOneItTookOverFromWithoutAnnouncingTwice) {
  auto driven = active();
  driven.give(heard(kActiveSince + 1s - 1ns, 127, kHigher));
  EXPECT_THAT(driven.actions, ElementsAre(send(128)));
  driven.give(heard(kActiveSince + 1s, 127, kHigher));
  EXPECT_EQ(driven.actions.size(), 3U) << "after a second it is no answer to the takeover";
}

// Counted over a second of one packet each millisecond, the regular advertisements included.
int answers_to_a_flood(int priority, Centiseconds interval = kInterval) {
  auto config = configured();
  config.interval = interval;
  auto driven = active(config);
  // On time for ten seconds: who wakes late listens.
  const auto settled = *driven.due() + 10s;
  while (*driven.due() < settled) driven.give(Timer{*driven.due()});
  const auto start = *driven.due();
  int sent = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto now = start + i * 1ms;
    driven.give(Timer{now});
    sent += static_cast<int>(std::ranges::count(driven.actions, send(128, interval)));
    driven.give(heard(now, priority, kLower));
    sent += static_cast<int>(std::ranges::count(driven.actions, send(128, interval)));
  }
  EXPECT_EQ(driven.role(), RoleName::kActive);
  return sent;
}

TEST(VrrpActive, AFloodOfLosingAdvertisementsIsAnsweredTenTimesASecond) {
  EXPECT_EQ(answers_to_a_flood(100), 11);
  EXPECT_EQ(answers_to_a_flood(0), 11);
}

TEST(VrrpActive, WithAShortIntervalAFloodIsAnsweredOncePerInterval) {
  EXPECT_LE(answers_to_a_flood(100, Centiseconds(2)), 100);
  EXPECT_GE(answers_to_a_flood(0, Centiseconds(2)), 50);
}

TEST(VrrpActive, AnswersEachAdvertisementOfADeafRouterButAnnouncesOncePerActiveDown) {
  auto driven = settled();
  driven.give(heard(kSettled, 100));
  EXPECT_EQ(driven.actions.size(), 3U);
  driven.give(heard(kSettled + kActiveDown - 1ns, 100));
  EXPECT_THAT(driven.actions, ElementsAre(send(128)));
  driven.give(heard(kSettled + kActiveDown, 100));
  EXPECT_EQ(driven.actions.size(), 3U);
  driven.give(heard(kSettled + kActiveDown + 1s, 100));
  EXPECT_THAT(driven.actions, ElementsAre(send(128)));
}

TEST(VrrpActive, AnswersPriorityZeroAtOnceAndStartsItsIntervalAgain) {
  auto driven = active();
  driven.give(heard(kActiveSince + 300ms, 0));
  EXPECT_THAT(driven.actions, ElementsAre(send(128)));
  EXPECT_EQ(driven.due(), kActiveSince + 1300ms);
}

TEST(VrrpActive, DoesNotAnswerItself) {
  auto driven = active();
  const auto before = driven.machine;
  driven.give(heard(kActiveSince, 200, kOurs));
  EXPECT_THAT(driven.actions, IsEmpty());
  EXPECT_EQ(driven.machine, before);
}

TEST(VrrpActive, AReloadIsAdvertisedAtOnceAndKeepsTheRole) {
  auto driven = active();
  driven.config.priority = Priority(90);
  driven.config.interval = Centiseconds(10);
  driven.give(Reload{kActiveSince + 500ms});
  EXPECT_EQ(driven.role(), RoleName::kActive);
  EXPECT_THAT(driven.actions, ElementsAre(send(90, Centiseconds(10)), HoldAddresses{}));
  EXPECT_EQ(driven.due(), kActiveSince + 600ms);
}

TEST(VrrpActive, AChangedPriorityIsAdvertisedAtOnceAndTouchesNoAddress) {
  auto driven = active();
  driven.config.priority = Priority(90);
  driven.give(PriorityChanged{kActiveSince + 500ms});
  EXPECT_THAT(driven.actions, ElementsAre(send(90)));
  EXPECT_EQ(driven.due(), kActiveSince + 1500ms);
  driven.config.priority = Priority(95);
  driven.give(PriorityChanged{kActiveSince + 550ms});
  EXPECT_THAT(driven.actions, IsEmpty()) << "one that changes all the time is told with pauses";
  EXPECT_EQ(driven.due(), kActiveSince + 1500ms);
  driven.give(PriorityChanged{kActiveSince + 600ms});
  EXPECT_THAT(driven.actions, ElementsAre(send(95)));
}

TEST(VrrpActive, LeavesWithPriorityZeroAndGoesOnHolding) {
  auto driven = active();
  driven.give(Shutdown{kActiveSince + 200ms});
  EXPECT_THAT(driven.actions,
              ElementsAre(send(0), change(RoleName::kActive, RoleName::kLeaving,
                                          "asked to leave, answering until another router is Active")));
  EXPECT_TRUE(driven.holds());
}

TEST(VrrpActive, DropsTheAddressesWithoutItsInterface) {
  auto driven = active();
  driven.give(Fault{kActiveSince, "front: interface missing"});
  EXPECT_THAT(driven.actions, ElementsAre(DropAddresses{}, change(RoleName::kActive, RoleName::kInitialize,
                                                                  "front: interface missing")));
  EXPECT_EQ(driven.due(), std::nullopt);
}

TEST(VrrpActive, ALateStartupChangesNothing) {
  auto driven = active();
  const auto before = driven.machine;
  driven.give(Startup{kActiveSince, false, {}});
  EXPECT_EQ(driven.machine, before);
}

// ---- Leaving

TEST(VrrpLeaving, RepeatsPriorityZeroEachIntervalForIfItWasLost) {
  auto driven = leaving();
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(driven.due(), kActiveSince + std::chrono::seconds(i));
    driven.give(Timer{kActiveSince + std::chrono::seconds(i)});
    EXPECT_THAT(driven.actions, ElementsAre(send(0)));
    EXPECT_TRUE(driven.holds());
  }
  EXPECT_EQ(driven.due(), kActiveSince + kActiveDown);
}

TEST(VrrpLeaving, DropsTheAddressesOnceTheNewActiveHadTheTimeToAnnounceThem) {
  for (const int priority : {1, 100, 255}) {
    auto driven = leaving();
    driven.give(heard(kActiveSince + 100ms, priority));
    EXPECT_THAT(driven.actions, IsEmpty());
    EXPECT_TRUE(driven.holds());
    driven.give(heard(kActiveSince + 150ms, priority));
    EXPECT_EQ(driven.due(), kActiveSince + 200ms) << "counted from its first advertisement";
    driven.give(Timer{kActiveSince + 200ms});
    EXPECT_THAT(driven.actions, ElementsAre(DropAddresses{}, change(RoleName::kLeaving, RoleName::kInitialize,
                                                                    "left, 192.0.2.12 is Active")));
    EXPECT_FALSE(driven.holds());
  }
}

TEST(VrrpLeaving, TheGraceDoesNotReachBeyondTheActiveDownInterval) {
  auto driven = leaving();
  driven.give(heard(kActiveSince + kActiveDown - 1ms, 100));
  EXPECT_EQ(driven.due(), kActiveSince + kActiveDown);
}

TEST(VrrpLeaving, WantedAgainWhenTheNewActiveWasHeardItListensFirst) {
  auto driven = leaving();
  driven.give(heard(kActiveSince, 100)).give(Startup{kActiveSince + 1ms, false, {}});
  EXPECT_EQ(driven.role(), RoleName::kBackup);
  EXPECT_TRUE(driven.holds());
  EXPECT_THAT(driven.actions, ElementsAre(send(128), change(RoleName::kLeaving, RoleName::kBackup,
                                                            "listening, addresses of the earlier run kept")));
}

TEST(VrrpLeaving, AnotherRouterThatLeavesIsNotTheNewActive) {
  auto driven = leaving();
  driven.give(heard(kActiveSince, 0));
  EXPECT_EQ(driven.role(), RoleName::kLeaving);
  EXPECT_THAT(driven.actions, IsEmpty());
  EXPECT_EQ(driven.due(), kActiveSince + 1s) << "no grace begins";
}

TEST(VrrpLeaving, DropsTheAddressesAfterOneActiveDownIntervalWithoutAnybody) {
  auto driven = leaving();
  driven.give(Timer{kActiveSince + kActiveDown - 1ns});
  EXPECT_EQ(driven.role(), RoleName::kLeaving);
  driven.give(Timer{kActiveSince + kActiveDown});
  EXPECT_THAT(driven.actions, ElementsAre(DropAddresses{}, change(RoleName::kLeaving, RoleName::kInitialize,
                                                                  "left, no other router became Active")));
  EXPECT_EQ(driven.due(), std::nullopt);
}

TEST(VrrpLeaving, ASecondShutdownDropsTheAddressesAtOnce) {
  auto driven = leaving();
  driven.give(Shutdown{kActiveSince + 1ms});
  EXPECT_THAT(driven.actions, ElementsAre(DropAddresses{}, change(RoleName::kLeaving, RoleName::kInitialize,
                                                                  "left without waiting")));
}

TEST(VrrpLeaving, DropsTheAddressesWithoutItsInterface) {
  auto driven = leaving();
  driven.give(Fault{kActiveSince, "front: down"});
  EXPECT_THAT(driven.actions,
              ElementsAre(DropAddresses{}, change(RoleName::kLeaving, RoleName::kInitialize, "front: down")));
}

TEST(VrrpLeaving, AStartupTakesTheRoleBackWithTheAddressesStillThere) {
  auto driven = leaving();
  driven.give(Startup{kActiveSince + 1ms, false, {}});
  EXPECT_THAT(driven.actions,
              ElementsAre(send(128), HoldAddresses{},
                          change(RoleName::kLeaving, RoleName::kActive, "wanted again before it had left")));
  auto polite = leaving(configured(128, false));
  polite.give(Startup{kActiveSince + 1ms, false, {}});
  EXPECT_EQ(polite.role(), RoleName::kBackup);
  EXPECT_TRUE(polite.holds());
}

TEST(VrrpLeaving, AReloadChangesNothing) {
  auto driven = leaving();
  const auto before = driven.machine;
  driven.give(Reload{kActiveSince + 1ms});
  EXPECT_EQ(driven.machine, before);
  EXPECT_THAT(driven.actions, IsEmpty());
}

// ---- handing over

Driven handing_over() {
  auto driven = active();
  driven.give(HandOver{kActiveSince});
  EXPECT_THAT(driven.actions,
              ElementsAre(send(0), change(RoleName::kActive, RoleName::kLeaving,
                                          "asked to hand over, answering until another router is "
                                          "Active")));
  return driven;
}

TEST(VrrpHandOver, EndsAsBackupOfTheNewActive) {
  auto driven = handing_over();
  driven.give(Timer{kActiveSince + 1s});
  EXPECT_THAT(driven.actions, ElementsAre(send(0)));
  driven.give(heard(kActiveSince + 1100ms, 100, kLower, Centiseconds(200)));
  EXPECT_TRUE(driven.holds());
  driven.give(Timer{kActiveSince + 1200ms});
  EXPECT_THAT(driven.actions, ElementsAre(DropAddresses{}, change(RoleName::kLeaving, RoleName::kBackup,
                                                                  "handed over, 192.0.2.10 is Active")));
  EXPECT_EQ(driven.due(), kActiveSince + 1200ms + 7s) << "by the interval of the new Active";
}

TEST(VrrpHandOver, KeepsTheRoleWhereNobodyTakesOver) {
  auto driven = handing_over();
  driven.give(Timer{kActiveSince + kActiveDown});
  EXPECT_THAT(driven.actions,
              ElementsAre(send(128), HoldAddresses{},
                          change(RoleName::kLeaving, RoleName::kActive, "no other router took over")));
}

TEST(VrrpHandOver, AShutdownMeanwhileIsAnEnd) {
  auto driven = handing_over();
  driven.give(Shutdown{kActiveSince + 1ms});
  EXPECT_EQ(driven.role(), RoleName::kLeaving);
  EXPECT_TRUE(driven.holds());
  driven.give(heard(kActiveSince + 100ms, 100)).give(Timer{kActiveSince + 200ms});
  EXPECT_EQ(driven.role(), RoleName::kInitialize);
}

TEST(VrrpHandOver, IsForWhoIsActive) {
  for (auto driven : {backup(), handing_over()}) {
    const auto role = driven.role();
    driven.give(HandOver{kActiveSince + 1ms});
    EXPECT_EQ(driven.role(), role);
    EXPECT_THAT(driven.actions, IsEmpty());
  }
}

TEST(VrrpTakeRole, IsAtOnce) {
  auto driven = backup();
  driven.give(TakeRole{kStart + 1ms});
  EXPECT_THAT(driven.actions,
              ElementsAre(send(128), HoldAddresses{},
                          change(RoleName::kBackup, RoleName::kActive, "asked to take the role")));
}

}  // namespace
}  // namespace hawser::vipd
