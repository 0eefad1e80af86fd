// Bonds: what both kernels must do alike.
#include <cerrno>
#include <thread>

#include "lib/state/bond_options.h"
#include "tests/contract/host.h"

namespace hawser::contract {
namespace {

using namespace std::chrono_literals;

class BondContract : public HostTest {
 public:
  static Link of(const Bond& bond) {
    Link wanted;
    wanted.kind = LinkKind::kBond;
    wanted.bond = bond;
    return wanted;
  }
  static Bond active_backup() {
    auto bond = kernel_default_bond(BondMode::kActiveBackup);
    bond.set(BondOption::kMiimon, 100);
    return bond;
  }
  void make_bond() const { perform(CreateLink{"bond0", of(active_backup())}); }
  // eth0 and eth1 in bond0, all up.
  void make_bond_with_ports() const {
    make_bond();
    for (const auto* port : {"eth0", "eth1"}) {
      plug_in(port);
      perform(SetMaster{port, "", "bond0"});
    }
    perform(SetLinkUp{"bond0", true});
  }
  [[nodiscard]] Bond bond() const { return link("bond0").bond.value_or(Bond{}); }
  [[nodiscard]] static SetBondOption option(BondOption which, std::uint32_t to) {
    return SetBondOption{"bond0", which, 0, to};
  }
};

INSTANTIATE_TEST_SUITE_P(, BondContract, testing::ValuesIn(hosts(Need::kBonding)), name_of_host);

TEST_P(BondContract, CreatesABondOfEveryModeWithTheDefaultsThatWeKnow) {
  for (const auto& [mode, name] : kNames<BondMode>) {
    perform(CreateLink{"bond0", of(kernel_default_bond(mode))});
    EXPECT_EQ(bond(), kernel_default_bond(mode)) << name;
    EXPECT_FALSE(link("bond0").up);
    perform(DeleteLink{"bond0", LinkKind::kBond});
  }
}

TEST_P(BondContract, CreatesABondWithOptionsInOneStepAndTakesItTwice) {
  auto wanted = active_backup();
  wanted.set(BondOption::kUpdelay, 200);
  wanted.set(BondOption::kFailOverMac, 1);
  wanted.set(BondOption::kNumGratArp, 3);
  perform(CreateLink{"bond0", of(wanted)});
  perform(CreateLink{"bond0", of(wanted)});
  EXPECT_EQ(bond(), wanted);
}

TEST_P(BondContract, CreatesAnLacpBondWithItsOptions) {
  auto wanted = kernel_default_bond(BondMode::k8023ad);
  wanted.set(BondOption::kLacpRate, 1);
  wanted.set(BondOption::kAdUserPortKey, 5);
  wanted.ad_actor_system = MacAddress{{2, 0, 0, 0, 0, 0x99}};
  perform(CreateLink{"bond0", of(wanted)});
  EXPECT_EQ(bond(), wanted);
}

TEST_P(BondContract, CreatesABondThatAsksTargets) {
  auto wanted = kernel_default_bond(BondMode::kActiveBackup);
  wanted.set(BondOption::kArpInterval, 250);
  wanted.arp_ip_target = {*IpAddress::parse("192.0.2.253"), *IpAddress::parse("192.0.2.254")};
  wanted.ns_ip6_target = {*IpAddress::parse("2001:db8::fe")};
  perform(CreateLink{"bond0", of(wanted)});
  EXPECT_EQ(bond(), wanted);
}

TEST_P(BondContract, RefusesBothMonitorsAtOnceAndMakesNothing) {
  auto both = active_backup();
  both.set(BondOption::kArpInterval, 100);
  EXPECT_EQ(refused(CreateLink{"bond0", of(both)}), EINVAL);
  EXPECT_FALSE(observe().state.links.contains("bond0"));
}

// The order of its checks is what lets apply() ask without taking the device down.
TEST_P(BondContract, RefusesADeviceThatIsInUseBeforeItLooksWhetherThatIsUp) {
  make_bond();
  plug_in_and_up("eth0");
  host().occupy("eth0");
  EXPECT_EQ(refused(SetMaster{"eth0", "", "bond0"}), EBUSY);
  EXPECT_TRUE(link("eth0").up);
  perform(SetLinkUp{"eth0", false});
  EXPECT_EQ(refused(SetMaster{"eth0", "", "bond0"}), EBUSY);
}

TEST_P(BondContract, AttachesAPortAndSetsItUp) {
  make_bond();
  plug_in("eth0");
  perform(SetMaster{"eth0", "", "bond0"});
  perform(SetMaster{"eth0", "", "bond0"});
  EXPECT_EQ(link("eth0").master, "bond0");
  EXPECT_TRUE(link("eth0").up);
  EXPECT_EQ(bond().ports, (std::map<std::string, BondPort>{{"eth0", {}}}));
}

TEST_P(BondContract, RefusesAPortThatIsUp) {
  make_bond();
  plug_in_and_up("eth0");
  EXPECT_EQ(refused(SetMaster{"eth0", "", "bond0"}), EPERM);
}

TEST_P(BondContract, RefusesABondThatDoesNotExist) {
  plug_in("eth0");
  EXPECT_EQ(refused(SetMaster{"eth0", "", "bond9"}), ENODEV);
}

TEST_P(BondContract, ClosesAPortThatLeavesAndGivesItsMacBack) {
  make_bond();
  plug_in("eth0");
  plug_in("eth1");
  const auto own = link("eth1").mac;
  perform(SetMaster{"eth0", "", "bond0"});
  perform(SetMaster{"eth1", "", "bond0"});
  EXPECT_EQ(link("eth1").mac, link("bond0").mac);
  perform(SetMaster{"eth1", "bond0", ""});
  EXPECT_EQ(link("eth1").mac, own);
  EXPECT_FALSE(link("eth1").up);
  EXPECT_EQ(bond().ports.count("eth1"), 0U);
}

TEST_P(BondContract, KeepsTheMacOfAPortThatLeftUntilItIsGivenThatOfAnother) {
  make_bond();
  plug_in("eth0");
  plug_in("eth1");
  const auto lent = *link("eth0").mac;
  const auto other = *link("eth1").mac;
  perform(SetMaster{"eth0", "", "bond0"});
  perform(SetMaster{"eth1", "", "bond0"});
  perform(SetMaster{"eth0", "bond0", ""});
  EXPECT_EQ(link("bond0").mac, lent);
  EXPECT_EQ(link("eth0").mac, lent);
  perform(SetMac{"bond0", lent, other});
  EXPECT_EQ(link("bond0").mac, other);
  EXPECT_EQ(link("eth1").mac, other);
  EXPECT_EQ(link("eth0").mac, lent);
}

TEST_P(BondContract, TakesTheMacOfItsFirstPortUnlessItHasOne) {
  make_bond();
  plug_in("eth0");
  const auto own = link("eth0").mac;
  perform(SetMaster{"eth0", "", "bond0"});
  EXPECT_EQ(link("bond0").mac, own);
  auto wanted = of(active_backup());
  wanted.mac = MacAddress{{2, 0, 0, 0, 0, 1}};
  perform(CreateLink{"bond1", wanted});
  plug_in("eth1");
  perform(SetMaster{"eth1", "", "bond1"});
  EXPECT_EQ(link("bond1").mac, wanted.mac);
  EXPECT_EQ(link("eth1").mac, wanted.mac);
}

TEST_P(BondContract, GivesItsPortsItsMtu) {
  make_bond_with_ports();
  perform(SetMtu{"bond0", 1500, 1400});
  EXPECT_EQ(link("eth0").mtu, 1400U);
  EXPECT_EQ(link("eth1").mtu, 1400U);
}

// What a plan says of them before it is carried out: lib/plan/consequence.h.
TEST_P(BondContract, AVlanOnAPortHasNoMoreThanItsMtuAndGoesOnHavingItsMac) {
  make_bond();
  plug_in("eth0");
  perform(SetMaster{"eth0", "", "bond0"});
  plug_in("eth1");
  perform(SetMtu{"eth1", 1500, 9000});
  Link vlan;
  vlan.kind = LinkKind::kVlan;
  vlan.vlan = Vlan{"eth1", 7, 0x8100};
  perform(CreateLink{"v7", vlan});
  const auto own = link("eth1").mac;
  EXPECT_EQ(link("v7").mtu, 9000U);
  perform(SetMaster{"eth1", "", "bond0"});
  EXPECT_EQ(link("v7").mtu, 1500U);
  EXPECT_EQ(link("v7").mac, link("bond0").mac);
  perform(SetMaster{"eth1", "bond0", ""});
  perform(SetLinkUp{"eth1", true});
  EXPECT_EQ(link("eth1").mtu, 9000U);
  EXPECT_EQ(link("v7").mtu, 1500U);
  EXPECT_EQ(link("v7").mac, own);
}

// p6 is a VLAN itself.
TEST_P(BondContract, RefusesAPortThatCannotHaveItsMtu) {
  make_bond();
  plug_in("eth0");
  perform(SetMtu{"eth0", 1500, 1400});
  perform(SetLinkUp{"eth0", true});
  Link vlan;
  vlan.kind = LinkKind::kVlan;
  vlan.vlan = Vlan{"eth0", 6, 0x8100};
  perform(CreateLink{"p6", vlan});
  EXPECT_EQ(refused(SetMaster{"p6", "", "bond0"}), ERANGE);
  EXPECT_EQ(link("p6").master, "");
}

TEST_P(BondContract, RefusesAModeChangeWhilePortsAreAttached) {
  make_bond();
  plug_in("eth0");
  perform(SetMaster{"eth0", "", "bond0"});
  EXPECT_EQ(refused(SetBondMode{"bond0", BondMode::kActiveBackup, BondMode::kBalanceRr}), ENOTEMPTY);
}

TEST_P(BondContract, RefusesAModeChangeWhileUp) {
  make_bond();
  perform(SetLinkUp{"bond0", true});
  EXPECT_EQ(refused(SetBondMode{"bond0", BondMode::kActiveBackup, BondMode::kBalanceRr}), EBUSY);
}

TEST_P(BondContract, StartsMiiMonitoringInModesThatNeedIt) {
  perform(CreateLink{"bond0", of(kernel_default_bond(BondMode::kBalanceRr))});
  EXPECT_EQ(bond().get(BondOption::kMiimon), 0U);
  perform(SetBondMode{"bond0", BondMode::kBalanceRr, BondMode::k8023ad});
  EXPECT_EQ(bond().mode, BondMode::k8023ad);
  EXPECT_EQ(bond().get(BondOption::kMiimon), 100U);
}

TEST_P(BondContract, RefusesOptionsThatTheModeDoesNotHave) {
  make_bond();
  EXPECT_EQ(refused(option(BondOption::kLacpRate, 1)), EACCES);
  EXPECT_EQ(refused(option(BondOption::kPacketsPerSlave, 5)), EACCES);
  EXPECT_EQ(refused(option(BondOption::kTlbDynamicLb, 0)), EACCES);
  EXPECT_EQ(refused(SetAdActorSystem{"bond0", {}, MacAddress{{2, 0, 0, 0, 0, 9}}}), EACCES);
}

TEST_P(BondContract, TakesEveryOptionOfItsModeAtTheEndsOfItsRange) {
  for (const auto& [mode, name] : kNames<BondMode>) {
    perform(CreateLink{"bond0", of(kernel_default_bond(mode))});
    for (const auto& info : bond_options()) {
      const bool delay =
          info.unit == BondUnit::kMilliseconds;  // another monitor goes off, delays are rounded
      if (delay || !option_applies(info, mode) || info.option == BondOption::kArpValidate) continue;
      for (const auto value : {info.maximum, info.minimum}) {
        const int code = refused(option(info.option, value));
        if (code == ENOSYS) continue;  // young: bond_matrix_test.cpp
        EXPECT_EQ(code, 0) << name << " " << info.name;
        EXPECT_EQ(bond().get(info.option), value) << name << " " << info.name;
      }
      if (info.maximum >= 255 || bond().lacking.options.contains(info.option)) continue;
      EXPECT_EQ(refused(option(info.option, info.maximum + 1)), EINVAL) << info.name;
    }
    perform(DeleteLink{"bond0", LinkKind::kBond});
  }
}

TEST_P(BondContract, RefusesDelaysWithoutMiimon) {
  perform(CreateLink{"bond0", of(kernel_default_bond(BondMode::kActiveBackup))});
  for (const auto which : {BondOption::kUpdelay, BondOption::kDowndelay, BondOption::kPeerNotifDelay})
    EXPECT_EQ(refused(option(which, 100)), EPERM);
}

TEST_P(BondContract, CountsDelaysInMiimonIntervals) {
  make_bond();
  perform(option(BondOption::kUpdelay, 250));
  EXPECT_EQ(bond().get(BondOption::kUpdelay), 200U);
  perform(option(BondOption::kMiimon, 50));
  EXPECT_EQ(bond().get(BondOption::kUpdelay), 100U);
}

TEST_P(BondContract, TurnsTheOtherMonitorOff) {
  make_bond();
  perform(option(BondOption::kArpInterval, 250));
  EXPECT_EQ(bond().get(BondOption::kMiimon), 0U);
  EXPECT_EQ(bond().get(BondOption::kArpInterval), 250U);
  perform(option(BondOption::kMiimon, 100));
  EXPECT_EQ(bond().get(BondOption::kArpInterval), 0U);
  EXPECT_EQ(bond().get(BondOption::kMiimon), 100U);
}

TEST_P(BondContract, RefusesFailOverMacOnceThereIsAPort) {
  make_bond_with_ports();
  EXPECT_EQ(refused(option(BondOption::kFailOverMac, 1)), ENOTEMPTY);
}

TEST_P(BondContract, RefusesLacpRateWhileUp) {
  perform(CreateLink{"bond0", of(kernel_default_bond(BondMode::k8023ad))});
  perform(SetLinkUp{"bond0", true});
  EXPECT_EQ(refused(option(BondOption::kLacpRate, 1)), EBUSY);
}

TEST_P(BondContract, ReplacesTheTargets) {
  make_bond();
  const std::vector two{*IpAddress::parse("192.0.2.253"), *IpAddress::parse("192.0.2.254")};
  const std::vector one{*IpAddress::parse("192.0.2.252")};
  perform(SetBondTargets{"bond0", Family::kIpv4, {}, two});
  EXPECT_EQ(bond().arp_ip_target, two);
  perform(SetBondTargets{"bond0", Family::kIpv4, two, one});
  EXPECT_EQ(bond().arp_ip_target, one);
  perform(SetBondTargets{"bond0", Family::kIpv4, one, {}});
  EXPECT_TRUE(bond().arp_ip_target.empty());
}

TEST_P(BondContract, ReplacesTheIpv6Targets) {
  make_bond();
  const std::vector one{*IpAddress::parse("2001:db8::fe")};
  perform(SetBondTargets{"bond0", Family::kIpv6, {}, one});
  EXPECT_EQ(bond().ns_ip6_target, one);
  perform(SetBondTargets{"bond0", Family::kIpv6, one, {}});
  EXPECT_TRUE(bond().ns_ip6_target.empty());
}

TEST_P(BondContract, MakesThePrimaryActive) {
  make_bond_with_ports();
  perform(SetBondPrimary{"bond0", "", "eth1"});
  EXPECT_EQ(bond().primary, "eth1");
  EXPECT_EQ(observe().links["bond0"].active_port, "eth1");
  perform(SetBondPrimary{"bond0", "eth1", ""});
  EXPECT_EQ(bond().primary, "");
}

TEST_P(BondContract, RefusesAMissingPrimary) {
  make_bond();
  EXPECT_EQ(refused(SetBondPrimary{"bond0", "", "eth9"}), ENODEV);
}

TEST_P(BondContract, SwitchesTheActivePort) {
  make_bond_with_ports();
  perform(SetActivePort{"bond0", "eth1"});
  EXPECT_EQ(observe().links["bond0"].active_port, "eth1");
  EXPECT_TRUE(observe().links["eth1"].port.value_or(PortStatus{}).active);
  EXPECT_FALSE(observe().links["eth0"].port.value_or(PortStatus{}).active);
  perform(SetActivePort{"bond0", "eth0"});
  EXPECT_EQ(observe().links["bond0"].active_port, "eth0");
}

TEST_P(BondContract, RefusesToSwitchToAPortWithoutCarrier) {
  make_bond_with_ports();
  host().set_carrier("eth1", false);
  EXPECT_EQ(refused(SetActivePort{"bond0", "eth1"}), EINVAL);
}

TEST_P(BondContract, SetsPriorityAndQueueOfAPort) {
  make_bond_with_ports();
  perform(SetPortOptions{"bond0", "eth1", {}, BondPort{5, 3}});
  EXPECT_EQ(bond().ports["eth1"], (BondPort{5, 3}));
  EXPECT_EQ(refused(SetPortOptions{"bond0", "eth0", {}, BondPort{0, 3}}), EPERM);
  perform(SetPortOptions{"bond0", "eth1", BondPort{5, 3}, BondPort{-7, 3}});
  EXPECT_EQ(bond().ports["eth1"], (BondPort{-7, 3}));
}

TEST_P(BondContract, TellsThatNobodySpeaksLacpAtTheOtherEnd) {
  perform(CreateLink{"bond0", of(kernel_default_bond(BondMode::k8023ad))});
  plug_in("eth0");
  perform(SetMaster{"eth0", "", "bond0"});
  perform(SetLinkUp{"bond0", true});
  const auto lacp = [&]() -> std::optional<LacpStatus> {
    const auto port = observe().links["eth0"].port;
    return port ? port->lacp : std::nullopt;
  };
  // The kernel waits for an answer for three seconds.
  for (int i = 0; i < 100 && (!lacp() || lacp()->partner); ++i) std::this_thread::sleep_for(100ms);
  ASSERT_TRUE(lacp());
  EXPECT_FALSE(lacp()->partner);
  EXPECT_NE(lacp()->aggregator, 0);
}

TEST_P(BondContract, TellsOfLacpOnlyInItsMode) {
  make_bond_with_ports();
  const auto port = observe().links["eth0"].port;
  ASSERT_TRUE(port);
  EXPECT_FALSE(port->lacp);
}

TEST_P(BondContract, DeletesABondAndLeavesItsPortsDown) {
  make_bond_with_ports();
  perform(DeleteLink{"bond0", LinkKind::kBond});
  EXPECT_FALSE(observe().state.links.contains("bond0"));
  EXPECT_FALSE(link("eth0").up);
  EXPECT_EQ(link("eth0").master, "");
}

}  // namespace
}  // namespace hawser::contract
