#include "vipd/router/router.h"

#include "tests/unit/vipd/router/router_fixture.h"

namespace hawser::vipd {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::vector<IpAddress> kWeb{IpAddress::v4(192, 0, 2, 100)};

class VirtualRouterTest : public RouterFixture {
 protected:
  VirtualRouter& active(const config::Vip& vip) {
    auto& router = RouterFixture::active(vip);
    forget();
    return router;
  }
};

TEST_F(VirtualRouterTest, AdvertisesFirstThenAddsAndAnnouncesEachAddressInTurn) {
  VirtualRouter router(web({"192.0.2.100", "192.0.2.101"}), effects);
  router.interface_usable(kOurs);
  pass(router, 3500ms);
  EXPECT_THAT(effects.order, ElementsAre("send", "add 192.0.2.100/32", "announce 192.0.2.100",
                                         "add 192.0.2.101/32", "announce 192.0.2.101"));
  EXPECT_THAT(effects.log, ElementsAre("web: Backup: started", "web: Active: no advertisement for 3.5s"));
  EXPECT_EQ(router.status().counters.became_active, 1U);
}

TEST_F(VirtualRouterTest, WritesItsPriorityIntervalAndIpv4AddressesIntoTheAdvertisement) {
  auto vip = web({"192.0.2.100", "2001:db8::100"});
  vip.manner.change().advertisement_interval = 250ms;
  auto& router = active(vip);
  pass(router, 250ms);
  ASSERT_FALSE(effects.sent.empty());
  const auto decoded = decode(effects.sent.back(), {kOurs, kVrrpGroup, 255});
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->advertisement,
            (Advertisement{Vrid(51), Priority(128), Centiseconds(25), {IpAddress::v4(192, 0, 2, 100)}}));
  EXPECT_THAT(effects.addresses, Contains(key("2001:db8::100")));
}

TEST_F(VirtualRouterTest, AnnouncesInAsManyRoundsAsTheFileSays) {
  auto vip = web();
  vip.manner.change().announce.change() = {3, 200ms, 0ms};
  VirtualRouter router(vip, effects);
  router.interface_usable(kOurs);
  pass(router, 3500ms);
  EXPECT_EQ(effects.announced.size(), 1U);
  pass(router, 200ms);
  EXPECT_EQ(effects.announced.size(), 2U);
  pass(router, 200ms);
  EXPECT_EQ(effects.announced.size(), 3U);
  pass(router, 20s);
  EXPECT_EQ(effects.announced.size(), 4U) << "the last one for whoever asked a router that left";
  EXPECT_EQ(router.status().counters.announced, 4U);
}

TEST_F(VirtualRouterTest, RefreshesForEverIfTheFileSaysSo) {
  auto vip = web();
  vip.manner.change().announce.change() = {1, 1s, 10s};
  VirtualRouter router(vip, effects);
  router.interface_usable(kOurs);
  pass(router, 3500ms + 35s);
  EXPECT_EQ(effects.announced.size(), 5U) << "of the takeover two";
}

TEST_F(VirtualRouterTest, AnnouncesNothingWithACountOfZero) {
  auto vip = web();
  vip.manner.change().announce.change() = {0, 1s, 0ms};
  auto& router = active(vip);
  pass(router, 10s);
  EXPECT_THAT(effects.announced, IsEmpty());
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.100")));
}

TEST_F(VirtualRouterTest, AdvertisementsGoOutWhileTenThousandAddressesAreAdded) {
  auto vip = web({});
  for (std::uint32_t i = 0; i < 10000; ++i)
    vip.addresses.push_back({{IpAddress::v4(0xC6336400U + i), 32}, "front"});
  vip.manner.change().advertisement_interval = 100ms;
  effects.cost_of_adding = 200us;
  VirtualRouter router(vip, effects);
  router.interface_usable(kOurs);
  TimePoint last_sent{};
  std::chrono::nanoseconds longest_gap{};
  std::size_t count = 0;
  effects.time = *router.due();
  do {
    router.on_time();
    if (effects.sent.size() > count) {
      if (count > 0) longest_gap = std::max<std::chrono::nanoseconds>(longest_gap, effects.time - last_sent);
      last_sent = effects.time;
      count = effects.sent.size();
    }
  } while (router.work());
  EXPECT_EQ(effects.addresses.size(), 10000U);
  EXPECT_GE(count, 19U) << "two seconds of adding";
  EXPECT_LE(longest_gap, 103ms);
}

