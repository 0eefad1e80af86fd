#include "netd/bond_chronicle.h"

#include <gmock/gmock.h>

#include "tests/unit/lib/netlink/bond_facts.h"

namespace hawser::netd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using test::at;
using test::bond;
using test::kBond;
using test::kEth0;
using test::kEth1;
using test::port;

LinkFact without_carrier(LinkFact fact, MiiStatus mii) {
  fact.carrier = false;
  ++fact.carrier_changes;
  fact.port->mii = mii;
  return fact;
}

LinkFact announced(IfIndex active) {
  auto fact = bond(active);
  fact.announced = true;
  return fact;
}

class Chronicle : public testing::Test {
 protected:
  Chronicle() { chronicle.begin({port("eth0", kEth0), port("eth1", kEth1), bond(kEth0)}, at(0)); }

  void hear(int ms, const LinkFact& fact) { chronicle.hear({fact}, at(ms)); }
  void guard_says(int ms, const std::string& from, const std::string& to) {
    chronicle.guard_switched({.kind = EventKind::kSwitch,
                              .object = "bond0",
                              .from = from,
                              .to = to,
                              .cause = {CauseKind::kInterface, from + " lost its carrier"}},
                             at(ms).steady);
  }
  std::vector<std::string> told(int ms) {
    std::vector<std::string> lines;
    for (const auto& event : chronicle.due(at(ms).steady)) lines.push_back(line_of(event));
    return lines;
  }
  void kernel_fails_over() {
    hear(100, without_carrier(port("eth0", kEth0), MiiStatus::kUp));
    hear(148, without_carrier(port("eth0", kEth0), MiiStatus::kDown));
    hear(152, bond(kEth1));
  }

  BondChronicle chronicle;
};

TEST_F(Chronicle, TellsWhatTheKernelDidByItselfWithItsChain) {
  kernel_fails_over();
  hear(153, announced(kEth1));
  EXPECT_EQ(chronicle.next(), at(253).steady);
  EXPECT_THAT(told(252), IsEmpty());
  EXPECT_THAT(told(253), ElementsAre("bond0: eth0 -> eth1: eth0 lost its carrier (carrier -> poll 48ms -> "
                                     "failover 52ms -> announced 53ms)"));
  EXPECT_THAT(told(5000), IsEmpty());
  EXPECT_EQ(chronicle.next(), TimePoint::max());
}

TEST_F(Chronicle, ABondThatAnnouncesNothingIsToldWithoutThat) {
  kernel_fails_over();
  EXPECT_THAT(told(651), IsEmpty());
  EXPECT_THAT(told(652), ElementsAre("bond0: eth0 -> eth1: eth0 lost its carrier (carrier -> poll 48ms -> "
                                     "failover 52ms)"));
}

TEST_F(Chronicle, WhatTheGuardDidIsToldOnceWhoeverIsFirst) {
  hear(100, without_carrier(port("eth0", kEth0), MiiStatus::kUp));
  guard_says(101, "eth0", "eth1");
  hear(102, bond(kEth1));
  hear(103, announced(kEth1));
  const auto line =
      "bond0: eth0 -> eth1: eth0 lost its carrier (carrier -> failover 2.0ms -> announced 3.0ms)";
  EXPECT_THAT(told(103), ElementsAre(line));

  hear(200, port("eth0", kEth0));
  hear(1000, without_carrier(port("eth1", kEth1), MiiStatus::kUp));
  hear(1002, bond(kEth0));
  hear(1003, announced(kEth0));
  EXPECT_THAT(told(1003), IsEmpty());
  guard_says(1004, "eth1", "eth0");
  EXPECT_THAT(told(1004), ElementsAre("bond0: eth1 -> eth0: eth1 lost its carrier (carrier -> failover 2.0ms "
                                      "-> announced 3.0ms)"));
}

TEST_F(Chronicle, TheGuardIsBelievedWhereNoNotificationComes) {
  guard_says(101, "eth0", "eth1");
  EXPECT_THAT(told(600), IsEmpty());
  EXPECT_THAT(told(601), ElementsAre("bond0: eth0 -> eth1: eth0 lost its carrier"));
}

TEST_F(Chronicle, TwoSwitchesInARowAreTwoLines) {
  guard_says(101, "eth0", "eth1");
  hear(102, bond(kEth1));
  guard_says(150, "eth1", "eth0");
  hear(151, bond(kEth0));
  hear(152, bond(kEth1));  // by somebody else
  EXPECT_THAT(told(5000), testing::SizeIs(3));
}

TEST_F(Chronicle, SaysThatSomebodyAskedForIt) {
  hear(100, bond(kEth1));
  EXPECT_THAT(told(600), ElementsAre("bond0: eth0 -> eth1: somebody asked for it (bond guard, operator)"));
}

TEST_F(Chronicle, TellsWhichAggregatorCarries) {
  auto lacp = bond(IfIndex{});
  lacp.mode = BondMode::k8023ad;
  lacp.aggregator = 1;
  hear(10, lacp);
  (void)told(5000);
  lacp.aggregator = 2;
  hear(6000, lacp);
  EXPECT_THAT(told(7000), ElementsAre("bond0: aggregator 1 -> 2"));
}

TEST_F(Chronicle, WhatWasNotHeardIsSeenInTheNextLook) {
  chronicle.look_again(
      {without_carrier(port("eth0", kEth0), MiiStatus::kDown), port("eth1", kEth1), bond(kEth1)}, at(100));
  EXPECT_THAT(told(5000), testing::SizeIs(1));
}

TEST_F(Chronicle, TheBeginningIsNoSwitch) {
  EXPECT_EQ(chronicle.next(), TimePoint::max());
  EXPECT_THAT(told(5000), IsEmpty());
}

}  // namespace
}  // namespace hawser::netd
