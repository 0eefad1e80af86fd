#include "vipd/daemon/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const IpAddress kPeer = IpAddress::v4(192, 0, 2, 12);
const TimePoint kNow{1000s};

// Active for a minute, everything held, nobody else heard.
RouterStatus web() {
  RouterStatus router;
  router.vip.name = "web";
  router.vip.interface = "front";
  router.role = RoleName::kActive;
  router.since = kNow - 60s;
  router.source = IpAddress::v4(192, 0, 2, 11);
  router.addresses[{"front", *Prefix::parse("192.0.2.100")}] = Holding::kOurs;
  router.addresses[{"front", *Prefix::parse("192.0.2.101")}] = Holding::kOurs;
  return router;
}

std::vector<Finding> found(const RouterStatus& router) {
  DaemonStatus status;
  status.now = kNow;
  status.vips = {router};
  return findings(status);
}

Finding degraded(std::string text) {
  return {"web", Condition::kDegraded, std::move(text)};
}
Finding dead(std::string text) {
  return {"web", Condition::kDead, std::move(text)};
}

TEST(VipFindings, AreNoneForAnActiveRouterThatHearsNobody) {
  EXPECT_THAT(found(web()), IsEmpty());
}

TEST(VipFindings, AWorkerThatIsNotThereIsSaid) {
  DaemonStatus status;
  status.worker = "ended with signal 9 (Killed), started again";
  EXPECT_THAT(findings(status), ElementsAre(Finding{"worker", Condition::kDegraded, status.worker}));
}

TEST(VipFindings, ThatPacketsAreTakenThoughTheyShouldNotBeIsSaidOfTheVipsThatWantIt) {
  DaemonStatus status;
  status.now = kNow;
  status.not_dropped = "table inet hawser_vipd: this kernel has no nf_tables";
  status.vips = {web()};
  EXPECT_THAT(findings(status), IsEmpty());
  status.vips[0].vip.manner.change().accept = false;
  EXPECT_THAT(findings(status),
              ElementsAre(degraded("packets to its addresses are accepted in spite of accept = false: table "
                                   "inet hawser_vipd: this kernel has no nf_tables")));
}

TEST(VipFindings, AnotherHolderIsSaidUntilItWasAskedForAgain) {
  auto router = web();
  const auto mac = *MacAddress::parse("02:00:00:00:00:99");
  router.conflicts[IpAddress::v4(192, 0, 2, 100)] = {mac, kNow - 14s};
  EXPECT_THAT(found(router),
              ElementsAre(degraded("02:00:00:00:00:99 answers for 192.0.2.100 too: take it away there")));
  router.conflicts[IpAddress::v4(192, 0, 2, 100)] = {mac, kNow - 16s};
  EXPECT_THAT(found(router), IsEmpty());
}

TEST(VipFindings, AreNoneForABackup) {
  auto router = web();
  router.role = RoleName::kBackup;
  router.heard = Heard{kPeer, Priority(200), kNow};
  for (auto& [address, holding] : router.addresses) holding = Holding::kNo;
  EXPECT_THAT(found(router), IsEmpty());
}

TEST(VipFindings, AnInterfaceThatCannotBeUsedIsDeath) {
  auto router = web();
  router.role = RoleName::kInitialize;
  router.source = IpAddress();
  router.why = "front: no carrier";
  EXPECT_THAT(found(router), ElementsAre(dead("front: no carrier")));
  router.source = IpAddress::v4(192, 0, 2, 11);
  EXPECT_THAT(found(router), IsEmpty()) << "a startup delay is no fault";
}

TEST(VipFindings, AFaultIsDeathOnceNoAddressIsHeld) {
  auto router = web();
  router.fault = "Active without 192.0.2.100 on front";
  router.addresses.begin()->second = Holding::kNo;
  EXPECT_THAT(found(router), ElementsAre(degraded("Active without 192.0.2.100 on front")));
  for (auto& [address, holding] : router.addresses) holding = Holding::kNo;
  EXPECT_THAT(found(router), ElementsAre(dead("Active without 192.0.2.100 on front")));
}

TEST(VipFindings, AnotherFormOfAnAddressThatSomebodyElsePutSomewhereIsSaid) {
  auto router = web();
  router.put_by_others = {{"back", *Prefix::parse("192.0.2.100/24")}};
  EXPECT_THAT(found(router),
              ElementsAre(degraded("192.0.2.100/24 on back was put there by somebody else: this "
                                   "host answers for it in any role")));
}

TEST(VipFindings, ThatSomebodyElsesAddressStaysIsSaidButNotOfTheOwner) {
  auto router = web();
  router.addresses.begin()->second = Holding::kForeign;
  EXPECT_THAT(found(router), ElementsAre(degraded(
                                 "192.0.2.100/32 on front was put there by somebody else and stays when the "
                                 "role is left")));
  router.vip.priority = kOwnerPriority;
  EXPECT_THAT(found(router), IsEmpty());
}

TEST(VipFindings, OnABackupSomebodyElsesAddressAnswersNow) {
  auto router = web();
  router.role = RoleName::kBackup;
  for (auto& [address, holding] : router.addresses) holding = Holding::kNo;
  router.addresses.begin()->second = Holding::kForeign;
  EXPECT_THAT(found(router),
              ElementsAre(degraded("192.0.2.100/32 on front was put there by somebody else: this host "
                                   "answers for it in any role")));
}

