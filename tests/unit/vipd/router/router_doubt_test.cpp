// What a virtual router does when it returns, when the Active one is late, and when it is asked why.
#include "tests/unit/vipd/router/router_fixture.h"

namespace hawser::vipd {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

config::Vip returning() {
  auto vip = web();
  vip.manner.change().return_delay = 30s;
  return vip;
}

class RouterDoubt : public RouterFixture {
 protected:
  VirtualRouter& backup(const config::Vip& vip = web()) {
    auto& router = make(vip);
    router.interface_usable(kOurs);
    hear(router, kPeer, 200);
    return router;
  }
  // The next advertisement comes after so long.
  void hear_after(VirtualRouter& router, std::chrono::nanoseconds gap) {
    effects.time += gap;
    hear(router, kPeer, 200);
  }
};

TEST_F(RouterDoubt, AReturnDelayBeginsWhenItsInterfaceIsBack) {
  auto vip = returning();
  auto& router = active(vip);
  forget();
  router.interface_unusable("front: no carrier");
  finish(router);
  pass(router, 5s);
  router.interface_usable(kOurs);
  pass(router, 29s);
  EXPECT_EQ(router.role(), RoleName::kInitialize);
  EXPECT_THAT(effects.log, Contains(HasSubstr("return delay of 30s")));
  EXPECT_THAT(effects.sent, ElementsAre(testing::_)) << "the goodbye alone";
  pass(router, 5s);
  EXPECT_EQ(router.role(), RoleName::kActive);
}

TEST_F(RouterDoubt, AReturnDelayIsNoneAtTheStart) {
  auto vip = returning();
  VirtualRouter router(vip, effects);
  router.interface_unusable("front: interface missing");
  router.interface_usable(kOurs);
  pass(router, 4s);
  EXPECT_EQ(router.role(), RoleName::kActive);
}

// Where a network returns, its routing may hear the others and lose them again.
TEST_F(RouterDoubt, AReturnDelayBeginsWhenAnotherIsHeardAfterNobodyWas) {
  auto vip = returning();
  auto& router = active(vip);
  hear(router, kPeer, 200);
  ASSERT_EQ(router.role(), RoleName::kBackup);
  EXPECT_THAT(router.status().outlook, HasSubstr("in 30s at the earliest: its return delay is running"));
  pass(router, 29s);
  EXPECT_EQ(router.role(), RoleName::kBackup) << "silence is not believed yet";
  pass(router, 2s);
  EXPECT_EQ(router.role(), RoleName::kActive);
}

TEST_F(RouterDoubt, AReturnDelayFollowsTheSilenceAfterASleepToo) {
  auto vip = returning();
  VirtualRouter router(vip, effects);
  router.interface_usable(kOurs);
  effects.time += 1h;
  router.on_time();
  ASSERT_EQ(router.role(), RoleName::kBackup) << "it listens";
  pass(router, 2s);
  ASSERT_EQ(router.role(), RoleName::kActive);
  hear(router, kPeer, 200);
  pass(router, 29s);
  EXPECT_EQ(router.role(), RoleName::kBackup);
}

TEST_F(RouterDoubt, AReturnDelayEndsWhereTheActiveLeavesTheRole) {
  auto vip = returning();
  auto& router = active(vip);
  hear(router, kPeer, 200);
  hear(router, kPeer, 0);
  pass(router, 1s);
  EXPECT_EQ(router.role(), RoleName::kActive);
}

TEST_F(RouterDoubt, AReturnDelayThatTheFileTakesAwayEndsAtOnce) {
  auto vip = returning();
  auto& router = active(vip);
  hear(router, kPeer, 200);
  vip.manner.change().return_delay = 0s;
  router.reconfigure(vip);
  pass(router, 4s);
  EXPECT_EQ(router.role(), RoleName::kActive);
}

TEST_F(RouterDoubt, WithoutAReturnDelayNothingIsWaitedFor) {
  auto& router = active(web());
  hear(router, kPeer, 200);
  EXPECT_EQ(std::get<Backup>(router.state()->machine.role).not_before, std::nullopt);
}

TEST_F(RouterDoubt, AReturnDelayIsNoneWhereOthersWereHeardAllTheTime) {
  auto vip = returning();
  auto& router = active(vip);
  hear(router, kPeer, 100);  // it loses, and is there
  hear(router, kPeer, 200);
  ASSERT_EQ(router.role(), RoleName::kBackup);
  pass(router, 4s);
  EXPECT_EQ(router.role(), RoleName::kActive);
}

TEST_F(RouterDoubt, AnotherIntervalIsSaidOnceAndNotWhenItIsOver) {
  auto& router = backup();
  const auto says = [&](int interval) {
    router.receive({{Vrid(51), Priority(200), Centiseconds(interval), {IpAddress::v4(192, 0, 2, 100)}},
                    {3, VrrpChecksum::kPseudoHeader, {}}},
                   kPeer);
  };
  const auto lines = [&] {
    return std::ranges::count_if(effects.log, [](const auto& line) {
      return line.find("192.0.2.12 advertises each 100ms where this host has 1s: the files differ") !=
             std::string::npos;
    });
  };
  says(10);
  says(10);
  EXPECT_EQ(lines(), 1);
  EXPECT_EQ(router.status().other_interval->interval, Centiseconds(10));
  says(100);
  EXPECT_FALSE(router.status().other_interval);
}

TEST_F(RouterDoubt, WhatAFullQueueKeptBackIsAnnouncedInAMoment) {
  auto& router = active(web());
  forget();
  effects.refuse_announcing = ENOBUFS;
  const auto before = router.status().counters.announced;
  (void)router.announce();
  finish(router);
  pass(router, 500ms);
  EXPECT_EQ(router.status().counters.announced, before) << "only what went out counts";
  effects.refuse_announcing = 0;
  pass(router, 20ms);
  EXPECT_EQ(effects.announced.size(), 1U);
}

TEST_F(RouterDoubt, WhatCannotBeAnnouncedIsLeftToTheNextRound) {
  auto& router = active(web());
  forget();
  effects.refuse_announcing = ENETDOWN;
  (void)router.announce();
  finish(router);
  effects.refuse_announcing = 0;
  pass(router, 900ms);
  EXPECT_TRUE(effects.announced.empty());
  pass(router, 200ms);
  EXPECT_EQ(effects.announced.size(), 1U);
}

TEST_F(RouterDoubt, WhatIsPutBackOnceAnOverdueTimerWasHeardIsSaidToo) {
  auto& router = active(web());
  forget();
  effects.addresses.clear();
  effects.time = *router.due() + 1ms;  // an advertisement
  router.kernel_changed();
  finish(router);
  EXPECT_THAT(effects.addresses, IsEmpty()) << "it may have lost the role";
  router.on_time();
  finish(router);
  EXPECT_FALSE(effects.addresses.empty());
  EXPECT_THAT(effects.log, ElementsAre("web: 192.0.2.100 on front: removed by somebody else, put back"));
}

TEST_F(RouterDoubt, WhatIsHeldOnAnInterfaceThatReturnsIsAnnouncedAgain) {
  auto vip = web();
  vip.addresses.push_back({*Prefix::parse("203.0.113.100/32"), "back"});
  auto& router = active(vip, 20s);
  router.out_of_reach({{"back", "back: no carrier"}});
  forget();
  router.out_of_reach({});
  finish(router);
  EXPECT_THAT(effects.announced, Contains(IpAddress::v4(203, 0, 113, 100)));
}

TEST_F(RouterDoubt, LateAdvertisementsAreCountedAndSaidOnce) {
  auto& router = backup();
  for (int i = 0; i < 5; ++i) hear_after(router, 1s);
  EXPECT_EQ(router.status().late.over_half, 0U);
  EXPECT_THAT(router.status().late.by_quarter, ElementsAre(0, 5, 0, 0)) << "1 s of 3.5 s is in the second";
  hear_after(router, 2s);
  hear_after(router, 3s);
  const auto late = router.status().late;
  EXPECT_EQ(late.over_half, 2U);
  EXPECT_THAT(late.by_quarter, ElementsAre(0, 5, 1, 1));
  EXPECT_EQ(late.longest, 3s);
  EXPECT_EQ(std::ranges::count_if(
                effects.log, [](const auto& line) { return line.find("come late") != std::string::npos; }),
            1);
  EXPECT_THAT(effects.log,
              Contains(HasSubstr("advertisements of 192.0.2.12 come late: 2s after the one before, "
                                 "and after 3.5s this host takes over")));
}

TEST_F(RouterDoubt, WhoHasJustBegunOrHeardAnotherIsNotLate) {
  auto& router = backup();
  effects.time += 3s;
  hear(router, IpAddress::v4(192, 0, 2, 13), 201);
  EXPECT_EQ(router.status().late, Late{});
  auto& self = active(web());
  effects.time += 3s;
  hear(self, kPeer, 100);
  EXPECT_EQ(self.status().late, Late{}) << "an Active router expects none";
}

TEST_F(RouterDoubt, AnOperatorHasItAnnounced) {
  auto vip = web();
  vip.manner.change().announce.change().count = 0;  // switched off
  auto& router = active(vip);
  EXPECT_THAT(effects.announced, IsEmpty());
  EXPECT_EQ(router.why_not_announced(), "");
  router.announce();
  finish(router);
  EXPECT_THAT(effects.announced, ElementsAre(IpAddress::v4(192, 0, 2, 100)));
  hear(router, kPeer, 200);
  EXPECT_EQ(router.why_not_announced(), "is Backup here: only its Active router announces it");
}

TEST_F(RouterDoubt, APacedAnnouncementGoesOnInItsTime) {
  auto vip = web({"192.0.2.100", "192.0.2.101", "192.0.2.102"});
  vip.manner.change().announce.change() = {1, Milliseconds(1000), Milliseconds(0), 1};
  VirtualRouter router(vip, effects);
  router.interface_usable(kOurs);
  pass(router, 3500ms);
  EXPECT_EQ(effects.addresses.size(), 3U) << "held at once";
  EXPECT_EQ(effects.announced.size(), 1U);
  pass(router, 2s);
  EXPECT_EQ(effects.announced.size(), 3U);
  pass(router, 10s);
  EXPECT_EQ(effects.announced.size(), 5U) << "and the round for whoever asked the one that left";
}

TEST_F(RouterDoubt, APacedAnnouncementOfWhatTheFileNoLongerNamesIsNone) {
  auto vip = web({"192.0.2.100", "192.0.2.101", "192.0.2.102"});
  vip.manner.change().announce.change() = {1, Milliseconds(1000), Milliseconds(0), 1};
  VirtualRouter router(vip, effects);
  router.interface_usable(kOurs);
  pass(router, 3500ms);
  auto less = web();
  less.manner.change().announce = vip.manner->announce;
  router.reconfigure(less);
  finish(router);
  forget();
  pass(router, 5s);
  EXPECT_THAT(effects.announced, Not(Contains(IpAddress::v4(192, 0, 2, 102))))
      << "another host may have it by now";
}

TEST_F(RouterDoubt, WhoWasLateItselfMeasuresNothing) {
  auto& router = backup();
  effects.time += 60s;
  hear(router, kPeer, 200);
  EXPECT_EQ(router.status().late, Late{});
}

TEST_F(RouterDoubt, EventsHaveTheNameThatTheFileHasNow) {
  auto& router = active(web());
  auto other = web();
  other.name = "www";
  router.reconfigure(other);
  hear(router, kPeer, 200);
  EXPECT_EQ(effects.events.back().object, "www");
}

TEST_F(RouterDoubt, RemembersItsLastChangesWithWhatWasKnown) {
  auto& router = backup();
  pass(router, 4s);
  const auto changes = router.changes();
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes.back().to, RoleName::kActive);
  EXPECT_EQ(changes.back().why, "no advertisement from 192.0.2.12 for 3.5s");
  EXPECT_EQ(changes.back().heard->source, kPeer);
  EXPECT_EQ(changes.back().priority, Priority(128));
  for (int i = 0; i < 20; ++i) {
    router.interface_unusable("front: no carrier");
    router.interface_usable(kOurs);
  }
  EXPECT_EQ(router.changes().size(), kMostChanges);
}

