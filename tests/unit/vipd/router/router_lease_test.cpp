// The addresses of a virtual router have a lease in the kernel, which the router renews while it is on time.
#include "tests/unit/vipd/router/router_fixture.h"

namespace hawser::vipd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class RouterLease : public RouterFixture {
 protected:
  [[nodiscard]] std::chrono::seconds lease_of(const std::string& address) const {
    const auto found = effects.leases.find(key(address));
    return found == effects.leases.end() ? std::chrono::seconds(-1) : found->second;
  }
  // What the kernel does when nobody renews.
  void run_out() { effects.addresses.clear(); }
  static void news(VirtualRouter& router) {
    router.kernel_changed();
    finish(router);
  }
};

TEST_F(RouterLease, IsGivenWithTheAddressAndRenewedEachSecond) {
  auto& router = active(web());
  EXPECT_EQ(lease_of("192.0.2.100"), 4s);
  EXPECT_EQ(router.status().lease.length, 4s);
  effects.renewed.clear();
  pass(router, 10s);
  EXPECT_EQ(effects.renewed.size(), 10U);
}

TEST_F(RouterLease, IsForEverWhereItIsOff) {
  auto vip = web();
  vip.manner.change().lease.off = true;
  auto& router = active(vip);
  EXPECT_EQ(lease_of("192.0.2.100"), 0s);
  pass(router, 10s);
  EXPECT_THAT(effects.renewed, IsEmpty());
}

TEST_F(RouterLease, ChangesWithTheFileAtOnce) {
  auto& router = active(web());
  effects.renewed.clear();
  auto off = web();
  off.manner.change().lease.off = true;
  router.reconfigure(off);
  finish(router);
  EXPECT_EQ(lease_of("192.0.2.100"), 0s) << "what has a lifetime would go with it";
  router.reconfigure(web());
  finish(router);
  EXPECT_EQ(lease_of("192.0.2.100"), 4s);
}

