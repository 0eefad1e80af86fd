// What a virtual router holds when interfaces and addresses change under it.
#include "tests/unit/vipd/router/router_fixture.h"

namespace hawser::vipd {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// 192.0.2.100 on front, and 198.51.100.1 on back.
config::Vip two_sides() {
  auto vip = web();
  vip.addresses.push_back({*Prefix::parse("198.51.100.1"), "back"});
  return vip;
}

class RouterAddresses : public RouterFixture {
 protected:
  void changed(VirtualRouter& router) {
    router.kernel_changed();
    finish(router);
  }
  VirtualRouter& active(const config::Vip& vip = two_sides()) {
    auto& router = RouterFixture::active(vip, 10s);
    forget();
    return router;
  }
  [[nodiscard]] std::optional<Priority> last_priority() const {
    if (effects.sent.empty()) return std::nullopt;
    const auto decoded = decode(effects.sent.back(), {kOurs, kVrrpGroup, 255});
    return decoded ? std::optional(decoded->advertisement.priority) : std::nullopt;
  }
};

TEST_F(RouterAddresses, WhatOnlyMovesToAnotherInterfaceIsNeverGone) {
  auto vip = web();
  vip.manner.change().reset_connections = true;
  auto& router = active(vip);
  vip.manner.change().virtual_mac = true;
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "v4-51-front"}};
  router.reconfigure(vip);
  finish(router);
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.100", "v4-51-front")));
  const auto at = [&](const char* what) { return std::ranges::find(effects.order, what); };
  ASSERT_NE(at("remove 192.0.2.100/32"), effects.order.end());
  EXPECT_LT(at("add 192.0.2.100/32"), at("remove 192.0.2.100/32"));
  EXPECT_THAT(effects.ended, IsEmpty()) << "its connections go on";
  EXPECT_EQ(router.role(), RoleName::kActive);
}

// The kernel takes no second form of an IPv6 address on one interface.
TEST_F(RouterAddresses, AnotherPrefixOnTheSameInterfaceComesAfterTheOldOneWent) {
  auto& router = active(web({"192.0.2.100/24"}));
  router.reconfigure(web({"192.0.2.100/25"}));
  finish(router);
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.100/25")));
  const auto at = [&](const char* what) { return std::ranges::find(effects.order, what); };
  ASSERT_NE(at("add 192.0.2.100/25"), effects.order.end());
  EXPECT_LT(at("remove 192.0.2.100/24"), at("add 192.0.2.100/25"));
}

// Nobody hears what is said on a dummy.
TEST_F(RouterAddresses, WhatLivesElsewhereIsAnnouncedOnTheInterface) {
  auto vip = web();
  vip.manner.change().store = config::Store::kSpread;
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "s51-0-front"}};
  auto& router = active(vip);
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.100", "s51-0-front")));
  effects.announced_on.clear();
  router.announce_again_on("s51-0-front");
  finish(router);
  EXPECT_THAT(effects.announced_on, IsEmpty()) << "nobody knows that one";
  router.announce_again_on("front");
  finish(router);
  EXPECT_THAT(effects.announced_on, ElementsAre("front"));
  effects.time += 10s;
  router.conflict("front", IpAddress::v4(192, 0, 2, 100), *MacAddress::parse("02:00:00:00:00:09"));
  EXPECT_EQ(router.status().conflicts.size(), 1U);
}

// A sixteenth of its interval before its time, when others are called; the next ones stay where they were.
TEST_F(RouterAddresses, AnAdvertisementThatIsNearlyDueGoesWithThoseOfOthers) {
  auto& router = active(web());
  const auto due = router.state()->machine;
  const auto at = std::get<Active>(due.role).advert_at;
  effects.time = at - 61ms;  // of one second 62.5, and never more than 60
  EXPECT_FALSE(router.advertise_early());
  EXPECT_THAT(effects.sent, IsEmpty());
  effects.time = at - 59ms;
  EXPECT_TRUE(router.advertise_early());
  EXPECT_EQ(effects.sent.size(), 1U);
  EXPECT_EQ(std::get<Active>(router.state()->machine.role).advert_at, at + 1s);
  EXPECT_FALSE(router.advertise_early()) << "once";
}