TEST_F(VirtualRouterTest, TellsOfEachChangeOfItsRole) {
  auto& router = active(web());
  ASSERT_FALSE(effects.roles.empty());
  const auto& [vip, change] = effects.roles.back();
  EXPECT_EQ(vip, "web");
  EXPECT_EQ(change.to, RoleName::kActive);
  const auto before = effects.roles.size();
  hear(router, kPeer, 200);
  ASSERT_EQ(effects.roles.size(), before + 1);
  EXPECT_EQ(effects.roles.back().second.from, RoleName::kActive);
  EXPECT_EQ(effects.roles.back().second.to, RoleName::kBackup);
}

TEST_F(VirtualRouterTest, YieldsAndDropsItsAddresses) {
  auto& router = active(web());
  hear(router, kPeer, 200);
  EXPECT_THAT(effects.order, ElementsAre("send", "remove 192.0.2.100/32"));
  EXPECT_THAT(effects.addresses, IsEmpty());
  EXPECT_THAT(effects.log, ElementsAre("web: Backup: 192.0.2.12 has priority 200, ours is 128"));
  pass(router, 3s);
  EXPECT_THAT(effects.announced, IsEmpty()) << "the rounds ended with the role";
}

TEST_F(VirtualRouterTest, YieldingInTheMiddleOfATakeoverLeavesNothingBehind) {
  auto vip = web({"192.0.2.100", "192.0.2.101", "192.0.2.102"});
  effects.cost_of_adding = 3ms;
  VirtualRouter router(vip, effects);
  router.interface_usable(kOurs);
  effects.time = *router.due();
  router.on_time();
  EXPECT_TRUE(router.work()) << "one address costs a whole slice here";
  hear(router, kPeer, 200, kWeb, VrrpChecksum::kPseudoHeader);
  EXPECT_THAT(effects.addresses, IsEmpty());
  EXPECT_FALSE(router.working());
}

TEST_F(VirtualRouterTest, LeavesInTheOrderOfAPlannedHandover) {
  auto& router = active(web());
  router.shutdown();
  finish(router);
  EXPECT_THAT(effects.order, ElementsAre("send"));
  EXPECT_FALSE(router.stopped());
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.100")));
  hear(router, kPeer, 100);
  pass(router, 100ms);
  EXPECT_THAT(effects.order, ElementsAre("send")) << "100 ms and one for each address";
  pass(router, 1ms);
  EXPECT_THAT(effects.order, ElementsAre("send", "remove 192.0.2.100/32"));
  EXPECT_TRUE(router.stopped());
}

TEST_F(VirtualRouterTest, LeavingItAnnouncesNothingMoreThoughATakeoverWasJustAnnounced) {
  VirtualRouter router(web(), effects);
  router.interface_usable(kOurs);
  pass(router, 3500ms);
  ASSERT_EQ(router.role(), RoleName::kActive);
  effects.announced.clear();
  router.shutdown();
  effects.addresses.clear();
  router.kernel_changed();
  pass(router, 3s);
  EXPECT_EQ(router.role(), RoleName::kLeaving);
  EXPECT_THAT(effects.announced, IsEmpty());
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.100"))) << "put back all the same";
}

TEST_F(VirtualRouterTest, IsNotStoppedBeforeItsAddressesAreGone) {
  auto& router = active(web({"192.0.2.100", "192.0.2.101"}));
  router.shutdown();
  router.shutdown();
  EXPECT_FALSE(router.stopped());
  finish(router);
  EXPECT_TRUE(router.stopped());
}

TEST_F(VirtualRouterTest, AfterALeaveAnInterfaceThatReturnsDoesNotStartItAgain) {
  auto& router = active(web());
  router.shutdown();
  router.shutdown();
  finish(router);
  router.interface_unusable("front: no carrier");
  router.interface_usable(kOurs);
  EXPECT_TRUE(router.stopped());
}

// ---- adopting

TEST_F(VirtualRouterTest, AnAdoptedTakeoverAddsNothingThatIsThere) {
  VirtualRouter router(web({"192.0.2.100", "192.0.2.101"}), effects);
  effects.addresses = {key("192.0.2.100")};
  router.interface_usable(kOurs);
  finish(router);
  EXPECT_THAT(effects.order, ElementsAre("send")) << "it listens first";
  effects.order.clear();
  pass(router, 1500ms);
  EXPECT_THAT(effects.order,
              ElementsAre("send", "announce 192.0.2.100", "add 192.0.2.101/32", "announce 192.0.2.101"));
}

