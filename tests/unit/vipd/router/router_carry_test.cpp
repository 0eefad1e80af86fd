// A virtual router that goes on with the role of an earlier run of this program.
#include "tests/unit/vipd/router/router_fixture.h"

namespace hawser::vipd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RouterCarry : public RouterFixture {
 protected:
  // What is left of it when the program starts itself again; the kernel keeps its addresses.
  VirtualRouter& again(const RouterState& state, const config::Vip& vip = web(),
                       const IpAddress& source = kOurs) {
    forget();
    auto& router = make(vip);
    router.go_on_with(state);
    router.interface_usable(source);
    finish(router);
    return router;
  }
};

TEST_F(RouterCarry, AnActiveRouterGoesOnAsIfNothingHadBeen) {
  auto& before = active(web(), 10s);
  const auto state = before.state();
  ASSERT_TRUE(state.has_value());
  const auto due = before.due();
  effects.time += 200ms;
  auto& router = again(*state);
  EXPECT_EQ(router.role(), RoleName::kActive);
  EXPECT_THAT(effects.order, IsEmpty()) << "no advertisement before its time, no announcement, no change";
  EXPECT_THAT(effects.log, IsEmpty());
  EXPECT_LE(*router.due(), *due);
  EXPECT_EQ(router.status().since, before.status().since);
  EXPECT_EQ(router.status().why, before.status().why);
  EXPECT_EQ(effects.leases.at(key("192.0.2.100")), 4s);
  pass(router, 1s);
  EXPECT_EQ(effects.sent.size(), 1U);
}

TEST_F(RouterCarry, ABackupGoesOnWithItsTimerAndWhatItLearnt) {
  VirtualRouter before(web(), effects);
  before.interface_usable(kOurs);
  hear(before, kPeer, 200);
  const auto due = before.due();
  const auto state = before.state();
  ASSERT_TRUE(state.has_value());
  effects.time += 200ms;
  auto& router = again(*state);
  EXPECT_EQ(router.role(), RoleName::kBackup);
  EXPECT_EQ(router.due(), due);
  EXPECT_EQ(router.status().heard->source, kPeer);
}

TEST_F(RouterCarry, WhatIsMissingComesAndWhatIsNewToo) {
  auto& before = active(web(), 10s);
  const auto state = *before.state();
  effects.addresses.clear();
  again(state, web({"192.0.2.100", "192.0.2.101"}));
  EXPECT_EQ(effects.addresses.size(), 2U);
}

TEST_F(RouterCarry, WhoWasAwayForTooLongListensFirst) {
  auto& before = active(web(), 10s);
  const auto state = *before.state();
  effects.time += 10s;
  auto& router = again(state);
  EXPECT_EQ(router.role(), RoleName::kBackup) << "as after a crash";
  EXPECT_EQ(effects.addresses.size(), 1U);
}

TEST_F(RouterCarry, AnotherSourceIsAnotherRouter) {
  auto& before = active(web(), 10s);
  const auto state = *before.state();
  auto& router = again(state, web(), IpAddress::v4(192, 0, 2, 13));
  EXPECT_EQ(router.role(), RoleName::kBackup);
}

TEST_F(RouterCarry, WhoLeavesOrHasNotBegunCarriesNothing) {
  VirtualRouter router(web(), effects);
  EXPECT_EQ(router.state(), std::nullopt);
  auto& leaving = active(web(), 10s);
  leaving.shutdown();
  EXPECT_EQ(leaving.state(), std::nullopt);
}

TEST_F(RouterCarry, ABackupWhoseTimerIsOverBeginsAnew) {
  VirtualRouter before(web(), effects);
  before.interface_usable(kOurs);
  hear(before, kPeer, 200);
  const auto state = *before.state();
  effects.time += 10s;
  auto& router = again(state);
  EXPECT_EQ(router.role(), RoleName::kBackup);
  EXPECT_GT(*router.due(), effects.time + 3s) << "it may have missed what the Active router said";
}

TEST_F(RouterCarry, WhatWasCarriedIsForgottenWhereTheInterfaceIsGone) {
  auto& before = active(web(), 10s);
  const auto state = *before.state();
  effects.addresses.clear();
  forget();
  VirtualRouter router(web(), effects);
  router.go_on_with(state);
  router.interface_unusable("front: no carrier");
  router.interface_usable(kOurs);
  EXPECT_EQ(router.role(), RoleName::kBackup);
  EXPECT_EQ(router.source(), kOurs);
}

TEST_F(RouterCarry, WhatHasBeenIsToldOn) {
  auto& before = active(web(), 10s);
  const auto past = before.past();
  ASSERT_EQ(past.changes.size(), 2U);
  EXPECT_GT(past.counters.sent, 0U);
  EXPECT_GT(past.counters.announced, 0U);
  const auto state = *before.state();
  forget();
  VirtualRouter router(web(), effects);
  router.go_on_with(state);
  router.remember(past);
  router.interface_usable(kOurs);
  finish(router);
  EXPECT_EQ(router.changes(), before.changes());
  EXPECT_EQ(router.past(), past);
  EXPECT_EQ(router.status().counters, before.status().counters);
  EXPECT_THAT(effects.log, IsEmpty()) << "nor is it told as if it were now";
  pass(router, 1s);
  EXPECT_EQ(router.status().counters.sent, past.counters.sent + 1);
  router.announce();
  finish(router);
  EXPECT_EQ(router.past().counters.announced, past.counters.announced + 1);
}

// It has no role to go on with, and still a past.
TEST_F(RouterCarry, WhoBeginsAnewKnowsWhatHasBeen) {
  auto& before = active(web(), 10s);
  before.interface_unusable("front: no carrier");
  EXPECT_EQ(before.state(), std::nullopt);
  forget();
  VirtualRouter router(web(), effects);
  router.remember(before.past());
  router.interface_usable(kOurs);
  ASSERT_EQ(router.changes().size(), 4U);
  EXPECT_EQ(router.changes()[2].why, "front: no carrier");
  EXPECT_EQ(router.changes()[3].to, RoleName::kBackup);
  for (int i = 0; i < 10; ++i) {
    router.interface_unusable("front: no carrier");
    router.interface_usable(kOurs);
  }
  EXPECT_EQ(router.changes().size(), kMostChanges);
}

TEST_F(RouterCarry, ARefreshOfTheAnnouncementGoesOn) {
  auto vip = web();
  vip.manner.change().announce.change().refresh = Milliseconds(60'000);
  auto& before = active(vip, 30s);
  auto& router = again(*before.state(), vip);
  pass(router, 61s);
  EXPECT_THAT(effects.announced, ElementsAre(IpAddress::v4(192, 0, 2, 100)));
}

TEST_F(RouterCarry, TheRoundsOfAYoungTakeoverGoOn) {
  auto& before = active(web(), 5500ms);  // Active for two seconds
  auto& router = again(*before.state());
  pass(router, 10s);
  EXPECT_EQ(effects.announced.size(), 2U) << "of five, at once and each second";
}

}  // namespace
}  // namespace hawser::vipd
