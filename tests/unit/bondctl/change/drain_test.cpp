#include "bondctl/change/drain.h"

#include "tests/unit/bondctl/bond_host.h"

namespace hawser::bondctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class BondDrain : public BondHost {
 protected:
  BondDrain() {
    card("eth0", "52:54:00:00:00:10");
    card("eth1", "52:54:00:00:00:11");
    card("eth2", "52:54:00:00:00:12");
  }
  [[nodiscard]] Drain drain(const std::string& port, const DrainedPorts& known = {}) const {
    return bondctl::drain(there, "bond0", port, known);
  }
  [[nodiscard]] Change undrain(const std::string& port, const DrainedPorts& known) const {
    return bondctl::undrain(there, "bond0", port, known);
  }
  // As it is when the drain is done; the kernel gives a port that leaves its own MAC back.
  void carry_out(const Drain& done) {
    for (const auto& step : plan_network(done.change.desired, there.state)) simulate(there.state, step);
    for (const auto& stage : done.change.then)
      for (const auto& step : plan_network(stage.desired, there.state)) simulate(there.state, step);
    for (auto& [name, link] : there.state.links)
      if (!link.mac) link.mac = there.links.at(name).port->permanent_mac;
  }
};

TEST_F(BondDrain, TheActivePortGivesItsRoleToTheNextAndIsPutLast) {
  bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  EXPECT_THAT(
      plan_of(drain("eth0").change),
      ElementsAre("bond0: set all_slaves_active off -> on", "bond0: set port eth0: prio 0 -> -2147483648",
                  "bond0: active eth1 instead of eth0", "bond0: set all_slaves_active on -> off"));
}

TEST_F(BondDrain, AWaitingPortIsOnlyPutLast) {
  bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  EXPECT_THAT(plan_of(drain("eth1").change), ElementsAre("bond0: set port eth1: prio 0 -> -2147483648"));
}

// The kernel goes by prio only while no primary is up.
TEST_F(BondDrain, APrimaryIsNoLongerPreferred) {
  bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  the_bond().primary = "eth0";
  the_bond().ports["eth0"] = {.prio = 7, .queue_id = 3};
  const auto done = drain("eth0");
  EXPECT_THAT(plan_of(done.change), testing::Contains("bond0: set primary eth0 -> none"));
  EXPECT_EQ(done.drained.primary, "eth0");
  EXPECT_EQ(done.drained.options, (BondPort{.prio = 7, .queue_id = 3}));
  carry_out(done);
  there.links["bond0"].active_port = "eth1";
  EXPECT_THAT(
      plan_of(undrain("eth0", {{"eth0", done.drained}})),
      ElementsAre("bond0: set all_slaves_active off -> on", "bond0: set port eth0: prio -2147483648 -> 7",
                  "bond0: set primary none -> eth0", "bond0: set all_slaves_active on -> off"));
}

TEST_F(BondDrain, TheRoleGoesWhereTheKernelWouldGiveIt) {
  bond(BondMode::kActiveBackup, {"eth0", "eth1", "eth2"});
  the_bond().ports["eth2"].prio = 5;
  EXPECT_EQ(drain("eth0").change.then.back().role->port, "eth2");
  the_bond().primary = "eth1";
  EXPECT_EQ(drain("eth0").change.then.back().role->port, "eth1");
  there.links["eth1"].carrier = false;
  EXPECT_EQ(drain("eth0").change.then.back().role->port, "eth2");
}

TEST_F(BondDrain, TheLastPortThatCarriesStays) {
  bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  there.links["eth1"].carrier = false;
  EXPECT_THAT(drain("eth0").change.problems,
              ElementsAre("bond0: drain eth0: no other port could carry on (eth1 has no carrier): first "
                          "'bondctl why bond0'"));
  there.links["eth1"].carrier = true;
  there.links["eth1"].port->mii = MiiStatus::kGoingUp;
  EXPECT_THAT(drain("eth0").change.problems, ElementsAre(HasSubstr("eth1 is not up for the bond's monitor")));
  there.links["eth1"].port->mii = MiiStatus::kUp;
  the_bond().ports["eth1"].prio = kDrainedPrio;
  EXPECT_THAT(drain("eth0").change.problems, ElementsAre(HasSubstr("eth1 is drained itself")));
  the_bond().ports.erase("eth1");
  EXPECT_THAT(drain("eth0").change.problems, ElementsAre(HasSubstr("it has no other")));
}