TEST_F(VirtualRouterTest, AnAddressThatWasThereBeforeUsIsUsedButNeverAdoptedOrRemoved) {
  VirtualRouter router(web(), effects);
  effects.foreign = {key("192.0.2.100")};
  router.interface_usable(kOurs);
  EXPECT_EQ(router.role(), RoleName::kBackup);
  EXPECT_THAT(effects.log,
              Contains("web: 192.0.2.100 on front is there, and not by vipd: this host answers for it in any "
                       "role; remove it where it is configured"));
  pass(router, 3500ms);
  EXPECT_THAT(effects.order, ElementsAre("send", "announce 192.0.2.100"));
  hear(router, kPeer, 200);
  EXPECT_THAT(effects.order, Not(Contains(HasSubstr("remove"))));
}

TEST_F(VirtualRouterTest, AnAddressThatSomebodyElseAddedMeanwhileIsAnnouncedAndLeftToHim) {
  VirtualRouter router(web(), effects);
  router.interface_usable(kOurs);
  effects.foreign.insert(key("192.0.2.100"));
  pass(router, 3500ms);
  EXPECT_EQ(router.role(), RoleName::kActive);
  EXPECT_THAT(effects.order, ElementsAre("send", "announce 192.0.2.100"));
  EXPECT_THAT(effects.log, Contains(HasSubstr("192.0.2.100 on front was there before, and not by vipd")));
  EXPECT_EQ(router.status().addresses.at(key("192.0.2.100")), Holding::kForeign);
  hear(router, kPeer, 200);
  EXPECT_THAT(effects.order, Not(Contains(HasSubstr("remove"))));
}

TEST_F(VirtualRouterTest, WhatAnEarlierRunLeftGoesWhenTheInterfaceCannotBeUsed) {
  effects.addresses = {key("192.0.2.100"), key("192.0.2.101")};
  effects.foreign = {key("192.0.2.101")};
  VirtualRouter router(web({"192.0.2.100", "192.0.2.101"}), effects);
  router.interface_unusable("front: no carrier");
  finish(router);
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.101")));
  EXPECT_THAT(effects.log,
              Contains("web: 192.0.2.100 on front of the earlier run removed: front: no carrier"));
}

TEST_F(VirtualRouterTest, AnotherHardwareAddressIsAnnouncedByTheActiveRouterOnly) {
  auto& router = active(web());
  router.announce_again_on("back");
  finish(router);
  EXPECT_THAT(effects.announced, IsEmpty());
  router.announce_again_on("front");
  finish(router);
  EXPECT_THAT(effects.announced, ElementsAre(IpAddress::v4(192, 0, 2, 100)));
  hear(router, kPeer, 200);
  effects.announced.clear();
  router.announce_again_on("front");
  finish(router);
  EXPECT_THAT(effects.announced, IsEmpty());
}

TEST_F(VirtualRouterTest, SaysThatItWaitsOutTheStartupDelay) {
  auto vip = web();
  vip.manner.change().startup_delay = 5s;
  VirtualRouter router(vip, effects);
  router.interface_usable(kOurs);
  EXPECT_EQ(router.status().why, "startup delay of 5s");
}

TEST_F(VirtualRouterTest, TheStartupDelayCountsFromTheBeginningNotFromTheInterface) {
  auto vip = web();
  vip.manner.change().startup_delay = 5s;
  VirtualRouter router(vip, effects);
  effects.time += 2s;
  router.interface_usable(kOurs);
  EXPECT_EQ(router.due(), effects.time + 3s);
}

// ---- the interface

TEST_F(VirtualRouterTest, FallsWithItsInterfaceAndComesBackWithIt) {
  auto& router = active(web());
  router.interface_unusable("front: no carrier");
  finish(router);
  EXPECT_EQ(router.role(), RoleName::kInitialize);
  EXPECT_THAT(effects.log, ElementsAre("web: Initialize: front: no carrier"));
  EXPECT_THAT(effects.addresses, IsEmpty());
  EXPECT_EQ(router.due(), std::nullopt);
  EXPECT_EQ(router.status().source, IpAddress());
  router.interface_usable(kOurs);
  pass(router, 3500ms);
  EXPECT_EQ(router.role(), RoleName::kActive);
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.100")));
}

TEST_F(VirtualRouterTest, SaysOnceThatItsInterfaceIsMissing) {
  VirtualRouter router(web(), effects);
  router.interface_unusable("front: interface missing");
  router.interface_unusable("front: interface missing");
  EXPECT_THAT(effects.log, ElementsAre("web: front: interface missing"));
  EXPECT_EQ(router.status().why, "front: interface missing");
}