TEST_F(RouterAddresses, OnlyWhoIsActiveAdvertisesWithOthers) {
  VirtualRouter router(web(), effects);
  EXPECT_FALSE(router.advertise_early());
  router.interface_usable(kOurs);
  EXPECT_FALSE(router.advertise_early());
  EXPECT_THAT(effects.sent, IsEmpty());
}

TEST_F(RouterAddresses, LocalRoutesAreNotLeased) {
  auto vip = web();
  EXPECT_GT(active(vip).status().lease.length.count(), 0);
  vip.manner.change().store = config::Store::kLocalRoutes;
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "r51-front"}};
  EXPECT_EQ(active(vip).status().lease.length.count(), 0);
}

TEST_F(RouterAddresses, AVirtualMacIsWhatAdvertisementsComeFrom) {
  auto vip = web();
  active(vip).shutdown();
  EXPECT_THAT(effects.sent_as, IsEmpty());
  vip.manner.change().virtual_mac = true;
  auto& router = active(vip);
  effects.sent_as.clear();
  router.interface_unusable("front: interface down");
  EXPECT_THAT(effects.sent_as, ElementsAre(*MacAddress::parse("00:00:5e:00:01:33"))) << "its good-bye too";
}

TEST_F(RouterAddresses, WhatTheStatusCallsHeldIsWhatTheKernelHas) {
  auto& router = active();
  effects.addresses.erase(key("192.0.2.100"));
  EXPECT_EQ(router.status().addresses.at(key("192.0.2.100")), Holding::kNo) << "nobody told the router yet";
  EXPECT_EQ(router.status().addresses.at(key("198.51.100.1", "back")), Holding::kOurs);
  EXPECT_THAT(router.status().fault, HasSubstr("Active without 192.0.2.100 on front"));
}

TEST_F(RouterAddresses, AVipThatReturnsAfterItsAddressesWereRemovedAddsThemAgain) {
  auto& router = active();
  router.shutdown();
  router.shutdown();
  finish(router);
  ASSERT_THAT(effects.addresses, IsEmpty());
  VirtualRouter again(two_sides(), effects);
  again.interface_usable(kOurs);
  pass(again, 4s);
  EXPECT_EQ(effects.addresses.size(), 2U);
}

TEST_F(RouterAddresses, AnInterfaceThatIsDeletedAndMadeAgainGetsItsAddressBack) {
  auto& router = active();
  for (int round = 0; round < 3; ++round) {
    forget();
    effects.remove_interface("back");
    changed(router);
    EXPECT_EQ(router.role(), RoleName::kActive) << "the other address is held";
    EXPECT_EQ(router.status().fault, "Active without 198.51.100.1 on back (back: interface missing)");
    EXPECT_THAT(effects.log,
                ElementsAre("web: back: interface missing: 198.51.100.1 is held when it returns"));
    changed(router);
    pass(router, 20s);
    EXPECT_EQ(effects.log.size(), 1U) << "said once";
    effects.missing.clear();
    changed(router);
    EXPECT_THAT(effects.addresses, Contains(key("198.51.100.1", "back"))) << "at once, not by time";
    EXPECT_THAT(effects.log, Contains("web: back: interface is there again"));
    EXPECT_EQ(router.status().fault, "");
    pass(router, 10min);
  }
}

TEST_F(RouterAddresses, WithOneRefusedAddressItStaysActiveAndSaysWhich) {
  effects.refused = {IpAddress::v4(198, 51, 100, 1)};
  VirtualRouter router(two_sides(), effects);
  router.interface_usable(kOurs);
  pass(router, 10s);
  EXPECT_EQ(router.role(), RoleName::kActive);
  EXPECT_EQ(router.status().fault,
            "Active without 198.51.100.1 on back (back: add 198.51.100.1/32: Permission denied)");
  effects.refused.clear();
  pass(router, 1s);
  EXPECT_EQ(router.status().fault, "");
  EXPECT_EQ(effects.addresses.size(), 2U);
}

