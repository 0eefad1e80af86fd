#include "netd/guard/failover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::netd {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

BondFacts two_ports(PortState first, PortState second) {
  return {"bond0", "eth0", "", {{"eth0", first, 0}, {"eth1", second, 0}}};
}

TEST(BondFailover, LeavesAGoodPortAlone) {
  EXPECT_EQ(decide(two_ports(PortState::kGood, PortState::kGood)), std::nullopt);
}

TEST(BondFailover, LeavesAPortWithoutCarrier) {
  EXPECT_EQ(decide(two_ports(PortState::kNoCarrier, PortState::kGood)),
            (Switch{"bond0", "eth0", "eth1", "eth0 lost its carrier"}));
}

TEST(BondFailover, LeavesAPortThatWasSetDown) {
  EXPECT_EQ(decide(two_ports(PortState::kAdminDown, PortState::kGood)),
            (Switch{"bond0", "eth0", "eth1", "eth0 was set down"}));
}

TEST(BondFailover, LeavesOtherFaultsToTheKernel) {
  EXPECT_EQ(decide(two_ports(PortState::kNotUp, PortState::kGood)), std::nullopt);
  EXPECT_EQ(decide(two_ports(PortState::kGone, PortState::kGood)), std::nullopt);
}

TEST(BondFailover, StaysWhereNoOtherPortIsGood) {
  for (const auto other : {PortState::kNoCarrier, PortState::kAdminDown, PortState::kNotUp, PortState::kGone})
    EXPECT_EQ(decide(two_ports(PortState::kNoCarrier, other)), std::nullopt);
}

TEST(BondFailover, DoesNothingForABondWithoutAnActivePort) {
  auto facts = two_ports(PortState::kNoCarrier, PortState::kGood);
  facts.active = "";
  EXPECT_EQ(decide(facts), std::nullopt);
  facts.active = "eth7";
  EXPECT_EQ(decide(facts), std::nullopt);
}

BondFacts four_ports() {
  return {"bond0",
          "eth0",
          "",
          {{"eth0", PortState::kNoCarrier, 99},
           {"eth3", PortState::kGood, -1},
           {"eth1", PortState::kGood, -1},
           {"eth2", PortState::kGood, -5}}};
}

TEST(BondFailover, TakesTheFirstInTheFileAmongEquals) {
  EXPECT_EQ(decide(four_ports())->to, "eth3");
}

TEST(BondFailover, TakesTheHighestPrio) {
  auto facts = four_ports();
  facts.ports[3].prio = 0;
  EXPECT_EQ(decide(facts)->to, "eth2");
}

TEST(BondFailover, TakesThePrimaryBeforeAnyPrio) {
  auto facts = four_ports();
  facts.primary = "eth2";
  EXPECT_EQ(decide(facts)->to, "eth2");
  facts.primary = "eth1";
  facts.ports[3].prio = 10;
  EXPECT_EQ(decide(facts)->to, "eth1");
}

TEST(BondFailover, PassesOverAPrimaryThatIsNotGood) {
  auto facts = four_ports();
  facts.primary = "eth2";
  facts.ports[3].state = PortState::kNotUp;
  EXPECT_EQ(decide(facts)->to, "eth3");
}

TEST(SwitchDamping, AllowsFiveInTenSecondsAndNoMore) {
  Damping damping;
  const TimePoint start{seconds{1000}};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(damping.allow("bond0", start + seconds{i}));
  EXPECT_FALSE(damping.allow("bond0", start + seconds{5}));
  EXPECT_FALSE(damping.allow("bond0", start + std::chrono::milliseconds{9999}));
  EXPECT_TRUE(damping.allow("bond0", start + seconds{10}));
  EXPECT_FALSE(damping.allow("bond0", start + seconds{10}));
  EXPECT_TRUE(damping.allow("bond1", start + seconds{10}));
}

// A host with bond0 of eth0 (active) and eth1, as the kernel shows it.
Observed host() {
  Observed observed;
  Link bond;
  bond.kind = LinkKind::kBond;
  bond.up = true;
  bond.bond = kernel_default_bond(BondMode::kActiveBackup);
  bond.bond->ports = {{"eth0", {.prio = 5, .queue_id = 0}}, {"eth1", {}}};
  observed.state.links["bond0"] = bond;
  observed.links["bond0"].active_port = "eth0";
  for (const auto name : {"eth0", "eth1"}) {
    observed.state.links[name].up = true;
    observed.state.links[name].master = "bond0";
    observed.links[name].carrier = true;
    observed.links[name].port = PortStatus{};
  }
  return observed;
}