TEST_F(RouterDoubt, AFaultIsCalledByItsReason) {
  auto vip = web();
  auto& router = active(vip);
  forget();
  effects.refuse_adding = "Permission denied";
  effects.addresses.clear();
  router.kernel_changed();
  finish(router);
  ASSERT_EQ(router.role(), RoleName::kInitialize);
  const auto told = std::ranges::find(effects.events, EventKind::kRole, &Event::kind);
  ASSERT_NE(told, effects.events.end());
  EXPECT_EQ(effects.events.back().cause.kind, CauseKind::kKernel);
}

const MacAddress kOther = *MacAddress::parse("02:00:00:00:00:99");

TEST_F(RouterDoubt, WhoeverAnswersForAnAddressThatIsHeldHereIsNamedOnce) {
  auto& router = active(web(), 10s);
  forget();
  const auto address = IpAddress::v4(192, 0, 2, 100);
  router.conflict("back", address, kOther);
  router.conflict("front", IpAddress::v4(192, 0, 2, 101), kOther);
  EXPECT_THAT(effects.log, IsEmpty()) << "not ours";
  for (int i = 0; i < 3; ++i) router.conflict("front", address, kOther);
  EXPECT_THAT(effects.log, ElementsAre(HasSubstr("02:00:00:00:00:99 answers for 192.0.2.100 on front too")));
  EXPECT_EQ(router.status().conflicts.at(address).mac, kOther);
  hear(router, kPeer, 200);
  EXPECT_THAT(router.status().conflicts, IsEmpty()) << "of a role that is over";
}