TEST_F(BondDrain, APortThatCarriesNothingIsDrainedAtAnyTime) {
  bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  there.links["eth0"].carrier = there.links["eth1"].carrier = false;
  EXPECT_THAT(drain("eth0").change.problems, IsEmpty());
}

// A port that keeps the MAC of its bond would draw the bond's frames to where nobody takes them.
TEST_F(BondDrain, OfLacpThePortLeavesWithItsLinkUpAndAnotherMac) {
  bond(BondMode::k8023ad, {"eth0", "eth1"});
  const auto done = drain("eth0");
  EXPECT_THAT(plan_of(done.change),
              ElementsAre("bond0: remove port eth0", "eth0: set mac 56:54:00:00:00:10", "eth0: set up"));
  EXPECT_THAT(done.change.notes, IsEmpty());
  carry_out(done);
  EXPECT_THAT(plan_of(undrain("eth0", {{"eth0", done.drained}})),
              ElementsAre("eth0: set down", "eth0: set mac 56:54:00:00:00:10 -> 52:54:00:00:00:10",
                          "bond0: add port eth0"));
}

TEST_F(BondDrain, WhoDidNotLendTheBondItsMacKeepsHisOwn) {
  bond(BondMode::k8023ad, {"eth0", "eth1"});
  the_bond().ports["eth1"].queue_id = 4;
  const auto done = drain("eth1");
  EXPECT_THAT(plan_of(done.change), ElementsAre("bond0: remove port eth1", "eth1: set up"));
  carry_out(done);
  EXPECT_THAT(plan_of(undrain("eth1", {{"eth1", done.drained}})),
              ElementsAre("eth1: set down", "bond0: add port eth1", "bond0: set port eth1: queue_id 0 -> 4"));
}

TEST_F(BondDrain, LacpCountsOnlyPortsThatItUses) {
  bond(BondMode::k8023ad, {"eth0", "eth1"});
  there.links["eth1"].port->lacp->distributing = false;
  EXPECT_THAT(drain("eth0").change.problems, ElementsAre(HasSubstr("eth1 is not used by LACP")));
}

TEST_F(BondDrain, BelowMinLinksTheBondWouldLoseItsCarrier) {
  bond(BondMode::k8023ad, {"eth0", "eth1"});
  the_bond().set(BondOption::kMinLinks, 2);
  EXPECT_THAT(drain("eth0").change.problems,
              ElementsAre("bond0: drain eth0: with 1 left the bond would lose its carrier: min_links is 2: "
                          "first 'bondctl set bond0 min_links=1'"));
}

TEST_F(BondDrain, OfAStaticGroupTheOtherEndIsToBeTold) {
  bond(BondMode::kBalanceXor, {"eth0", "eth1"});
  EXPECT_THAT(drain("eth1").change.notes,
              ElementsAre(HasSubstr("in mode balance-xor nobody tells the other end")));
}

// In these modes every port sends, whoever is active.
TEST_F(BondDrain, OfTlbAndAlbTheRoleMovesAndThePortLeaves) {
  for (const auto mode : {BondMode::kBalanceTlb, BondMode::kBalanceAlb}) {
    bond(mode, {"eth1", "eth2"});
    EXPECT_THAT(plan_of(drain("eth1").change),
                ElementsAre("bond0: set all_slaves_active off -> on", "bond0: active eth2 instead of eth1",
                            "bond0: remove port eth1", "bond0: set all_slaves_active on -> off",
                            "eth1: set mac 56:54:00:00:00:11", "eth1: set up"))
        << name_of(mode);
    there.state.links["eth1"].mac = *MacAddress::parse("52:54:00:00:00:11");
    there.state.links["eth2"].mac = *MacAddress::parse("52:54:00:00:00:12");
  }
}

TEST_F(BondDrain, TwiceIsAsOnce) {
  bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  const auto done = drain("eth0");
  carry_out(done);
  there.links["bond0"].active_port = "eth1";
  const auto again = drain("eth0", {{"eth0", done.drained}});
  EXPECT_THAT(plan_of(again.change), IsEmpty());
  EXPECT_THAT(again.change.notes, ElementsAre("bond0: eth0 is drained already"));
  EXPECT_EQ(again.drained, done.drained);
}