TEST_F(RouterAddresses, WhoCanHoldNoAddressLeavesTheRoleToAnother) {
  effects.refuse_adding = "Permission denied";
  VirtualRouter router(two_sides(), effects);
  router.interface_usable(kOurs);
  pass(router, 3500ms);
  EXPECT_EQ(router.role(), RoleName::kInitialize);
  EXPECT_EQ(last_priority(), Priority(0)) << "a peer need not wait until this one is missed";
  const auto why = "no address can be held: back: add 198.51.100.1/32: Permission denied";
  EXPECT_EQ(router.status().why, why);
  EXPECT_EQ(router.status().fault, why);
  EXPECT_THAT(effects.log, Contains(fmt::format("web: Initialize: {}", why)));
}

TEST_F(RouterAddresses, WhoCouldHoldNoAddressTriesWithoutTheRoleAndEverMoreSeldom) {
  effects.refuse_adding = "Permission denied";
  VirtualRouter router(two_sides(), effects);
  router.interface_usable(kOurs);
  pass(router, 3500ms);
  forget();
  pass(router, 10min);
  EXPECT_EQ(router.role(), RoleName::kInitialize);
  EXPECT_THAT(effects.order, Not(Contains("send"))) << "who has the role is not disturbed";
  EXPECT_THAT(effects.log, IsEmpty());
  const auto tries = std::ranges::count(effects.order, "try 192.0.2.100/32");
  EXPECT_GE(tries, 20);
  EXPECT_LE(tries, 30);
  effects.refuse_adding.clear();
  pass(router, 40s);
  EXPECT_EQ(router.role(), RoleName::kActive);
  EXPECT_EQ(effects.addresses.size(), 2U);
  EXPECT_EQ(router.status().fault, "");
}

TEST_F(RouterAddresses, TheLastInterfaceThatReturnsEndsThePauseAtOnce) {
  auto vip = two_sides();
  vip.addresses.erase(vip.addresses.begin());
  auto& router = active(vip);
  effects.remove_interface("back");
  changed(router);
  EXPECT_EQ(router.role(), RoleName::kInitialize);
  pass(router, 10min);
  effects.missing.clear();
  router.kernel_changed();
  pass(router, 4s);
  EXPECT_EQ(router.role(), RoleName::kActive);
  EXPECT_THAT(effects.addresses, ElementsAre(key("198.51.100.1", "back")));
}

TEST_F(RouterAddresses, AskedToLeaveItDoesNotReturnThoughItCouldHoldThemAgain) {
  effects.refuse_adding = "Permission denied";
  VirtualRouter router(two_sides(), effects);
  router.interface_usable(kOurs);
  pass(router, 3500ms);
  router.shutdown();
  finish(router);
  EXPECT_TRUE(router.stopped());
  effects.refuse_adding.clear();
  pass(router, 10min);
  EXPECT_TRUE(router.stopped());
}

TEST_F(RouterAddresses, ARenamedInterfaceIsLeftWithALastWord) {
  auto& router = active();
  effects.remove_interface("front");
  router.interface_unusable("front: interface missing");
  finish(router);
  EXPECT_EQ(router.role(), RoleName::kInitialize);
  EXPECT_EQ(last_priority(), Priority(0));
  EXPECT_THAT(effects.addresses, IsEmpty());
}

TEST_F(RouterAddresses, AnAddressThatSomebodyElseTookOverIsLeftToHimAndSaid) {
  auto& router = active();
  effects.addresses.erase(key("192.0.2.100"));
  effects.foreign.insert(key("192.0.2.100"));
  changed(router);
  EXPECT_THAT(effects.log,
              ElementsAre("web: 192.0.2.100 on front is somebody else's now: it stays when the role is left; "
                          "remove it where it is configured"));
  EXPECT_EQ(router.status().addresses.at(key("192.0.2.100")), Holding::kForeign);
  router.shutdown();
  router.shutdown();
  finish(router);
  EXPECT_THAT(effects.order, Not(Contains("remove 192.0.2.100/32")));
}