TEST_F(VirtualRouterTest, AnotherSourceAddressIsUsedFromThenOnWithoutAChangeOfRole) {
  auto& router = active(web());
  router.interface_usable(IpAddress::v4(192, 0, 2, 77));
  EXPECT_EQ(router.role(), RoleName::kActive);
  EXPECT_THAT(effects.order, ElementsAre("send"));
  EXPECT_EQ(router.status().source, IpAddress::v4(192, 0, 2, 77));
  router.interface_usable(IpAddress::v4(192, 0, 2, 77));
  EXPECT_THAT(effects.order, ElementsAre("send")) << "nothing changed";
}

// ---- what others do

TEST_F(VirtualRouterTest, AnAddressRemovedBySomebodyElseIsPutBackAtOnceAndAnnounced) {
  auto& router = active(web());
  effects.addresses.clear();
  router.kernel_changed();
  router.kernel_changed();
  finish(router);
  EXPECT_THAT(effects.order, ElementsAre("add 192.0.2.100/32", "announce 192.0.2.100"));
  EXPECT_THAT(effects.log, ElementsAre("web: 192.0.2.100 on front: removed by somebody else, put back"));
  EXPECT_EQ(router.status().counters.put_back, 1U);
}

TEST_F(VirtualRouterTest, WhoRemovesItAgainAndAgainMeetsOnePuttingBackASecond) {
  auto& router = active(web());
  for (int i = 0; i < 100; ++i) {
    effects.addresses.clear();
    router.kernel_changed();
    finish(router);
    pass(router, 50ms);
  }
  EXPECT_EQ(std::ranges::count(effects.order, "add 192.0.2.100/32"), 6);
  pass(router, 1s);
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.100")));
}

TEST_F(VirtualRouterTest, AsBackupItDoesNotCareWhoRemovesAddresses) {
  VirtualRouter router(web(), effects);
  router.interface_usable(kOurs);
  router.kernel_changed();
  finish(router);
  EXPECT_THAT(effects.order, IsEmpty());
}

TEST_F(VirtualRouterTest, ARefusedAddressIsTriedAgainEachSecondAndSaidOnce) {
  effects.refused = {IpAddress::v4(192, 0, 2, 100)};
  VirtualRouter router(web({"192.0.2.100", "192.0.2.101"}), effects);
  router.interface_usable(kOurs);
  pass(router, 10s);
  EXPECT_THAT(effects.log, ElementsAre("web: Backup: started", "web: Active: no advertisement for 3.5s",
                                       "web: front: add 192.0.2.100/32: Permission denied"));
  effects.refused.clear();
  pass(router, 1s);
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.100"), key("192.0.2.101")));
  EXPECT_THAT(effects.announced, Contains(IpAddress::v4(192, 0, 2, 100)));
}

TEST_F(VirtualRouterTest, ARefusedAdvertisementIsCountedAndSaidOnce) {
  auto& router = active(web());
  effects.refuse_sending = "front: Network is down";
  pass(router, 3s);
  EXPECT_THAT(effects.log, ElementsAre("web: send advertisement: front: Network is down"));
  EXPECT_EQ(router.status().counters.not_sent, 3U);
}

// ---- checksums, unicast

TEST_F(VirtualRouterTest, AnswersInTheChecksumThatThePeerUses) {
  auto& router = active(web());
  hear(router, kPeer, 100, kWeb, VrrpChecksum::kPlain);
  ASSERT_EQ(effects.sent.size(), 1U);
  EXPECT_EQ(decode(effects.sent.back(), {kOurs, kVrrpGroup, 255})->form.checksum, VrrpChecksum::kPlain);
  pass(router, 100ms);
  hear(router, kPeer, 100, kWeb, VrrpChecksum::kPseudoHeader);
  ASSERT_EQ(effects.sent.size(), 2U);
  EXPECT_EQ(decode(effects.sent.back(), {kOurs, kVrrpGroup, 255})->form.checksum,
            VrrpChecksum::kPseudoHeader);
}

TEST_F(VirtualRouterTest, KeepsThePinnedChecksumWhateverThePeerUses) {
  auto vip = web();
  vip.manner.change().checksum = VrrpChecksum::kPlain;
  auto& router = active(vip);
  hear(router, kPeer, 100, kWeb, VrrpChecksum::kPseudoHeader);
  ASSERT_EQ(effects.sent.size(), 1U);
  EXPECT_EQ(decode(effects.sent.back(), {kOurs, kVrrpGroup, 255})->form.checksum, VrrpChecksum::kPlain);
}