TEST_F(BondDrain, WhatWasCutOffIsFinished) {
  bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  const auto first = drain("eth0");
  the_bond().set(BondOption::kAllSlavesActive, 1);  // and then it was killed
  const auto second = drain("eth0", {{"eth0", first.drained}});
  EXPECT_EQ(second.drained.all_slaves_active, 0U);
  EXPECT_THAT(plan_of(second.change), testing::Contains("bond0: set all_slaves_active on -> off"));
}

TEST_F(BondDrain, APortThatHadOnlyLeftIsOpenedByTheNext) {
  bond(BondMode::k8023ad, {"eth0", "eth1"});
  const auto first = drain("eth0");
  carry_out(first);
  EXPECT_THAT(plan_of(drain("eth0", {{"eth0", first.drained}}).change), IsEmpty());
  there.state.links["eth0"].up = false;  // it was killed before that
  there.state.links["eth0"].mac = *MacAddress::parse("52:54:00:00:00:10");
  EXPECT_THAT(plan_of(drain("eth0", {{"eth0", first.drained}}).change),
              ElementsAre("eth0: set mac 52:54:00:00:00:10 -> 56:54:00:00:00:10", "eth0: set up"));
}

TEST_F(BondDrain, WhatWasNotDrainedIsNotGivenBack) {
  bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  EXPECT_THAT(undrain("eth0", {}).problems,
              ElementsAre("bond0: undrain eth0: it was not drained, or is back already"));
  EXPECT_THAT(undrain("eth2", {}).problems,
              ElementsAre("bond0: undrain eth2: it was not drained, or is back already: 'bondctl add bond0 "
                          "eth2' adds a port"));
  EXPECT_THAT(undrain("eth0", {{"eth0", drain("eth0").drained}}).problems, ElementsAre(HasSubstr("is back")));
}

TEST_F(BondDrain, AnotherDeviceOfTheNameWasNotDrained) {
  bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  const DrainedPorts all{{"eth0", drain("eth0").drained}};
  EXPECT_THAT(drained_of(all, there, "bond0"), testing::SizeIs(1));
  EXPECT_THAT(drained_of(all, there, "bond1"), IsEmpty());
  there.links["eth0"].index = IfIndex{99};
  EXPECT_THAT(drained_of(all, there, "bond0"), IsEmpty());
}

TEST_F(BondDrain, WhatIsUsedElsewhereDoesNotComeBack) {
  bond(BondMode::k8023ad, {"eth0", "eth1"});
  const auto done = drain("eth1");
  carry_out(done);
  there.state.links["eth1"].addresses[*Prefix::parse("192.0.2.1/24")];
  EXPECT_THAT(undrain("eth1", {{"eth1", done.drained}}).problems,
              ElementsAre(HasSubstr("bond0: add port eth1: it has addresses")));
}

TEST(DrainedPorts, AreKnownByTheirOwnMacWhileTheyHaveAnother) {
  DrainedPorts ports;
  ports["eth0"].mac = *MacAddress::parse("52:54:00:00:00:01");
  ports["eth1"];
  EXPECT_EQ(drained_with_mac(ports, "mac:52:54:00:00:00:01"), "eth0");
  EXPECT_EQ(drained_with_mac(ports, "mac:52:54:00:00:00:02"), "");
  EXPECT_EQ(drained_with_mac(ports, "eth0"), "");
}

TEST(DrainedPorts, AreReadAsTheyWereWritten) {
  Drained one{"bond0", IfIndex{7}, IfIndex{3}, {.prio = -4, .queue_id = 2}, "eth0", {}, 1};
  Drained other{"bond0", IfIndex{7}, IfIndex{4}, {}, "", *MacAddress::parse("52:54:00:00:00:10"), 0};
  const DrainedPorts ports{{"eth0", one}, {"eth1", other}};
  const auto read = decode_drained(encode(ports));
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(*read, ports);
  EXPECT_FALSE(decode_drained("{}"));
  EXPECT_FALSE(decode_drained("["));
}

}  // namespace
}  // namespace hawser::bondctl
