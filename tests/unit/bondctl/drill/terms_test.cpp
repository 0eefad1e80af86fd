// Which bonds are drilled, with which target, and for how long one waits.
#include "bondctl/drill/terms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/bondctl/drill/site.h"

namespace hawser::bondctl::drill {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string refusal(const Observed& observed, How how = How::kDown, const std::string& bond = "bond0") {
  const auto subject = subject_of(observed, bond, how);
  return subject ? "accepted" : subject.error().text;
}

TEST(DrillTerms, TakesABondWithTwoUsablePorts) {
  const auto subject = subject_of(site(), "bond0", How::kSwitch);
  ASSERT_TRUE(subject);
  EXPECT_THAT(subject->ports, ElementsAre("eth0", "eth1"));
  EXPECT_EQ(subject->active, "eth0");
  EXPECT_THAT(subject->left_out, IsEmpty());
}

TEST(DrillTerms, RefusesWhatIsNoBondOrIsDown) {
  EXPECT_EQ(refusal(site(), How::kDown, "bond9"), "bond9: no such interface");
  EXPECT_EQ(refusal(site(), How::kDown, "eth0"), "eth0: not a bond");
  auto down = site();
  down.state.links["bond0"].up = false;
  EXPECT_EQ(refusal(down), "bond0: drill: the bond is down: bring it up first");
}

TEST(DrillTerms, RefusesToCutABondOff) {
  auto one = site();
  one.links["eth1"].carrier = false;
  EXPECT_EQ(refusal(one),
            "bond0: drill: no second port is up (eth1: no carrier): without eth0 the bond would be cut off");
  one.state.links["bond0"].bond->ports.erase("eth1");
  EXPECT_EQ(
      refusal(one),
      "bond0: drill: no second port is up (it has no other port): without eth0 the bond would be cut off");
  one.links["eth0"].carrier = false;
  EXPECT_EQ(refusal(one), "bond0: drill: no port is usable: eth0: no carrier");
}

TEST(DrillTerms, LeavesAThirdPortOutThatCannotCarry) {
  auto three = site();
  three.state.links["bond0"].bond->ports["eth2"] = {};
  three.state.links["eth2"].master = "bond0";
  three.links["eth2"].port = PortStatus{};
  const auto subject = subject_of(three, "bond0", How::kDown);
  ASSERT_TRUE(subject);
  EXPECT_THAT(subject->left_out, ElementsAre("eth2: down"));
}

TEST(DrillTerms, RefusesToMoveARoleThatTheModeDoesNotHave) {
  for (const auto mode :
       {BondMode::kBalanceRr, BondMode::kBalanceXor, BondMode::kBroadcast, BondMode::k8023ad}) {
    EXPECT_EQ(
        refusal(site(mode), How::kSwitch),
        fmt::format("bond0: drill --how switch: mode {} has no active port to move: only active-backup, "
                    "balance-tlb and balance-alb have one: use --how down or --how path",
                    hawser::name_of(mode)));
    EXPECT_EQ(refusal(site(mode), How::kPath), "accepted");
  }
  for (const auto mode : {BondMode::kActiveBackup, BondMode::kBalanceTlb, BondMode::kBalanceAlb})
    EXPECT_EQ(refusal(site(mode), How::kSwitch), "accepted");
}

TEST(DrillTerms, SaysWhyAPortCannotCarry) {
  const auto why = [](auto change) {
    auto observed = site(BondMode::k8023ad);
    change(observed);
    return why_unusable(observed, "bond0", "eth1").value_or("usable");
  };
  EXPECT_EQ(why([](Observed&) {}), "usable");
  EXPECT_EQ(why([](Observed& at) { at.links.erase("eth1"); }), "gone");
  EXPECT_EQ(why([](Observed& at) { at.state.links["eth1"].master = "br0"; }), "no port of bond0 any more");
  EXPECT_EQ(why([](Observed& at) { at.links["eth1"].port->mii = MiiStatus::kGoingUp; }),
            "its monitor says going up");
  EXPECT_EQ(why([](Observed& at) { at.links["eth1"].port->lacp->partner = false; }), "no LACP partner");
  EXPECT_EQ(why([](Observed& at) { at.links["eth1"].port->lacp->distributing = false; }),
            "LACP has not brought it up");
  EXPECT_EQ(why([](Observed& at) { at.links["eth1"].port->lacp->aggregator = 2; }),
            "not in the active aggregator");
}

TEST(DrillTerms, WatchesTheBestGatewayOverTheBondOrItsVlans) {
  auto observed = site();
  EXPECT_EQ(default_target(observed.state, "bond0").error().text,
            "bond0: drill: no default gateway over this bond: say what to watch with --target ADDRESS");
  add_route(observed, "::/0", "2001:db8::1", "bond0");
  EXPECT_EQ(default_target(observed.state, "bond0"), (Target{ip("2001:db8::1"), "bond0"}));
  observed.state.links["bond0.10"].vlan = Vlan{"bond0", 10, 0x8100};
  add_route(observed, "0.0.0.0/0", "203.0.113.1", "bond0.10", 200);
  add_route(observed, "0.0.0.0/0", "198.51.100.1", "eth9", 100);
  EXPECT_EQ(default_target(observed.state, "bond0"), (Target{ip("203.0.113.1"), "bond0.10"}));
  add_route(observed, "0.0.0.0/0", "192.0.2.1", "bond0", 150);
  EXPECT_EQ(default_target(observed.state, "bond0"), (Target{ip("192.0.2.1"), "bond0"}));
}

TEST(DrillTerms, AnAnnouncementIsDueInActiveBackupForEachAddressThatIsInUse) {
  auto observed = site();
  auto& vlan = observed.state.links["bond0.10"];
  vlan.up = true;
  vlan.vlan = Vlan{"bond0", 10, 0x8100};
  vlan.addresses[*Prefix::parse("203.0.113.5/24")] = {};
  vlan.addresses[*Prefix::parse("2001:db8::5/64")] = {};
  observed.links["bond0.10"].undetected[*Prefix::parse("2001:db8::5/64")] = Detection::kGoingOn;
  const auto due = [&](BondMode mode, std::uint32_t count) {
    Subject subject;
    subject.name = "bond0";
    subject.bond = kernel_default_bond(mode);
    subject.bond.set(BondOption::kNumGratArp, count);
    return announced_addresses(observed, subject);
  };
  EXPECT_THAT(due(BondMode::kActiveBackup, 1), ElementsAre(ip("192.0.2.11"), ip("203.0.113.5")));
  EXPECT_THAT(due(BondMode::kActiveBackup, 0), IsEmpty());
  EXPECT_THAT(due(BondMode::kBalanceTlb, 1), IsEmpty());
  EXPECT_THAT(due(BondMode::k8023ad, 1), IsEmpty());
}

TEST(DrillTerms, WaitsAsLongAsTheMonitorNeeds) {
  auto bond = kernel_default_bond(BondMode::kActiveBackup);
  bond.set(BondOption::kMiimon, 100);
  bond.set(BondOption::kDowndelay, 500);
  bond.set(BondOption::kUpdelay, 30000);
  EXPECT_EQ(patience_for_failover(bond, How::kDown), 3700ms);
  EXPECT_EQ(patience_for_failover(bond, How::kPath), 3s) << "nothing sees it: there is nothing to wait for";
  EXPECT_EQ(patience_for_return(bond), 40200ms);
  bond.set(BondOption::kMiimon, 0);
  bond.set(BondOption::kArpInterval, 1000);
  bond.set(BondOption::kArpMissedMax, 2);
  EXPECT_EQ(patience_for_failover(bond, How::kPath), 7s);
  auto lacp = kernel_default_bond(BondMode::k8023ad);
  lacp.set(BondOption::kLacpRate, 0);
  EXPECT_EQ(patience_for_failover(lacp, How::kPath), 100s) << "slow: 90 s";
  lacp.set(BondOption::kLacpRate, 1);
  EXPECT_EQ(patience_for_failover(lacp, How::kPath), 10s);
}

TEST(DrillTerms, TakesTheActivePortFirstAndMovesTheRoleInARing) {
  EXPECT_EQ(next_port({"eth0", "eth1"}, "eth1"), "eth1");
  EXPECT_EQ(next_port({"eth0"}, "eth1"), "eth0");
  EXPECT_EQ(next_port({}, "eth1"), "");
  EXPECT_EQ(after({"eth0", "eth1", "eth2"}, "eth1"), "eth2");
  EXPECT_EQ(after({"eth0", "eth1", "eth2"}, "eth2"), "eth0");
  EXPECT_EQ(after({"eth0", "eth1"}, ""), "eth0");
}

}  // namespace
}  // namespace hawser::bondctl::drill
