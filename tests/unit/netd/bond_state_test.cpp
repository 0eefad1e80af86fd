#include "netd/bond_state.h"

#include <gtest/gtest.h>

namespace hawser::netd {
namespace {

// bond0 of eth0 and eth1, as the file wants it and with both cables in.
class BondState : public testing::Test {
 protected:
  explicit BondState(BondMode mode = BondMode::kActiveBackup) {
    wanted.kind = LinkKind::kBond;
    wanted.up = true;
    wanted.bond = kernel_default_bond(mode);
    wanted.bond->ports = {{"eth0", {}}, {"eth1", {}}};
    observed.state.links["bond0"] = wanted;
    observed.links["bond0"].carrier = true;
    if (mode == BondMode::kActiveBackup) observed.links["bond0"].active_port = "eth0";
    for (const auto* name : {"eth0", "eth1"}) {
      auto& link = observed.state.links[name];
      link.master = "bond0";
      link.up = true;
      observed.links[name].carrier = true;
      observed.links[name].port = PortStatus{};
    }
  }
  PortStatus& port(const std::string& name) { return *observed.links[name].port; }
  // The cable, and what the bond's monitor makes of it.
  void pull(const std::string& name) {
    observed.links[name].carrier = false;
    port(name).mii = MiiStatus::kDown;
  }
  [[nodiscard]] Finding state() const { return state_of_bond("bond0", wanted, missing, observed); }
  void expect(Condition condition, const std::string& text) const {
    EXPECT_EQ(state(), (Finding{"bond0", condition, text}));
  }

  Link wanted;
  Observed observed;
  std::vector<config::MissingPort> missing;
};

TEST_F(BondState, IsOkWithEveryPortAndNamesTheActiveOne) {
  expect(Condition::kOk, "active port eth0");
}

TEST_F(BondState, IsDegradedWithACableOut) {
  pull("eth1");
  expect(Condition::kDegraded, "eth1 has no carrier");
}

TEST_F(BondState, IsDeadWithBothCablesOut) {
  pull("eth0");
  pull("eth1");
  expect(Condition::kDead, "no port has a carrier (eth0, eth1)");
}

TEST_F(BondState, IsDegradedWithAPortThatIsNoDevice) {
  wanted.bond->ports.erase("eth1");
  missing = {{"bond0", "eth1"}, {"bond1", "eth7"}};
  expect(Condition::kDegraded, "eth1 is missing");
}

TEST_F(BondState, IsDegradedWithAPortThatIsNotInIt) {
  observed.state.links["eth1"].master = "";
  observed.links["eth1"].port.reset();
  expect(Condition::kDegraded, "eth1 is not in the bond");
  observed.state.links["eth1"].master = "bond1";
  observed.links["eth1"].port = PortStatus{};
  expect(Condition::kDegraded, "eth1 is not in the bond");
}

TEST_F(BondState, IsDegradedWithAPortThatIsSetDown) {
  observed.state.links["eth0"].up = false;
  expect(Condition::kDegraded, "eth0 is set down");
}

TEST_F(BondState, IsDegradedWhileTheMonitorHoldsAPortForDownThoughItHasACarrier) {
  port("eth1").mii = MiiStatus::kDown;
  expect(Condition::kDegraded, "eth1 is held for down by the bond's monitor");
  port("eth1").mii = MiiStatus::kGoingUp;
  expect(Condition::kDegraded, "eth1 waits for updelay");
}

TEST_F(BondState, IsDeadWhenNothingCarriesForDifferentReasons) {
  pull("eth0");
  wanted.bond->ports.erase("eth1");
  missing = {{"bond0", "eth1"}};
  expect(Condition::kDead, "no port can carry: eth1 is missing; eth0 has no carrier");
}

TEST_F(BondState, IsDeadWithoutAnyPort) {
  wanted.bond->ports.clear();
  expect(Condition::kDead, "it has no port");
}

TEST_F(BondState, IsDeadWhenItsOwnCarrierIsOff) {
  observed.links["bond0"].carrier = false;
  expect(Condition::kDead, "it has no carrier, though a port could carry");
}

TEST_F(BondState, IsDeadWhenItIsDownOrNotThereOrNoBond) {
  observed.state.links["bond0"].up = false;
  expect(Condition::kDead, "it is set down");
  observed.state.links["bond0"].bond.reset();
  expect(Condition::kDead, "the device of this name is no bond");
  observed.state.links.erase("bond0");
  expect(Condition::kDead, "there is no such device");
}

TEST_F(BondState, ThatTheFileSetsDownIsNoFinding) {
  wanted.up = false;
  observed.state.links["bond0"].up = false;
  expect(Condition::kOk, "set down by the file");
}

class LacpState : public BondState {
 protected:
  LacpState() : BondState(BondMode::k8023ad) {
    observed.links["bond0"].aggregator = 1;
    for (const auto* name : {"eth0", "eth1"}) port(name).lacp = LacpStatus{1, true, true};
  }
};

TEST_F(LacpState, IsOkWhenThePartnerTakesEveryPort) {
  expect(Condition::kOk, "2 ports carry");
}

TEST_F(LacpState, IsDegradedWithoutAPartner) {
  port("eth0").lacp = LacpStatus{1, false, true};
  port("eth1").lacp = LacpStatus{2, false, true};
  expect(Condition::kDegraded, "eth0, eth1 have no LACP partner");
}

TEST_F(LacpState, IsDegradedWithAPortInAnotherAggregator) {
  port("eth1").lacp = LacpStatus{2, true, false};
  expect(Condition::kDegraded, "eth1 is not aggregated: its partner, speed or key is not that of the others");
}

TEST_F(LacpState, IsDegradedWithAPortThatThePartnerDoesNotTake) {
  port("eth1").lacp = LacpStatus{1, true, false};
  expect(Condition::kDegraded, "eth1 is not taken into use by its LACP partner");
}

TEST_F(LacpState, IsDeadBelowMinLinks) {
  wanted.bond->set(BondOption::kMinLinks, 2);
  pull("eth1");
  observed.links["bond0"].carrier = false;
  expect(Condition::kDead, "1 of 2 ports carry, min_links is 2: eth1 has no carrier");
}

}  // namespace
}  // namespace hawser::netd
