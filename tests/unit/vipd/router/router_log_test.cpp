// How much a virtual router writes when something happens again and again.
#include "tests/unit/vipd/router/router_fixture.h"

namespace hawser::vipd {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const IpAddress kStranger = IpAddress::v4(192, 0, 2, 13);

config::Vip web_of(int addresses) {
  std::vector<std::string> written;
  for (int i = 0; i < addresses; ++i) written.push_back(fmt::format("192.0.2.{}", 100 + i));
  return web(written);
}

class RouterLog : public RouterFixture {
 protected:
  [[nodiscard]] std::vector<std::string> lines_with(const std::string& text) const {
    std::vector<std::string> found;
    for (const auto& line : effects.log)
      if (line.find(text) != std::string::npos) found.push_back(line);
    return found;
  }
};

TEST_F(RouterLog, AChangeOfRoleIsAnEventWithBothRolesItsCauseAndHowLongTheOldOneWas) {
  VirtualRouter router(web(), effects);
  router.interface_usable(kOurs);
  pass(router, 30s);
  ASSERT_EQ(router.role(), RoleName::kActive);
  const auto& event = effects.events.back();
  EXPECT_EQ(event.kind, EventKind::kRole);
  EXPECT_EQ(event.object, "web");
  EXPECT_EQ(event.from, "Backup");
  EXPECT_EQ(event.to, "Active");
  EXPECT_EQ(event.cause.kind, CauseKind::kPeer);
  ASSERT_TRUE(event.duration);
  EXPECT_GT(*event.duration, 3s);
  router.interface_unusable("front: no carrier");
  EXPECT_EQ(effects.events.back().cause, (Cause{CauseKind::kInterface, "front: no carrier"}));
}

TEST_F(RouterLog, TwentyRefusedAddressesAreTwentyLinesNotTwentyASecond) {
  for (std::uint8_t i = 101; i <= 120; ++i) effects.refused.insert(IpAddress::v4(192, 0, 2, i));
  auto& router = active(web_of(21));
  pass(router, 30s);
  EXPECT_THAT(lines_with("Permission denied"), SizeIs(20));
}

TEST_F(RouterLog, AStrangerBetweenTheAdvertisementsOfTheRightRouterIsSaidOnce) {
  VirtualRouter router(web(), effects);
  router.interface_usable(kOurs);
  for (int i = 0; i < 50; ++i) {
    hear(router, kPeer, 150);
    hear(router, kStranger, 1, {IpAddress::v4(203, 0, 113, 1)});
    pass(router, 200ms);
  }
  EXPECT_THAT(
      lines_with("the files differ"),
      ElementsAre(
          "web: 192.0.2.13 advertises 203.0.113.1 where this host has 192.0.2.100: the files differ"));
}

TEST_F(RouterLog, AStrangerThatChangesItsListWithEachPacketIsDamped) {
  VirtualRouter router(web(), effects);
  router.interface_usable(kOurs);
  for (int i = 0; i < 1000; ++i) {
    hear(router, IpAddress::v4(198, 51, 100, static_cast<std::uint8_t>(i)), 200,
         std::vector<IpAddress>(200, IpAddress::v4(203, 0, 113, static_cast<std::uint8_t>(i % 250))));
    pass(router, 10ms);
  }
  EXPECT_THAT(lines_with("the files differ"), SizeIs(2));
  EXPECT_THAT(lines_with("the files differ").back(),
              AllOf(HasSubstr("and 192 more where"), HasSubstr("more in the last 5s)")));
}

TEST_F(RouterLog, WhoseFileWasMendedAndBrokenAgainIsSaidAgain) {
  VirtualRouter router(web(), effects);
  router.interface_usable(kOurs);
  hear(router, kPeer, 150, {IpAddress::v4(203, 0, 113, 1)});
  hear(router, kPeer, 150);
  pass(router, 6s);
  hear(router, kPeer, 150, {IpAddress::v4(203, 0, 113, 1)});
  EXPECT_THAT(lines_with("the files differ"), SizeIs(2));
}

TEST_F(RouterLog, OneUnreachablePeerOfTwoIsSaidOnce) {
  auto vip = web();
  vip.manner.change().transport = config::VrrpTransport::kUnicast;
  vip.manner.change().peers = {kPeer, kStranger};
  effects.unreachable = kPeer;
  auto& router = active(vip);
  pass(router, 30s);
  EXPECT_THAT(effects.log,
              testing::Contains("web: send advertisement to 192.0.2.12: front: No route to host").Times(1));
  EXPECT_THAT(lines_with("No route to host"), SizeIs(1));
}

TEST_F(RouterLog, ADeafActiveIsNotALineForEachAnnouncement) {
  auto& router = active(web());
  for (int i = 0; i < 600; ++i) {
    hear(router, kStranger, 100);
    pass(router, 1s);
  }
  EXPECT_THAT(lines_with("was Active too"), SizeIs(testing::Le(6U)));
}

TEST_F(RouterLog, APeerThatFlapsIsDampedAndTheLastLineIsTrue) {
  auto& router = active(web());
  for (int i = 0; i < 500; ++i) {
    hear(router, kPeer, 250);
    hear(router, kPeer, 0);
    pass(router, 1s);
  }
  hear(router, kPeer, 250);
  for (int i = 0; i < 400; ++i) {
    pass(router, 1s);
    hear(router, kPeer, 250);
  }
  const auto lines = lines_with("ctive: ").size() + lines_with("Backup: ").size();
  EXPECT_LE(lines, 30U);
  EXPECT_EQ(router.role(), RoleName::kBackup);
  EXPECT_THAT(effects.log.back(), HasSubstr("web: Backup: 192.0.2.12 has priority 250, ours is 128 ("));
}

TEST_F(RouterLog, TheFirstTakeoversAreAllSaid) {
  auto& router = active(web());
  for (int i = 0; i < 4; ++i) {
    hear(router, kPeer, 250);
    hear(router, kPeer, 0);
    pass(router, 1s);
  }
  EXPECT_THAT(lines_with("web: Active: "), SizeIs(5));
  EXPECT_THAT(lines_with("web: Backup: "), SizeIs(5));
}

TEST_F(RouterLog, WhoRemovesAnAddressForEverIsNamedOnceAndWhenItIsOver) {
  auto& router = active(web());
  const auto remove = [&] {
    effects.addresses.clear();
    router.kernel_changed();
    finish(router);
    pass(router, 1100ms);
  };
  for (int i = 0; i < 4; ++i) remove();
  EXPECT_THAT(router.status().fought_over, IsEmpty());
  forget();
  for (int i = 0; i < 600; ++i) remove();
  EXPECT_THAT(effects.log,
              ElementsAre("web: 192.0.2.100 on front: removed by somebody else again and again: put back "
                          "each time, at most once in 1s"));
  EXPECT_THAT(router.status().fought_over, ElementsAre(key("192.0.2.100")));
  EXPECT_THAT(effects.addresses, ElementsAre(key("192.0.2.100")));
  forget();
  pass(router, 61s);
  EXPECT_THAT(effects.log, ElementsAre("web: 192.0.2.100 on front: not removed any more for 1m"));
  EXPECT_THAT(router.status().fought_over, IsEmpty());
  remove();
  EXPECT_THAT(router.status().fought_over, IsEmpty());
}

TEST_F(RouterLog, AnAddressThatIsLostNowAndThenIsNoFight) {
  auto& router = active(web());
  for (int i = 0; i < 20; ++i) {
    effects.addresses.clear();
    router.kernel_changed();
    finish(router);
    pass(router, 20s);
  }
  EXPECT_THAT(lines_with("again and again"), IsEmpty());
  EXPECT_THAT(router.status().fought_over, IsEmpty());
}

TEST_F(RouterLog, AFightIsOverWhenTheRoleIsLeft) {
  auto& router = active(web());
  for (int i = 0; i < 10; ++i) {
    effects.addresses.clear();
    router.kernel_changed();
    finish(router);
    pass(router, 1100ms);
  }
  EXPECT_THAT(router.status().fought_over, SizeIs(1));
  hear(router, kPeer, 250);
  EXPECT_THAT(router.status().fought_over, IsEmpty());
}

TEST_F(RouterLog, AStrangerWithOurIdIsALineWhateverHeSends) {
  auto vip = web();
  vip.manner.change().transport = config::VrrpTransport::kUnicast;
  vip.manner.change().peers = {kPeer};
  auto& router = active(vip);
  for (int i = 0; i < 1000; ++i) router.refuse(BadPacket::kPeer, kStranger);
  EXPECT_EQ(lines_with("not among the peers"),
            std::vector<std::string>{
                "web: 192.0.2.13 advertises router id 51 and is not among the peers: it is not "
                "listened to; give that host its address back, add it to peers, or use another "
                "virtual_router_id"});
  EXPECT_THAT(router.status().unheard.value().why, HasSubstr("192.0.2.13 advertises router id 51"));
}

TEST_F(RouterLog, AnotherHostWithOurAddressIsSaidOnceAndShown) {
  auto& router = active(web());
  for (int i = 0; i < 5; ++i) router.twin(MacAddress{{2, 0, 0, 0, 0, 0x12}});
  EXPECT_EQ(lines_with("own address"),
            std::vector<std::string>{
                "web: 02:00:00:00:00:12 has this host's own address 192.0.2.11 too: neither hears "
                "the other, and both would be Active; give one of the two another"});
  EXPECT_THAT(router.status().unheard.value().why, HasSubstr("has this host's own address"));
}

TEST_F(RouterLog, AnotherTransportOrVersionOfANeighbourIsSaidAndABrokenPacketOnlyCounted) {
  auto& router = active(web());
  router.refuse(BadPacket::kDestination, kStranger);
  EXPECT_THAT(lines_with("by unicast, and here the transport is multicast"), SizeIs(1));
  router.refuse(BadPacket::kVersion, kStranger);
  EXPECT_THAT(lines_with("in another version of VRRP than 3"), SizeIs(1));
  const auto before = router.status().unheard;
  for (const auto reason : {BadPacket::kTtl, BadPacket::kChecksum, BadPacket::kLength, BadPacket::kInterval})
    router.refuse(reason, kStranger);
  EXPECT_EQ(router.status().unheard, before);
}

TEST_F(RouterLog, ASourceThatPeersDoNotListenToIsSaidOnceAndAgainWhenItComesBack) {
  auto vip = web();
  vip.manner.change().transport = config::VrrpTransport::kUnicast;
  vip.manner.change().peers = {kPeer};
  vip.manner.change().own = {kOurs};
  auto& router = active(vip);
  for (int i = 0; i < 10; ++i) router.interface_usable(kStranger);
  EXPECT_EQ(lines_with("its peers listen to"),
            std::vector<std::string>{
                "web: front advertises from 192.0.2.13, and its peers listen to 192.0.2.11 alone: "
                "both would be Active; give front that address, or change [nodes]"});
  router.interface_usable(kOurs);
  pass(router, 60s);
  router.interface_usable(kStranger);
  EXPECT_THAT(lines_with("its peers listen to"), SizeIs(2));
}

}  // namespace
}  // namespace hawser::vipd
