#include "bondctl/change/change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::bondctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class BondChange : public testing::Test {
 protected:
  Observed there;

  BondChange() {
    for (const auto* name : {"eth0", "eth1", "eth2"}) card(name);
    Link bond;
    bond.kind = LinkKind::kBond;
    bond.up = true;
    bond.mtu = 1500;
    bond.mac = *MacAddress::parse("52:54:00:00:00:01");
    bond.bond = kernel_default_bond(BondMode::kActiveBackup);
    bond.bond->set(BondOption::kMiimon, 100);
    for (const auto* name : {"eth0", "eth1"}) {
      bond.bond->ports[name];
      there.state.links[name].master = "bond0";
      there.links[name].port.emplace();
    }
    there.state.links["bond0"] = bond;
    there.links["bond0"].carrier = true;
  }

  void card(const std::string& name) {
    Link link;
    link.up = true;
    link.mtu = 1500;
    link.mac = *MacAddress::parse("52:54:00:00:00:11");
    there.state.links[name] = link;
    there.links[name].carrier = true;
  }
  void own_mac(const std::string& name, const std::string& mac) {
    there.links[name].port->permanent_mac = *MacAddress::parse(mac);
  }
  Bond& bond() { return *there.state.links["bond0"].bond; }

  static std::vector<std::string> lines(const std::vector<Step>& steps) {
    std::vector<std::string> lines;
    lines.reserve(steps.size());
    for (const auto& step : steps) lines.push_back(describe(step));
    return lines;
  }
  std::vector<std::string> plan_of(const Change& change) const {
    EXPECT_THAT(change.problems, IsEmpty());
    return lines(plan_network(change.desired, there.state));
  }
  Change set(std::vector<std::string> words) const {
    return bondctl::set(there, "bond0", parse_edits(words), {});
  }
  Change create(std::vector<std::string> words) const {
    return bondctl::create(there, "bond9", parse_edits(words), {});
  }
};

TEST_F(BondChange, ChangesWhatIsNamedAndNothingElse) {
  bond().set(BondOption::kNumGratArp, 7);
  bond().set(BondOption::kUpdelay, 200);
  there.state.links["bond0"].addresses[*Prefix::parse("192.0.2.1/24")];
  EXPECT_THAT(plan_of(set({"resend_igmp=3"})), ElementsAre("bond0: set resend_igmp 1 -> 3"));
  EXPECT_THAT(plan_of(set({"miimon=100ms"})), IsEmpty());
}

// The kernel takes ARP targets without arp_interval; the file's rules do not.
TEST_F(BondChange, LeavesWhatNoFileCanSay) {
  bond().arp_ip_target = {*IpAddress::parse("192.0.2.254")};
  EXPECT_THAT(plan_of(set({"resend_igmp=3"})), ElementsAre("bond0: set resend_igmp 1 -> 3"));
  bond().set(BondOption::kMiimon, 0);  // as `ip link add type bond` makes it
  EXPECT_THAT(plan_of(set({"resend_igmp=3"})), ElementsAre("bond0: set resend_igmp 1 -> 3"));
}

TEST_F(BondChange, AnotherTargetLeavesTheMonitor) {
  bond().set(BondOption::kMiimon, 0);
  bond().set(BondOption::kArpInterval, 200);
  bond().arp_ip_target = {*IpAddress::parse("192.0.2.254")};
  EXPECT_THAT(plan_of(set({"arp_ip_target+=192.0.2.253"})),
              ElementsAre("bond0: set arp_ip_target 192.0.2.254 -> 192.0.2.253 192.0.2.254"));
}

TEST_F(BondChange, ADownBondStaysDown) {
  there.state.links["bond0"].up = false;
  EXPECT_THAT(plan_of(set({"resend_igmp=3"})), ElementsAre("bond0: set resend_igmp 1 -> 3"));
  EXPECT_THAT(plan_of(set({"up=on"})), ElementsAre("bond0: set up"));
}

TEST_F(BondChange, SaysAllThatIsWrongInOneRun) {
  const auto change = set({"lacp_rate=fast", "updelay=150ms", "foo=1"});
  EXPECT_THAT(change.problems,
              ElementsAre(HasSubstr("bond0: foo: no such setting"),
                          "bond0: lacp_rate: mode active-backup does not take it: only 802.3ad",
                          HasSubstr("bond0: updelay: \"150ms\" is not a multiple of miimon 100ms: write")));
  EXPECT_TRUE(change.wrong_words);
}