const GuardedBond kBond{"bond0", "eth1", {"eth1", "eth0"}};

TEST(BondFacts, AreReadFromWhatTheKernelShows) {
  const auto facts = facts_of(kBond, host());
  EXPECT_EQ(facts.name, "bond0");
  EXPECT_EQ(facts.active, "eth0");
  EXPECT_EQ(facts.primary, "eth1");
  EXPECT_THAT(facts.ports,
              ElementsAre(PortFacts{"eth1", PortState::kGood, 0}, PortFacts{"eth0", PortState::kGood, 5}));
}

TEST(BondFacts, TellWhyAPortIsNotGood) {
  const auto state_after = [](auto change) {
    auto observed = host();
    change(observed);
    return facts_of(kBond, observed).ports.at(1).state;
  };
  EXPECT_EQ(state_after([](Observed& o) { o.links["eth0"].carrier = false; }), PortState::kNoCarrier);
  EXPECT_EQ(state_after([](Observed& o) { o.state.links["eth0"].up = false; }), PortState::kAdminDown);
  EXPECT_EQ(state_after([](Observed& o) { o.links["eth0"].port->mii = MiiStatus::kGoingUp; }),
            PortState::kNotUp);
  EXPECT_EQ(state_after([](Observed& o) { o.links["eth0"].port.reset(); }), PortState::kGone);
  EXPECT_EQ(state_after([](Observed& o) { o.state.links["eth0"].master = "bond1"; }), PortState::kGone);
  EXPECT_EQ(state_after([](Observed& o) { o.links.erase("eth0"); }), PortState::kGone);
}

config::Config config_with(BondMode mode) {
  config::Config config;
  Link link;
  link.kind = LinkKind::kBond;
  link.bond = kernel_default_bond(mode);
  link.bond->set(BondOption::kMiimon, 100);
  link.bond->primary = "eth1";
  link.bond->ports = {{"eth0", {}}, {"eth1", {}}};
  config.network.links["bond0"] = link;
  config.bonds["bond0"] = {.port_order = {"eth1", "eth0"}, .fast_failover = true};
  return config;
}

std::vector<GuardedBond> guarded_bonds(const config::Config& config) {
  return netd::guarded_bonds(config.network, config.bonds);
}

TEST(GuardedBonds, AreThoseWithAnActivePort) {
  for (const auto mode : {BondMode::kActiveBackup, BondMode::kBalanceTlb, BondMode::kBalanceAlb})
    EXPECT_THAT(guarded_bonds(config_with(mode)), ElementsAre(kBond));
  for (const auto mode :
       {BondMode::kBalanceRr, BondMode::kBalanceXor, BondMode::kBroadcast, BondMode::k8023ad})
    EXPECT_THAT(guarded_bonds(config_with(mode)), IsEmpty());
}

TEST(GuardedBonds, AreNotThoseWhoseMonitorTheUserTurnedOff) {
  auto config = config_with(BondMode::kActiveBackup);
  config.network.links["bond0"].bond->set(BondOption::kMiimon, 0);
  EXPECT_THAT(guarded_bonds(config), IsEmpty());
  config.network.links["bond0"].bond->set(BondOption::kArpInterval, 100);
  EXPECT_THAT(guarded_bonds(config), ElementsAre(kBond));
}

// Acting on the event would undo the waiting that the file asks for.
TEST(GuardedBonds, AreNotThoseWithADowndelay) {
  auto config = config_with(BondMode::kActiveBackup);
  auto& bond = *config.network.links["bond0"].bond;
  bond.set(BondOption::kDowndelay, 200);
  EXPECT_THAT(guarded_bonds(config), IsEmpty());
  EXPECT_EQ(why_unguarded(bond, config.bonds["bond0"]), "downdelay: the kernel is to wait");
  bond.set(BondOption::kDowndelay, 0);
  EXPECT_EQ(why_unguarded(bond, config.bonds["bond0"]), "");
}

TEST(GuardedBonds, AreNotThoseWithoutFastFailover) {
  auto config = config_with(BondMode::kActiveBackup);
  config.bonds["bond0"].fast_failover = false;
  EXPECT_THAT(guarded_bonds(config), IsEmpty());
}

}  // namespace
}  // namespace hawser::netd