TEST_F(VirtualRouterTest, UnicastGoesToEachPeerAndIsHeardFromPeersAlone) {
  auto vip = web();
  vip.manner.change().transport = config::VrrpTransport::kUnicast;
  vip.manner.change().peers = {kPeer, IpAddress::v4(192, 0, 2, 13)};
  auto& router = active(vip);
  pass(router, 1s);
  EXPECT_EQ(effects.sent_to, vip.manner->peers);
  EXPECT_TRUE(router.listens_to({kPeer, kOurs, 64}));
  EXPECT_FALSE(router.listens_to({IpAddress::v4(192, 0, 2, 99), kOurs, 64}));
  auto& multicast = active(web());
  EXPECT_TRUE(multicast.listens_to({IpAddress::v4(192, 0, 2, 99), kVrrpGroup, 255}));
}

TEST_F(VirtualRouterTest, SaysOnceThatAPeerAdvertisesOtherAddresses) {
  auto& router = active(web());
  for (int i = 0; i < 3; ++i) {
    effects.log.clear();
    hear(router, kPeer, 100, {IpAddress::v4(192, 0, 2, 200)});
    const auto line =
        "web: 192.0.2.12 advertises 192.0.2.200 where this host has 192.0.2.100: the files differ";
    EXPECT_EQ(std::ranges::count(effects.log, line), i == 0 ? 1 : 0);
  }
}

// ---- reload

TEST_F(VirtualRouterTest, AReloadChangesPriorityIntervalAndAddressesInPlace) {
  auto& router = active(web({"192.0.2.100", "192.0.2.101"}));
  auto changed = web({"192.0.2.101", "192.0.2.102"});
  changed.priority = Priority(90);
  changed.manner.change().advertisement_interval = 100ms;
  router.reconfigure(changed);
  finish(router);
  EXPECT_EQ(router.role(), RoleName::kActive);
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.101"), key("192.0.2.102")));
  EXPECT_EQ(effects.order.front(), "send");
  const auto decoded = decode(effects.sent.front(), {kOurs, kVrrpGroup, 255});
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->advertisement.priority, Priority(90));
  EXPECT_EQ(decoded->advertisement.interval, Centiseconds(10));
  EXPECT_THAT(effects.order, Not(Contains("remove 192.0.2.101/32")));
  EXPECT_THAT(effects.log, IsEmpty());
}

TEST_F(VirtualRouterTest, AnotherPriorityAloneTouchesNoAddress) {
  auto& router = active(web({"192.0.2.100", "192.0.2.101"}));
  forget();
  auto changed = router.vip();
  changed.priority = Priority(90);
  router.reconfigure(changed);
  finish(router);
  EXPECT_THAT(effects.order, ElementsAre("send")) << "neither held nor announced again";
  EXPECT_EQ(router.vip().priority, Priority(90));
  const auto decoded = decode(effects.sent.front(), {kOurs, kVrrpGroup, 255});
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->advertisement.priority, Priority(90));
}

TEST_F(VirtualRouterTest, AReloadAsBackupTouchesNoAddress) {
  VirtualRouter router(web(), effects);
  router.interface_usable(kOurs);
  router.reconfigure(web({"192.0.2.102"}));
  finish(router);
  EXPECT_THAT(effects.order, IsEmpty());
}

TEST_F(VirtualRouterTest, AdvertisesOnceMoreBeforeItStartsItselfAgain) {
  auto& router = active(web());
  router.advertise_before_exec();
  EXPECT_THAT(effects.order, ElementsAre("send"));
  VirtualRouter backup(web(), effects);
  backup.advertise_before_exec();
  EXPECT_THAT(effects.order, ElementsAre("send"));
}

TEST_F(VirtualRouterTest, CountsBadPacketsByReason) {
  VirtualRouter router(web(), effects);
  router.refuse(BadPacket::kTtl, kPeer);
  router.refuse(BadPacket::kChecksum, kPeer);
  router.refuse(BadPacket::kChecksum, kPeer);
  const auto bad = router.status().counters.bad;
  EXPECT_EQ(bad.of(BadPacket::kTtl), 1U);
  EXPECT_EQ(bad.of(BadPacket::kChecksum), 2U);
  EXPECT_EQ(bad.of(BadPacket::kVersion), 0U);
}

// ---- what operators ask for