TEST_F(BondChange, TheKernelsTrapsAreNotWalkedInto) {
  EXPECT_THAT(set({"miimon=0"}).problems,
              ElementsAre(HasSubstr("bond0: miimon: 0s leaves the bond unmonitored")));
  EXPECT_THAT(set({"miimon=100", "arp_interval=200"}).problems,
              testing::Contains(HasSubstr("miimon 100ms and arp_interval 200ms exclude each other")));
  EXPECT_THAT(set({"arp_interval=200"}).problems, ElementsAre(HasSubstr("bond0: arp_ip_target: is missing")));
  EXPECT_THAT(set({"primary=eth2"}).problems, ElementsAre("bond0: primary: \"eth2\" is not among the ports"));
  EXPECT_THAT(create({"mode=active-backup", "miimon=0"}).problems,
              ElementsAre(HasSubstr("bond9: miimon: 0s leaves the bond unmonitored")));
  EXPECT_THAT(create({"mode=active-backup", "ports=eth2", "primary=eth1"}).problems,
              ElementsAre("bond9: primary: \"eth1\" is not among the ports"));
  EXPECT_THAT(create({"mode=active-backup", "arp_interval=200"}).problems,
              ElementsAre(HasSubstr("bond9: arp_ip_target: is missing")));
}

// The kernel keeps delays as counts of miimon.
TEST_F(BondChange, DelaysStayWhatTheyAreWhenMiimonChanges) {
  bond().set(BondOption::kUpdelay, 200);
  EXPECT_THAT(plan_of(set({"miimon=50"})),
              ElementsAre("bond0: set miimon 100ms -> 50ms", "bond0: set updelay 100ms -> 200ms"));
  EXPECT_THAT(set({"miimon=150"}).problems,
              ElementsAre("bond0: updelay: \"200ms\" is not a multiple of miimon 150ms: write \"150ms\" or "
                          "\"300ms\""));
}

TEST_F(BondChange, WhatTheKernelLacksIsSaidBeforeAnythingIsTouched) {
  bond() = kernel_default_bond(BondMode::k8023ad);
  for (const auto* name : {"eth0", "eth1"}) bond().ports[name];
  EXPECT_THAT(
      plan_of(set({"lacp_strict=on", "eth1.actor_port_prio=10"})),
      ElementsAre("bond0: set lacp_strict off -> on", "bond0: set port eth1: actor_port_prio 255 -> 10"));
  bond().lacking.options.add(BondOption::kLacpStrict);
  bond().lacking.actor_port_prio = true;
  const auto change = set({"lacp_strict=on", "eth1.actor_port_prio=10", "resend_igmp=3"});
  EXPECT_THAT(change.problems,
              ElementsAre("bond0: set lacp_strict off -> on: this kernel does not have it",
                          "bond0: set port eth1: actor_port_prio 255 -> 10: this kernel does not have it"));
  EXPECT_FALSE(change.wrong_words);
  EXPECT_THAT(create({"mode=802.3ad", "lacp_strict=on"}).problems,
              ElementsAre("bond9: set lacp_strict off -> on: this kernel does not have it"));
}

TEST_F(BondChange, AnotherModeLeavesNoLacpPriority) {
  bond() = kernel_default_bond(BondMode::k8023ad);
  bond().ports["eth0"].actor_port_prio = 10;
  bond().ports["eth1"];
  EXPECT_THAT(set({"mode=balance-xor"}).problems, IsEmpty());
}

TEST_F(BondChange, PortsOfOthersAreNotTaken) {
  Link bridge;
  bridge.kind = LinkKind::kOther;
  there.state.links["br0"] = bridge;
  there.state.links["eth2"].master = "br0";
  EXPECT_THAT(
      set({"ports+=eth2"}).problems,
      ElementsAre("bond0: add port eth2: it is in br0: take it out first: ip link set eth2 nomaster"));
  EXPECT_THAT(
      create({"mode=active-backup", "ports=eth0"}).problems,
      ElementsAre("bond9: add port eth0: it is in bond0: take it out first: bondctl remove bond0 eth0"));
}