TEST_F(RouterAddresses, AnAddressThatSomebodyElsePutsThereIsSaidAsBackupToo) {
  VirtualRouter router(two_sides(), effects);
  router.interface_usable(kOurs);
  forget();
  effects.foreign.insert(key("192.0.2.100"));
  changed(router);
  changed(router);
  EXPECT_THAT(effects.log,
              ElementsAre("web: 192.0.2.100 on front is there, and not by vipd: this host answers for it "
                          "in any role; remove it where it is configured"));
}

TEST_F(RouterAddresses, AnAddressThatStaysBehindIsSaidWhenTheRoleIsLeft) {
  auto& router = active();
  effects.addresses.erase(key("192.0.2.100"));
  effects.foreign.insert(key("192.0.2.100"));
  changed(router);
  pass(router, 60s);
  forget();
  router.interface_unusable("front: no carrier");
  EXPECT_THAT(effects.log,
              Contains(HasSubstr("192.0.2.100 on front is there, and not by vipd: this host answers for it "
                                 "in any role")));
}

TEST_F(RouterAddresses, TheOwnersAddressIsItsOwnAndNotWarnedOf) {
  auto vip = two_sides();
  vip.priority = kOwnerPriority;
  effects.foreign.insert(key("192.0.2.100"));
  VirtualRouter router(vip, effects);
  router.interface_usable(kOurs);
  finish(router);
  EXPECT_THAT(effects.log, Not(Contains(HasSubstr("not by vipd"))));
}

TEST_F(RouterAddresses, AnotherInterfaceOverWhichNobodyIsReachedIsSaidOnceInAnyRole) {
  VirtualRouter router(two_sides(), effects);
  router.interface_usable(kOurs);
  forget();
  for (int i = 0; i < 3; ++i) router.out_of_reach({{"back", "back: no carrier"}});
  EXPECT_THAT(effects.log, ElementsAre("web: back: no carrier: nobody reaches the vip's addresses there"));
  EXPECT_EQ(router.status().out_of_reach.at("back"), "back: no carrier");
  router.out_of_reach({});
  EXPECT_THAT(effects.log, Contains("web: back: can be used again"));
  EXPECT_THAT(router.status().out_of_reach, IsEmpty());
}

TEST_F(RouterAddresses, OtherFormsOfItsAddressesAreSaidOnceAndShown) {
  VirtualRouter router(two_sides(), effects);
  router.interface_usable(kOurs);
  forget();
  for (int i = 0; i < 3; ++i) router.put_by_others({key("192.0.2.100/24", "lan")});
  EXPECT_THAT(effects.log,
              ElementsAre("web: 192.0.2.100/24 on lan is there, and not by vipd: this host answers "
                          "for it in any role; remove it where it is configured"));
  EXPECT_THAT(router.status().put_by_others, ElementsAre(key("192.0.2.100/24", "lan")));
  router.put_by_others({});
  EXPECT_THAT(router.status().put_by_others, IsEmpty());
}

TEST_F(RouterAddresses, AsBackupItRemovesWhatBearsOurNumber) {
  VirtualRouter router(two_sides(), effects);
  router.interface_usable(kOurs);
  effects.addresses.insert(key("192.0.2.100"));
  changed(router);
  EXPECT_THAT(effects.addresses, IsEmpty());
}

TEST_F(RouterAddresses, AReloadWithAnotherPrefixExchangesTheAddress) {
  auto& router = active();
  auto vip = two_sides();
  vip.addresses.front().prefix = *Prefix::parse("192.0.2.100/24");
  router.reconfigure(vip);
  EXPECT_TRUE(router.names(key("192.0.2.100"))) << "until it is removed";
  finish(router);
  EXPECT_THAT(effects.addresses, ElementsAre(key("198.51.100.1", "back"), key("192.0.2.100/24")));
  EXPECT_FALSE(router.names(key("192.0.2.100")));
}

