#include "tests/unit/vipd/router/driven.h"

namespace hawser::vipd {
namespace {

// ---- timers

TEST(VrrpTimers, FollowTheFormulasOfRfc9568) {
  EXPECT_EQ(skew_time(Priority(128), Centiseconds(100)), 500ms);
  EXPECT_EQ(skew_time(Priority(100), Centiseconds(100)), 609375us);
  EXPECT_EQ(skew_time(Priority(255), Centiseconds(256)), 10ms);
  EXPECT_EQ(skew_time(Priority(0), Centiseconds(100)), 1s);
  EXPECT_EQ(skew_time(Priority(200), Centiseconds(1)), 2187500ns);
  EXPECT_EQ(active_down_interval(Priority(128), Centiseconds(100)), 3500ms);
  EXPECT_EQ(active_down_interval(Priority(200), Centiseconds(1)), 32187500ns);
  // RFC 3768 6.1: a part of a second, however long the interval.
  VrrpConfig old;
  old.priority = Priority(128);
  old.version = 2;
  EXPECT_EQ(skew_time(old, Centiseconds(500)), 500ms);
  EXPECT_EQ(active_down_interval(old, Centiseconds(500)), 15500ms);
  old.version = 3;
  EXPECT_EQ(active_down_interval(old, Centiseconds(500)), 17500ms);
}

TEST(VrrpTimers, NothingIsDueBeforeTheStart) {
  EXPECT_EQ(deadline(configured(), Machine{}), std::nullopt);
  EXPECT_FALSE(holds_addresses(Machine{}));
}

// ---- Initialize

TEST(VrrpInitialize, BecomesBackupAndWaitsOneActiveDownInterval) {
  const auto driven = backup();
  EXPECT_THAT(driven.actions, ElementsAre(change(RoleName::kInitialize, RoleName::kBackup, "started")));
  EXPECT_EQ(driven.due(), kStart + kActiveDown);
  EXPECT_FALSE(driven.holds());
}

TEST(VrrpInitialize, TheOwnerIsActiveAtOnce) {
  Driven driven(configured(255));
  driven.give(Startup{kStart, false, {}});
  EXPECT_THAT(driven.actions, ElementsAre(send(255), HoldAddresses{},
                                          change(RoleName::kInitialize, RoleName::kActive,
                                                 "owner of the addresses (priority 255)")));
  EXPECT_EQ(driven.due(), kStart + 1s);
}

TEST(VrrpInitialize, Priority254IsNotTheOwner) {
  EXPECT_EQ(backup(configured(254)).role(), RoleName::kBackup);
}

TEST(VrrpInitialize, WaitsForTheStartupDelay) {
  Driven driven(configured());
  driven.give(Startup{kStart, false, kStart + 1500ms});
  EXPECT_THAT(driven.actions, ElementsAre(Note{"startup delay of 1.5s"}));
  EXPECT_EQ(driven.role(), RoleName::kInitialize);
  EXPECT_EQ(driven.due(), kStart + 1500ms);
  driven.give(Timer{kStart + 1500ms - 1ns});
  EXPECT_EQ(driven.role(), RoleName::kInitialize);
  driven.give(Timer{kStart + 1500ms});
  EXPECT_EQ(driven.role(), RoleName::kBackup);
  EXPECT_EQ(driven.due(), kStart + 1500ms + kActiveDown);
  EXPECT_FALSE(driven.holds());
}

TEST(VrrpInitialize, AStartupDelayThatIsOverHoldsNothingUp) {
  Driven driven(configured());
  driven.give(Startup{kStart, false, kStart});
  EXPECT_EQ(driven.role(), RoleName::kBackup);
}

TEST(VrrpInitialize, ALongStartupDelayIsSaidInWholeSeconds) {
  Driven driven(configured());
  driven.give(Startup{kStart, false, kStart + 1200s});
  EXPECT_THAT(driven.actions, ElementsAre(Note{"startup delay of 1200s"}));
  driven.give(Startup{kStart, false, kStart + 100s});
  EXPECT_THAT(driven.actions, ElementsAre(Note{"startup delay of 100s"}));
  driven.give(Startup{kStart, false, kStart + 99900ms});
  EXPECT_THAT(driven.actions, ElementsAre(Note{"startup delay of 99.9s"}));
}

TEST(VrrpInitialize, TheInterfaceOrAShutdownEndsTheStartupDelay) {
  for (const MachineEvent& event : {MachineEvent(Fault{kStart, "gone"}), MachineEvent(Shutdown{kStart})}) {
    Driven driven(configured());
    driven.give(Startup{kStart, false, kStart + 10s}).give(event);
    EXPECT_THAT(driven.actions, IsEmpty());
    EXPECT_EQ(driven.machine, Machine{});
  }
}

TEST(VrrpInitialize, HearsOthersButStaysAsItIs) {
  Driven driven(configured());
  driven.give(heard(kStart, 200));
  EXPECT_EQ(driven.role(), RoleName::kInitialize);
  EXPECT_THAT(driven.actions, IsEmpty());
  EXPECT_EQ(driven.machine.heard, (Heard{kHigher, Priority(200), kStart}));
}

// ---- adopting what an earlier run left in the kernel

TEST(VrrpAdoption, WithPreemptionSaysThatItIsBackAndListensWhateverTheStartupDelay) {
  Driven driven(configured());
  driven.give(Startup{kStart, true, kStart + 10s});
  EXPECT_THAT(driven.actions, ElementsAre(send(128), change(RoleName::kInitialize, RoleName::kBackup,
                                                            "listening, addresses of the earlier run kept")));
  EXPECT_TRUE(driven.holds());
  EXPECT_EQ(driven.due(), kStart + 1s + kSkew);
  driven.give(Timer{kStart + 1500ms});
  EXPECT_THAT(driven.actions,
              ElementsAre(send(128), HoldAddresses{},
                          change(RoleName::kBackup, RoleName::kActive, "no other router heard for 1.5s")));
}

TEST(VrrpAdoption, WithPreemptionALowerActiveIsTakenOverFromAtOnce) {
  Driven driven(configured());
  driven.give(Startup{kStart, true, {}}).give(heard(kStart + 1ms, 127));
  EXPECT_THAT(driven.actions, ElementsAre(send(128), HoldAddresses{},
                                          change(RoleName::kBackup, RoleName::kActive,
                                                 "priority 128 is above the 127 of 192.0.2.12")));
}

TEST(VrrpAdoption, AHigherOrEqualActiveGetsTheRoleAndNothingWasAnnounced) {
  for (const int priority : {128, 129}) {
    Driven driven(configured());
    driven.give(Startup{kStart, true, {}}).give(heard(kStart + 1ms, priority));
    EXPECT_THAT(
        driven.actions,
        ElementsAre(DropAddresses{}, Note{"192.0.2.12 is Active: addresses of the earlier run dropped"}));
    EXPECT_EQ(driven.role(), RoleName::kBackup);
  }
}

TEST(VrrpAdoption, TheOwnerDoesNotListen) {
  Driven driven(configured(255, false));
  driven.give(Startup{kStart, true, {}});
  EXPECT_THAT(driven.actions, ElementsAre(send(255), HoldAddresses{},
                                          change(RoleName::kInitialize, RoleName::kActive,
                                                 "owner of the addresses (priority 255)")));
}

TEST(VrrpAdoption, StoppedWhileListeningItLeavesAsTheHolderItIs) {
  Driven driven(configured());
  driven.give(Startup{kStart, true, {}}).give(Shutdown{kStart + 1ms});
  EXPECT_THAT(driven.actions,
              ElementsAre(send(0), change(RoleName::kBackup, RoleName::kLeaving,
                                          "asked to leave, answering until another router is Active")));
  EXPECT_TRUE(driven.holds());
}

TEST(VrrpAdoption, WithoutPreemptionListensForOneIntervalAndTheSkewWithTheAddressesKept) {
  Driven driven(configured(128, false));
  driven.give(Startup{kStart, true, {}});
  EXPECT_THAT(driven.actions, ElementsAre(change(RoleName::kInitialize, RoleName::kBackup,
                                                 "listening, addresses of the earlier run kept")));
  EXPECT_TRUE(driven.holds());
  EXPECT_EQ(driven.due(), kStart + 1s + kSkew);
  driven.give(Timer{kStart + 1500ms});
  EXPECT_THAT(driven.actions,
              ElementsAre(send(128), HoldAddresses{},
                          change(RoleName::kBackup, RoleName::kActive, "no other router heard for 1.5s")));
}

TEST(VrrpAdoption, WithAPreemptDelayListensToo) {
  Driven driven(configured(128, true, 1ms));
  driven.give(Startup{kStart, true, {}});
  EXPECT_EQ(driven.role(), RoleName::kBackup);
  EXPECT_TRUE(driven.holds());
}

TEST(VrrpAdoption, ListeningYieldsToAnyOtherActive) {
  Driven driven(configured(128, false));
  driven.give(Startup{kStart, true, {}}).give(heard(kStart + 1s, 1));
  EXPECT_THAT(
      driven.actions,
      ElementsAre(DropAddresses{}, Note{"192.0.2.12 is Active: addresses of the earlier run dropped"}));
  EXPECT_EQ(driven.role(), RoleName::kBackup);
  EXPECT_FALSE(driven.holds());
  EXPECT_EQ(driven.due(), kStart + 1s + kActiveDown);
}

TEST(VrrpAdoption, ListeningTakesTheRoleOverAfterPriorityZeroAndKeepsTheAddresses) {
  Driven driven(configured(128, false));
  driven.give(Startup{kStart, true, {}}).give(heard(kStart + 100ms, 0));
  EXPECT_TRUE(driven.holds());
  EXPECT_EQ(driven.due(), kStart + 100ms + kSkew);
}

TEST(VrrpAdoption, ListeningDropsTheAddressesWithoutInterface) {
  Driven driven(configured(128, false));
  driven.give(Startup{kStart, true, {}}).give(Fault{kStart, "front: gone"});
  ASSERT_EQ(driven.actions.size(), 2U);
  EXPECT_EQ(driven.actions.front(), Action(DropAddresses{}));
  EXPECT_FALSE(driven.holds());
}

// ---- what holds where nothing is said (RFC 9568 5.2.9, 6.1)

// ---- who answers for the addresses

TEST(VrrpAnswers, WhoIsActiveOrListensAfterARestartButNoBackup) {
  EXPECT_TRUE(answers(active().machine));
  EXPECT_FALSE(answers(backup().machine));
  Driven listening(configured(128, false));
  listening.give(Startup{kStart, true, {}});
  EXPECT_EQ(listening.role(), RoleName::kBackup);
  EXPECT_TRUE(answers(listening.machine));
  listening.give(heard(kStart + 100ms, 200));
  EXPECT_FALSE(answers(listening.machine));
}

TEST(VrrpAnswers, WhoLeavesAnswersUntilAnotherIsActive) {
  auto driven = leaving();
  EXPECT_TRUE(answers(driven.machine));
  driven.give(heard(kActiveSince + 10ms, 100));
  EXPECT_TRUE(driven.holds());
  EXPECT_FALSE(answers(driven.machine));
}

TEST(VrrpDefaults, AreThoseOfTheRfc) {
  const VrrpConfig config;
  EXPECT_EQ(config.priority, Priority{100});
  EXPECT_EQ(config.interval, Centiseconds{100});
  EXPECT_TRUE(config.preempt);
  EXPECT_EQ(config.preempt_delay, Milliseconds{0});
  EXPECT_EQ(config.grace, Milliseconds{100});
  EXPECT_EQ(kLeavingPriority, Priority{0});
  EXPECT_EQ(kOwnerPriority, Priority{255});
  EXPECT_FALSE(Startup{}.adopted);
  EXPECT_FALSE(Backup{}.holding);
  EXPECT_EQ(AdvertisementHeard{}.interval, Centiseconds{100});
}

// ---- the words

TEST(VrrpRoleNames, AreThoseOfTheRoles) {
  EXPECT_EQ(name_of_role(Initialize{}), RoleName::kInitialize);
  EXPECT_EQ(name_of_role(Backup{}), RoleName::kBackup);
  EXPECT_EQ(name_of_role(Active{}), RoleName::kActive);
  EXPECT_EQ(name_of_role(Leaving{}), RoleName::kLeaving);
}

}  // namespace
}  // namespace hawser::vipd