TEST(VipFindings, AnotherInterfaceOfTheVipThatIsOfNoUseIsSaidInAnyRole) {
  auto router = web();
  router.addresses[{"back", *Prefix::parse("198.51.100.1")}] = Holding::kOurs;
  router.out_of_reach = {{"back", "back: no carrier"}};
  const auto half = degraded("back: no carrier: nobody reaches the vip's addresses there");
  EXPECT_THAT(found(router), ElementsAre(half));
  router.role = RoleName::kBackup;
  EXPECT_THAT(found(router), ElementsAre(half));
  std::erase_if(router.addresses, [](const auto& entry) { return entry.first.first == "front"; });
  EXPECT_THAT(found(router), ElementsAre(dead("back: no carrier: nobody reaches the vip's addresses there")));
}

TEST(VipFindings, AUnicastSourceThatPeersDoNotKnowIsSaid) {
  auto router = web();
  router.vip.manner.change().transport = config::VrrpTransport::kUnicast;
  EXPECT_THAT(found(router), IsEmpty()) << "nobody says what peers expect";
  router.vip.manner.change().own = {IpAddress::v4(192, 0, 2, 21), *IpAddress::parse("2001:db8::11")};
  EXPECT_THAT(
      found(router),
      ElementsAre(degraded("front advertises from 192.0.2.11, and its peers listen to 192.0.2.21 alone: both "
                           "would be Active; give front that address, or change [nodes]")));
  router.vip.manner.change().own.push_back(router.source);
  EXPECT_THAT(found(router), IsEmpty());
  router.vip.manner.change().own.pop_back();
  router.vip.manner.change().transport = config::VrrpTransport::kMulticast;
  EXPECT_THAT(found(router), IsEmpty());
}

TEST(VipFindings, ARouterThatIsNotListenedToIsSaidForAMinute) {
  auto router = web();
  router.unheard = Unheard{"192.0.2.99 advertises router id 51 and is not among the peers", kNow - 59s};
  EXPECT_THAT(found(router),
              ElementsAre(degraded("192.0.2.99 advertises router id 51 and is not among the peers")));
  router.unheard->at = kNow - 60s;
  EXPECT_THAT(found(router), IsEmpty());
}

TEST(VipFindings, ASecondActiveThatDoesNotYieldIsSaid) {
  auto router = web();
  router.heard = Heard{kPeer, Priority(50), kNow - 1s};
  EXPECT_THAT(found(router),
              ElementsAre(degraded("192.0.2.12 is Active too (priority 50) and does not yield: "
                                   "it does not hear this host")));
  router.heard->at = kNow - 5s;
  EXPECT_THAT(found(router), IsEmpty()) << "it was long ago";
  router.since = kNow - 2s;
  router.heard->at = kNow - 1500ms;
  EXPECT_THAT(found(router), IsEmpty()) << "the last word of the one it took over from";
  router = web();
  router.heard = Heard{kPeer, kLeavingPriority, kNow - 1s};
  EXPECT_THAT(found(router), IsEmpty());
}

TEST(VipFindings, APeerThatCannotTakeOverIsSaid) {
  auto router = web();
  router.refused[kPeer] = {"runs no VRRP", kNow};
  EXPECT_THAT(found(router), ElementsAre(degraded("192.0.2.12 runs no VRRP: it cannot take over")));
}

TEST(VipFindings, AdvertisementsThatDoNotGetOutAreSaid) {
  auto router = web();
  router.refused[kVrrpGroup] = {"cannot be sent to (front: Network is unreachable)", kNow};
  EXPECT_THAT(found(router),
              ElementsAre(degraded("its advertisements do not get out: cannot be sent to (front: "
                                   "Network is unreachable)")));
}

TEST(VipFindings, AnAddressThatSomebodyRemovesAgainAndAgainIsSaid) {
  auto router = web();
  router.fought_over = {{"front", *Prefix::parse("192.0.2.100")}};
  EXPECT_THAT(found(router),
              ElementsAre(degraded("192.0.2.100/32 on front is removed by somebody else again and "
                                   "again, and put back each time")));
}

TEST(VipFindings, OtherAddressesInAnothersFileAreSaidForAMinute) {
  auto router = web();
  router.differs = Difference{kPeer, kNow - 59s};
  EXPECT_THAT(found(router),
              ElementsAre(degraded("192.0.2.12 advertises other addresses: the files differ")));
  router.differs->at = kNow - 60s;
  EXPECT_THAT(found(router), IsEmpty());
}

TEST(VipFindings, AnotherIntervalInAnothersFileIsSaidForAMinute) {
  auto router = web();
  router.other_interval = OtherInterval{kPeer, Centiseconds(10), kNow - 59s};
  EXPECT_THAT(found(router),
              ElementsAre(degraded(
                  "192.0.2.12 advertises each 100ms, and this host's file says 1s: the files differ")));
  router.other_interval->at = kNow - 60s;
  EXPECT_THAT(found(router), IsEmpty());
}

TEST(VipFindings, ABrokenFileIsSaidFirst) {
  DaemonStatus status;
  status.now = kNow;
  status.config_file = "/etc/hawser/hawser.toml";
  status.problems = {{"/etc/hawser/hawser.toml", 3, 1, "vip.web.priority", "must be 1 to 255"}};
  EXPECT_THAT(findings(status), ElementsAre(Finding{"/etc/hawser/hawser.toml", Condition::kDegraded,
                                                    "broken: what was read before stays in use"}));
  status.last_good = true;
  EXPECT_THAT(findings(status), ElementsAre(Finding{"/etc/hawser/hawser.toml", Condition::kDegraded,
                                                    "broken: the last good file is in use"}));
}

TEST(VipFindings, TheWorstCounts) {
  EXPECT_EQ(overall({}), Condition::kOk);
  EXPECT_EQ(overall({degraded("a"), dead("b"), degraded("c")}), Condition::kDead);
}

}  // namespace
}  // namespace hawser::vipd