TEST_F(BondChange, WhatIsNoPortIsSaid) {
  EXPECT_THAT(set({"ports+=eth9"}).problems,
              ElementsAre("bond0: add port eth9: no such device: 'ip link' lists those there are"));
  there.state.links["eth2"].addresses[*Prefix::parse("198.51.100.7/24")];
  EXPECT_THAT(set({"ports+=eth2"}).problems, ElementsAre(HasSubstr("eth2: it has addresses")));
  there.state.links["eth2"].addresses.clear();
  there.state.links["eth2"].mac.reset();
  EXPECT_THAT(set({"ports+=eth2"}).problems, ElementsAre(HasSubstr("it is no Ethernet device")));
  EXPECT_THAT(set({"ports-=eth2"}).problems, ElementsAre("bond0: ports: eth2 is not among them"));
}

TEST_F(BondChange, WhoSetsItDownMeanwhileIsNotGainsaid) {
  const auto one = set({"miimon=50"});
  const auto other = set({"miimon=50", "up=on"});
  there.state.links["bond0"].up = false;
  EXPECT_THAT(plan_of(one), ElementsAre("bond0: set miimon 100ms -> 50ms"));
  EXPECT_THAT(plan_of(other), ElementsAre("bond0: set miimon 100ms -> 50ms", "bond0: set up"));
}

TEST_F(BondChange, AnAddressOfTheKernelsIsNoObstacle) {
  there.state.links["eth2"].addresses[*Prefix::parse("fe80::1/64")];
  EXPECT_THAT(set({"ports+=eth2"}).problems, IsEmpty());
  // What a router announces comes and goes without anybody's doing; it is by its number that it is known.
  constexpr std::uint8_t kOfARouter = 2;  // IFAPROT_KERNEL_RA
  auto& announced = there.state.links["eth2"].addresses[*Prefix::parse("2001:db8::7/64")];
  EXPECT_THAT(set({"ports+=eth2"}).problems, ElementsAre(HasSubstr("it has addresses")));
  announced.protocol = kOfARouter;
  EXPECT_THAT(set({"ports+=eth2"}).problems, IsEmpty());
}

TEST_F(BondChange, CreatesByTheRulesOfTheFile) {
  EXPECT_THAT(plan_of(create({"mode=active-backup", "ports=eth2"})),
              ElementsAre("bond9: create bond active-backup, miimon 100ms", "eth2: set down",
                          "bond9: add port eth2", "bond9: set up"));
  EXPECT_THAT(plan_of(create({"mode=802.3ad"})), ElementsAre("bond9: create bond 802.3ad", "bond9: set up"));
  EXPECT_THAT(create({"miimon=50"}).problems, ElementsAre(HasSubstr("bond9: mode: is missing")));
  EXPECT_THAT(bondctl::create(there, "bond0", {}, {}).problems,
              ElementsAre("bond0: create: it is there already: 'bondctl set bond0 KEY=VALUE' changes it"));
  EXPECT_THAT(bondctl::create(there, "b/9", {}, {}).problems,
              ElementsAre(testing::StartsWith("create: \"b/9\" is not a device name: ")));
  EXPECT_THAT(bondctl::create(there, "eth2", {}, {}).problems,
              ElementsAre("eth2: create: another device has this name"));
}

TEST_F(BondChange, ABondMayLoseItsLastPort) {
  EXPECT_THAT(plan_of(set({"ports-=eth0,eth1"})),
              ElementsAre("bond0: remove port eth0", "bond0: remove port eth1"));
}

TEST_F(BondChange, TheDefaultOfAKeyIsThatOfANewBond) {
  there.state.links["bond0"].mtu = 9000;
  EXPECT_THAT(plan_of(set({"mtu=default"})), ElementsAre("bond0: set mtu 9000 -> 1500"));
  there.state.links["bond0"].mtu = 1500;
  EXPECT_THAT(plan_of(set({"mtu=default"})), IsEmpty());
  EXPECT_THAT(plan_of(create({"mode=active-backup", "mtu=default"})),
              ElementsAre("bond9: create bond active-backup, miimon 100ms, mtu 1500", "bond9: set up"));
  bond().set(BondOption::kMiimon, 0);
  EXPECT_THAT(plan_of(set({"miimon=default"})), ElementsAre("bond0: set miimon 0s -> 100ms"));
  bond().set(BondOption::kArpInterval, 200);
  bond().arp_ip_target = {*IpAddress::parse("192.0.2.254")};
  EXPECT_THAT(plan_of(set({"arp_interval=default"})),
              ElementsAre("bond0: set arp_interval 200ms -> 0s", "bond0: set miimon 0s -> 100ms",
                          "bond0: set arp_ip_target 192.0.2.254 -> none"));
}