TEST_F(RouterDoubt, WhoeverAnswersForAllOfThemIsOneLineAtOnce) {
  auto& router = active(web({"192.0.2.100", "192.0.2.101", "192.0.2.102"}), 10s);
  forget();
  for (const int last : {100, 101, 102})
    router.conflict("front", IpAddress::v4(192, 0, 2, static_cast<std::uint8_t>(last)), kOther);
  EXPECT_EQ(effects.log.size(), 1U);
  EXPECT_EQ(router.status().conflicts.size(), 3U);
}

TEST_F(RouterDoubt, WhoHasJustTakenOverOrIsBackupHasNoConflict) {
  VirtualRouter router(web(), effects);
  router.interface_usable(kOurs);
  pass(router, 3500ms);
  ASSERT_EQ(router.role(), RoleName::kActive);
  router.conflict("front", IpAddress::v4(192, 0, 2, 100), kOther);
  EXPECT_THAT(router.status().conflicts, IsEmpty()) << "the one before may not have heard of it";
  auto& other = backup();
  effects.time += 10s;
  other.conflict("front", IpAddress::v4(192, 0, 2, 100), kOther);
  EXPECT_THAT(other.status().conflicts, IsEmpty()) << "that is the Active router";
}

TEST_F(RouterDoubt, ConnectionsEndWithTheAddressWhereTheFileSaysSo) {
  auto& quiet = active(web());
  hear(quiet, kPeer, 200);
  EXPECT_THAT(effects.ended, IsEmpty());
  auto vip = web();
  vip.manner.change().reset_connections = true;
  auto& router = active(vip);
  hear(router, kPeer, 200);
  EXPECT_THAT(effects.ended, ElementsAre(IpAddress::v4(192, 0, 2, 100)));
}

}  // namespace
}  // namespace hawser::vipd