config::Vip impatient() {
  auto vip = web();
  vip.manner.change().preempt = true;
  return vip;
}

int last_priority(const FakeEffects& effects) {
  const auto heard = decode(effects.sent.back(), {kOurs, kVrrpGroup, 255});
  return heard ? heard->advertisement.priority.value : -1;
}

TEST_F(VirtualRouterTest, StandingByItTakesTheRoleOnlyWhenNobodyElseHasIt) {
  VirtualRouter router(impatient(), effects);
  router.adopt(Stance::kStandingBy);
  router.interface_usable(kOurs);
  for (int i = 0; i < 10; ++i) {
    pass(router, 1s);
    hear(router, kPeer, 50);
    EXPECT_EQ(router.role(), RoleName::kBackup) << "128 is above 50, and it does not want the role";
  }
  pass(router, 5s);
  EXPECT_EQ(router.role(), RoleName::kActive);
  EXPECT_EQ(last_priority(effects), 1);
  hear(router, kPeer, 50);
  EXPECT_EQ(router.role(), RoleName::kBackup);
  EXPECT_EQ(router.status().stance, Stance::kStandingBy);
}

TEST_F(VirtualRouterTest, HandsOverBeforeItStandsBy) {
  auto& router = active(impatient());
  router.set_stance(Stance::kStandingBy);
  EXPECT_EQ(router.role(), RoleName::kLeaving);
  EXPECT_EQ(last_priority(effects), 0);
  EXPECT_EQ(router.ours(), 1U);
  hear(router, kPeer, 50);
  pass(router, 1s);
  EXPECT_EQ(router.role(), RoleName::kBackup);
  EXPECT_EQ(router.ours(), 0U);
}

TEST_F(VirtualRouterTest, ResumedItTakesTheRoleBackAsTheFileSays) {
  auto& router = active(impatient());
  router.set_stance(Stance::kStandingBy);
  hear(router, kPeer, 50);
  pass(router, 1s);
  router.set_stance(Stance::kOrdinary);
  for (int i = 0; i < 5; ++i) {
    hear(router, kPeer, 50);
    pass(router, 1s);
  }
  EXPECT_EQ(router.role(), RoleName::kActive);
  EXPECT_EQ(last_priority(effects), 128);
}

TEST_F(VirtualRouterTest, TakesTheRoleFromAHigherPriorityAndKeepsIt) {
  VirtualRouter router(impatient(), effects);
  router.interface_usable(kOurs);
  hear(router, kPeer, 200);
  EXPECT_EQ(router.why_not_taken(), "");
  router.take();
  EXPECT_EQ(router.role(), RoleName::kActive);
  EXPECT_EQ(last_priority(effects), 254);
  hear(router, kPeer, 200);
  EXPECT_EQ(router.role(), RoleName::kActive);
  pass(router, 200ms);
  forget();
  router.set_stance(Stance::kOrdinary);
  finish(router);
  EXPECT_EQ(last_priority(effects), 128);
  EXPECT_EQ(effects.order, std::vector<std::string>{"send"}) << "the addresses are where they were";
  hear(router, kPeer, 200);
  EXPECT_EQ(router.role(), RoleName::kBackup);
}

TEST_F(VirtualRouterTest, SaysWhyItCannotTakeTheRole) {
  VirtualRouter router(impatient(), effects);
  EXPECT_EQ(router.why_not_taken(), "is Initialize: not started");
  router.interface_usable(kOurs);
  hear(router, kPeer, 255);
  EXPECT_EQ(router.why_not_taken(), "192.0.2.12 has priority 255: it would not yield: hand it over there");
  auto routed = impatient();
  routed.manner.change().provider = "robot";
  routed.manner.change().arbiter = true;
  VirtualRouter other(routed, effects);
  other.interface_usable(kOurs);
  EXPECT_EQ(other.why_not_taken(), "its provider decides: hand it over on the host that has it");
}

TEST_F(VirtualRouterTest, AnotherPriorityInTheFileDoesNotEndWhatAnOperatorAskedFor) {
  VirtualRouter router(impatient(), effects);
  router.adopt(Stance::kStandingBy);
  router.interface_usable(kOurs);
  pass(router, 5s);
  EXPECT_EQ(last_priority(effects), 1);
  auto higher = impatient();
  higher.priority = Priority(200);
  router.reconfigure(higher);
  pass(router, 1s);
  EXPECT_EQ(last_priority(effects), 1);
}

}  // namespace
}  // namespace hawser::vipd