// ---- IPv6 addresses that are there and answer nobody

class MuteAddresses : public RouterAddresses {
 protected:
  const AddressKey six = key("2001:db8::100");

  // Somebody else's, where detection came that far.
  void put_by_somebody(Detection detection) {
    effects.foreign.insert(six);
    effects.undetected[six] = detection;
  }
};

TEST_F(MuteAddresses, OneOfOursThatSomebodyMadeTentativeIsAddedAgainAndSaid) {
  auto& router = active(web({"192.0.2.100", "2001:db8::100"}));
  effects.undetected[six] = Detection::kFailed;
  EXPECT_EQ(router.status().addresses.at(six), Holding::kOursMute);
  EXPECT_EQ(router.status().fault,
            "Active without 2001:db8::100 on front (somebody made it tentative: it answers nobody)");
  changed(router);
  EXPECT_EQ(router.status().addresses.at(six), Holding::kOurs);
  EXPECT_EQ(router.status().fault, "");
  EXPECT_THAT(effects.order, ElementsAre("add 2001:db8::100/128", "announce 2001:db8::100"));
  EXPECT_THAT(effects.log, ElementsAre("web: 2001:db8::100 on front: somebody made it tentative: it answers "
                                       "nobody, put back"));
}

TEST_F(MuteAddresses, OneThatSomebodyElseLostToAnotherHostIsNotHeldAndSaidOnce) {
  put_by_somebody(Detection::kFailed);
  auto& router = RouterFixture::active(web({"192.0.2.100", "2001:db8::100"}));
  const std::string why =
      "2001:db8::100 on front is somebody else's, and its duplicate address detection found it on another "
      "host";
  EXPECT_EQ(router.status().addresses.at(six), Holding::kForeignDuplicate);
  EXPECT_EQ(router.status().fault,
            "Active without 2001:db8::100 on front (somebody else's, and its duplicate address detection "
            "found it on another host)");
  EXPECT_THAT(effects.log, Contains("web: " + why + ": remove it where it is configured"));
  EXPECT_THAT(effects.announced, Not(Contains(six.second.address)));
  forget();
  pass(router, 60s);
  EXPECT_THAT(effects.log, IsEmpty());
}

TEST_F(MuteAddresses, ARouterThatHasNoOtherLeavesTheRole) {
  put_by_somebody(Detection::kFailed);
  VirtualRouter router(web({"2001:db8::100"}), effects);
  router.interface_usable(kOurs);
  pass(router, 10s);
  EXPECT_EQ(router.role(), RoleName::kInitialize);
  EXPECT_THAT(router.status().fault, HasSubstr("no address can be held: 2001:db8::100 on front is somebody"));
  effects.undetected.erase(six);
  pass(router, 60s);
  EXPECT_EQ(router.role(), RoleName::kActive);
}

TEST_F(MuteAddresses, OneWhoseDetectionIsNotThroughIsWaitedForAndAnnouncedThen) {
  put_by_somebody(Detection::kGoingOn);
  auto& router = RouterFixture::active(web({"2001:db8::100"}));
  EXPECT_EQ(router.status().addresses.at(six), Holding::kForeignTentative);
  EXPECT_THAT(router.status().fault, HasSubstr("its duplicate address detection is not through"));
  EXPECT_THAT(effects.announced, IsEmpty());
  effects.undetected.erase(six);
  changed(router);
  EXPECT_EQ(router.status().fault, "");
  EXPECT_THAT(effects.announced, ElementsAre(six.second.address));
}

TEST_F(MuteAddresses, OursThatAnswersNobodyIsRemovedWithTheRoleAllTheSame) {
  auto& router = active(web({"2001:db8::100"}));
  effects.undetected[six] = Detection::kGoingOn;
  hear(router, kPeer, 200);
  EXPECT_THAT(effects.addresses, IsEmpty());
}

}  // namespace
}  // namespace hawser::vipd