// A bond has the MAC of its first port, unless somebody said another.
TEST_F(BondChange, TheDefaultMacIsThatOfAPort) {
  own_mac("eth0", "52:54:00:00:00:21");
  own_mac("eth1", "52:54:00:00:00:22");
  EXPECT_THAT(plan_of(set({"mac=default"})),
              ElementsAre("bond0: set mac 52:54:00:00:00:01 -> 52:54:00:00:00:21"));
  there.state.links["bond0"].mac = *MacAddress::parse("52:54:00:00:00:22");
  EXPECT_THAT(plan_of(set({"mac=default"})), IsEmpty());
  bond().set(BondOption::kFailOverMac, 1);
  EXPECT_THAT(plan_of(set({"mac=default"})), IsEmpty()) << "it is that of the active port";
  bond() = kernel_default_bond(BondMode::kBalanceXor);
  EXPECT_THAT(set({"mac=default"}).problems,
              ElementsAre("bond0: mac: has no default while there is no port: write mac=52:54:00:.."));
}

// "ip link property add dev eth1 altname back", and as a file names cards that change their names.
TEST_F(BondChange, PortsAreKnownByAllTheirNames) {
  own_mac("eth0", "52:54:00:00:00:21");
  own_mac("eth1", "52:54:00:00:00:22");
  there.links["eth1"].altnames = {"back"};
  const auto paths = [] { return config::DevicesByPath{{"pci-0000:01:00.0", "eth1"}}; };
  for (const std::string name : {"eth1", "back", "mac:52:54:00:00:00:22", "path:pci-0000:01:00.0"}) {
    const std::vector<std::string> words{name};
    EXPECT_THAT(plan_of(bondctl::set(there, "bond0", parse_ports(words, Edit::How::kTakeAway), paths)),
                ElementsAre("bond0: remove port eth1"))
        << name;
    EXPECT_THAT(plan_of(bondctl::set(there, "bond0", parse_ports(words, Edit::How::kAdd), paths)), IsEmpty())
        << name;
    const std::vector<std::string> settings{name + ".prio=7", "primary=" + name};
    EXPECT_THAT(plan_of(bondctl::set(there, "bond0", parse_edits(settings), paths)),
                ElementsAre("bond0: set port eth1: prio 0 -> 7", "bond0: set primary none -> eth1"))
        << name;
  }
  EXPECT_THAT(set({"ports-=mac:52:54:00:00:00:99"}).problems,
              ElementsAre("bond0: ports: mac:52:54:00:00:00:99 is not among them"));
}

TEST_F(BondChange, DeletesOnlyBonds) {
  EXPECT_THAT(plan_of(remove(there, "bond0")), testing::Contains("bond0: delete bond"));
  EXPECT_THAT(remove(there, "eth2").problems, ElementsAre("eth2: is no bond"));
  EXPECT_THAT(remove(there, "bond1").problems,
              ElementsAre("bond1: no such bond: 'bondctl show' lists those there are"));
}

TEST_F(BondChange, TheActiveRoleGoesWhereItCan) {
  EXPECT_EQ(why_not_active(there, "bond0", "eth1"), "");
  EXPECT_EQ(why_not_active(there, "bond0", "eth2"), "bond0: switch to eth2: it is not among the ports");
  there.links["eth1"].carrier = false;
  EXPECT_EQ(why_not_active(there, "bond0", "eth1"), "bond0: switch to eth1: it has no carrier");
  bond().mode = BondMode::k8023ad;
  EXPECT_THAT(why_not_active(there, "bond0", "eth1"), HasSubstr("mode 802.3ad has no active port"));
}

}  // namespace
}  // namespace hawser::bondctl