TEST_F(RouterLease, GrowsWithWhatTheHostHolds) {
  auto& router = active(web());
  router.share_with(10'000);
  finish(router);
  EXPECT_EQ(lease_of("192.0.2.100"), 68s);
  effects.renewed.clear();
  pass(router, 68s);
  EXPECT_EQ(effects.renewed.size(), 2U);
}

TEST_F(RouterLease, OfAnEarlierRunIsRenewedAtOnce) {
  effects.addresses.insert(key("192.0.2.100"));
  VirtualRouter router(web(), effects);
  router.interface_usable(kOurs);
  finish(router);
  ASSERT_EQ(router.role(), RoleName::kBackup);
  EXPECT_EQ(lease_of("192.0.2.100"), 4s) << "what is left of it may be little";
}

// Whether or not the loop is late for a turn when the file comes.
TEST_F(RouterLease, OfWhatStaysIsRenewedInTimeAlsoWhenOthersComeWithTheFile) {
  auto vip = web();
  vip.manner.change().lease.length = 2s;
  auto more = web({"192.0.2.100", "192.0.2.101"});
  more.manner.change().lease.length = 2s;
  for (auto late = 0ms; late < 1100ms; late += 50ms) {
    effects = FakeEffects();
    auto& router = active(vip);
    effects.time += late;
    router.reconfigure(more);
    finish(router);
    effects.renewed.clear();
    pass(router, 1200ms);
    EXPECT_THAT(effects.renewed, testing::Contains(testing::Key(IpAddress::v4(192, 0, 2, 100))))
        << late.count();
  }
}

TEST_F(RouterLease, EndsWithTheRole) {
  auto& router = active(web());
  hear(router, kPeer, 200);
  effects.renewed.clear();
  pass(router, 3s);
  EXPECT_THAT(effects.renewed, IsEmpty());
}

TEST_F(RouterLease, WhatIsSomebodyElsesHasNone) {
  effects.foreign.insert(key("192.0.2.100"));
  auto& router = active(web());
  effects.renewed.clear();
  pass(router, 5s);
  EXPECT_THAT(effects.renewed, IsEmpty());
}

// The kernel has taken it away, and its news is read after the timer.
TEST_F(RouterLease, AfterAStallNothingComesBackBeforeItIsKnownWhetherAnotherIsActive) {
  auto& router = active(web());
  run_out();
  forget();
  effects.time += 60s;
  router.on_time();
  finish(router);
  news(router);
  EXPECT_THAT(effects.order, IsEmpty()) << "neither sent, nor added, nor renewed";
  EXPECT_THAT(effects.log,
              testing::Contains(HasSubstr("192.0.2.100 on front: not renewed in time, so the kernel "
                                          "removed what was leased")));
  pass(router, 1500ms);
  EXPECT_EQ(router.role(), RoleName::kActive);
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.100")));
  EXPECT_THAT(effects.order, ElementsAre("send", "add 192.0.2.100/32", "announce 192.0.2.100"));
}

// The same with the news read first: the timer that has not been heard yet decides.
TEST_F(RouterLease, NewsThatIsReadBeforeTheTimerAddsNothing) {
  auto& router = active(web());
  run_out();
  forget();
  effects.time += 60s;
  news(router);
  EXPECT_THAT(effects.order, IsEmpty());
  EXPECT_LE(*router.due(), effects.time) << "the timer is to be heard now";
  router.on_time();
  finish(router);
  EXPECT_THAT(effects.order, IsEmpty());
  pass(router, 1500ms);
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.100")));
}

TEST_F(RouterLease, AfterAStallInWhichAnotherTookOverNothingComesBackAtAll) {
  auto& router = active(web());
  run_out();
  forget();
  effects.time += 60s;
  hear(router, kPeer, 200);
  news(router);
  pass(router, 3s);
  EXPECT_EQ(router.role(), RoleName::kBackup);
  EXPECT_THAT(effects.addresses, IsEmpty());
  EXPECT_THAT(effects.order, Not(testing::Contains("add 192.0.2.100/32")));
}

// Too short for the others to take over, too long for what was left of the lease.
TEST_F(RouterLease, AShortStallThatCostTheAddressPutsItBackWithTheTimer) {
  auto& router = active(web());
  pass(router, 2500ms);
  run_out();
  forget();
  effects.time += 3s;
  news(router);
  EXPECT_THAT(effects.addresses, IsEmpty());
  router.on_time();
  finish(router);
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.100")));
  EXPECT_THAT(effects.order, testing::Contains("announce 192.0.2.100"));
}

TEST_F(RouterLease, WhatSomebodyRemovesIsToldFromThat) {
  auto& router = active(web());
  pass(router, 500ms);
  run_out();
  news(router);
  EXPECT_THAT(effects.log, testing::Contains(HasSubstr("removed by somebody else, put back")));
  EXPECT_THAT(effects.log, Not(testing::Contains(HasSubstr("leased"))));
}

TEST_F(RouterLease, AKernelThatRefusesToRenewIsSaidOnce) {
  auto& router = active(web());
  forget();
  effects.refuse_renewing = "Permission denied";
  pass(router, 5s);
  EXPECT_THAT(effects.log, ElementsAre(HasSubstr("renew 192.0.2.100/32: Permission denied")));
}

// Whatever happens while the loop is on time, or late by less than the others wait: the kernel has the
// address.
class RouterLeaseKept : public RouterLease, public testing::WithParamInterface<std::size_t> {
 protected:
  void expect_held(const std::string& when) const {
    EXPECT_EQ(effects.holding(key("192.0.2.100")), Holding::kOurs) << when;
  }
  VirtualRouter& one_of_many(const config::Vip& vip = web()) {
    effects.leases_end = true;
    auto& router = make(vip);
    router.share_with(GetParam());
    router.interface_usable(kOurs);
    pass(router, 4s);
    EXPECT_EQ(router.role(), RoleName::kActive);
    return router;
  }
};

INSTANTIATE_TEST_SUITE_P(Addresses, RouterLeaseKept, testing::Values(1U, 300U, 301U, 1000U, 10'000U),
                         testing::PrintToStringParamName());

TEST_P(RouterLeaseKept, ThroughAnHour) {
  auto& router = one_of_many();
  for (int second = 0; second < 600; ++second) {
    pass(router, 1s);
    expect_held(fmt::format("after {} s", second));
    if (HasFailure()) return;
  }
}

TEST_P(RouterLeaseKept, ThoughTheLoopIsLateNowAndThen) {
  auto& router = one_of_many();
  for (int i = 0; i < 100; ++i) {
    pass(router, 2700ms);
    effects.time += 1s;  // the others wait for 3.5
    router.on_time();
    finish(router);
    expect_held(fmt::format("after {} stalls", i));
    if (HasFailure()) return;
  }
}

TEST_P(RouterLeaseKept, ThoughTheFileChangesAgainAndAgain) {
  auto& router = one_of_many();
  auto vip = web();
  for (int i = 0; i < 400; ++i) {
    pass(router, 700ms);
    vip.manner.change().announce.change().count = 2 + i % 2;
    router.reconfigure(vip);
    finish(router);
    expect_held(fmt::format("after {} changes", i));
    if (HasFailure()) return;
  }
}

TEST_P(RouterLeaseKept, ByAnOwnerThatStartsAgain) {
  effects.addresses.insert(key("192.0.2.100"));
  effects.ends[key("192.0.2.100")] = effects.time + 100ms;  // all that is left of it
  auto vip = web();
  vip.priority = Priority(255);
  effects.leases_end = true;
  VirtualRouter router(vip, effects);
  router.share_with(GetParam());
  router.interface_usable(kOurs);
  finish(router);
  pass(router, 2s);
  expect_held("after two seconds");
}

// A stall in the middle of a takeover: what is left to do waits until it is known who is Active.
TEST_F(RouterLease, NothingIsAddedByWhoIsOverdue) {
  auto vip = web();
  for (int i = 1; i < 250; ++i)
    vip.addresses.push_back({*Prefix::parse(fmt::format("198.51.100.{}", i)), "front"});
  effects.cost_of_adding = 1ms;
  VirtualRouter router(vip, effects);
  router.interface_usable(kOurs);
  effects.time = *router.due();
  router.on_time();
  ASSERT_EQ(router.role(), RoleName::kActive);
  EXPECT_TRUE(router.work());
  const auto so_far = effects.addresses.size();
  effects.time += 60s;
  EXPECT_FALSE(router.work());
  EXPECT_EQ(effects.addresses.size(), so_far);
  router.on_time();
  finish(router);
  EXPECT_EQ(effects.addresses.size(), so_far) << "it listens";
  hear(router, kPeer, 200);
  EXPECT_THAT(effects.addresses, IsEmpty());
}

}  // namespace
}  // namespace hawser::vipd
