// ifup's environment in, steps of the plan out.
#include "bondctl/ifupdown/hook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bondctl/change/change.h"

namespace hawser::bondctl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class IfupdownHook : public testing::Test {
 protected:
  Observed there;

  IfupdownHook() {
    for (const auto* name : {"eth0", "eth1", "eth2"}) card(name);
    Link lo;
    lo.mac = MacAddress{};
    there.state.links["lo"] = lo;
    there.links["lo"];
    // As the seed's module makes it: options bonding mode=1 miimon=100.
    Link made;
    made.kind = LinkKind::kBond;
    made.mtu = 1500;
    made.mac = *MacAddress::parse("52:54:00:00:00:01");
    made.bond = kernel_default_bond(BondMode::kActiveBackup);
    made.bond->set(BondOption::kMiimon, 100);
    there.state.links["bond0"] = made;
    there.links["bond0"];
  }

  void card(const std::string& name) {
    Link link;
    link.mtu = 1500;
    link.mac = *MacAddress::parse("52:54:00:00:00:11");
    there.state.links[name] = link;
    there.links[name].carrier = true;
  }
  Bond& bond() { return *there.state.links["bond0"].bond; }
  void join(const std::string& port) {
    bond().ports[port];
    there.state.links[port].master = "bond0";
    there.state.links[port].up = true;
    there.links[port].port.emplace();
  }

  static HookCall call(const std::string& interface, Environment environment) {
    environment.merge(Environment{{"IFACE", interface}, {"MODE", "start"}, {"PHASE", "pre-up"}});
    const auto read = read_call(environment);
    EXPECT_TRUE(read && *read);
    return **read;
  }

  // What is planned and what is said, as lines.
  std::vector<std::string> lines(const std::string& bond, const Asked& asked) const {
    std::vector<std::string> lines;
    const auto change = set(there, bond, asked.edits, {});
    for (const auto& problem : change.problems) lines.push_back("wrong: " + problem);
    for (const auto& note : asked.notes) lines.push_back("note: " + note);
    if (change.problems.empty())
      for (const auto& step : plan_network(change.desired, there.state)) lines.push_back(describe(step));
    return lines;
  }
  std::vector<std::string> up(const Environment& environment, const std::set<std::string>& kept = {}) const {
    return lines("bond0", ask_for_bond(there, call("bond0", environment), kept));
  }
};

TEST_F(IfupdownHook, WhatTheStanzaLeavesUnsetStaysAsTheModuleHasIt) {
  EXPECT_THAT(up({{"IF_SLAVES", "eth0 eth1"}, {"IF_ADDRESS", "192.0.2.1"}}),
              ElementsAre("bond0: add port eth0", "bond0: add port eth1"));
  bond().set(BondOption::kMiimon, 0);
  EXPECT_THAT(up({{"IF_SLAVES", "eth0 eth1"}}), ElementsAre("bond0: add port eth0", "bond0: add port eth1"));
}

// ifenslave wrote miimon before the mode, and the new mode reset it.
TEST_F(IfupdownHook, TheModeComesBeforeWhatItWouldReset) {
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "eth0"},
                  {"IF_BOND_MODE", "4"},
                  {"IF_BOND_MIIMON", "50"},
                  {"IF_BOND_UPDELAY", "200"},
                  {"IF_BOND_LACP_RATE", "fast"},
                  {"IF_BOND_MIN_LINKS", "1"}}),
              ElementsAre("bond0: set mode active-backup -> 802.3ad", "bond0: set miimon 100ms -> 50ms",
                          "bond0: set updelay 0s -> 200ms", "bond0: set min_links 0 -> 1",
                          "bond0: set lacp_rate slow -> fast", "bond0: add port eth0"));
}

TEST_F(IfupdownHook, ItIsUpOnceMoreAndNothingIsLeftToDo) {
  join("eth0");
  join("eth1");
  bond().primary = "eth0";
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "eth0 eth1"}, {"IF_BOND_MODE", "1"}, {"IF_BOND_PRIMARY", "eth0 eth1"}}),
              IsEmpty());
}

TEST_F(IfupdownHook, APortThatIsNoLongerListedGoesUnlessItHasAStanzaOfItsOwn) {
  join("eth0");
  join("eth1");
  join("eth2");
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "eth0"}}, {"eth2"}), ElementsAre("bond0: remove port eth1"));
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "none"}}), IsEmpty());
  EXPECT_THAT(up({{"IF_BOND_MODE", "1"}}), IsEmpty());
}

// Its ifup has called the master's: DHCP on a bond without a port would wait in vain.
TEST_F(IfupdownHook, APortThatIsComingUpJoinsWithItsMaster) {
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "none"}, {"IF_BOND_PRIMARY", "eth2"}}, {"eth2"}),
              ElementsAre("bond0: add port eth2", "bond0: set primary none -> eth2"));
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "eth0 eth9"}}, {"eth2"}), Contains("bond0: add port eth2"));
}

TEST_F(IfupdownHook, ThePrimaryIsTheFirstThatIsAPort) {
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "eth0 eth1"}, {"IF_BOND_PRIMARY", "wlan0 eth1 eth0"}}),
              Contains("bond0: set primary none -> eth1"));
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "none"}, {"IF_BOND_PRIMARY", "eth0"}}), IsEmpty());
  join("eth0");
  bond().primary = "eth0";
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "eth0"}, {"IF_BOND_PRIMARY", "none"}}),
              ElementsAre("bond0: set primary eth0 -> none"));
}

TEST_F(IfupdownHook, AllMeansEveryWiredCardThatNobodyUses) {
  card("enp3s0");
  card("wlp2s0");
  there.state.links["eth1"].addresses[*Prefix::parse("192.0.2.9/24")];
  there.state.links["eth2"].master = "br0";
  there.state.links["br0"].kind = LinkKind::kOther;
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "all"}}), ElementsAre("bond0: add port enp3s0", "bond0: add port eth0"));
}

TEST_F(IfupdownHook, ABondComesUpWithoutTheCardThatIsMissing) {
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "eth0 eth9"}, {"IF_BOND_QUEUE_ID", "eth0:1 eth9:2"}}),
              ElementsAre("note: bond-slaves: eth9: no such device: bond0 goes on without it",
                          "note: bond-queue-id: left out: eth9 is no port, now", "bond0: add port eth0",
                          "bond0: set port eth0: queue_id 0 -> 1"));
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "eth8 eth9"}}),
              ElementsAre("wrong: bond0: bond-slaves: there is no eth8, no eth9: 'ip link' lists the devices "
                          "that are there"));
}

TEST_F(IfupdownHook, FewerPortsThanMinLinksAreNoMistakeAtBoot) {
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "none"}, {"IF_BOND_MODE", "4"}, {"IF_BOND_MIN_LINKS", "2"}}),
              ElementsAre("bond0: set mode active-backup -> 802.3ad", "bond0: set min_links 0 -> 2"));
}

TEST_F(IfupdownHook, EveryMistakeIsSaidByTheStanzasOption) {
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "eth0"},
                  {"IF_BOND_MODE", "1"},
                  {"IF_BOND_LACP_RATE", "fast"},
                  {"IF_BOND_MIIMON", "soon"},
                  {"IF_BOND_PRIMARY_RESELECT", "never"},
                  {"IF_BOND_FOO", "1"}}),
              testing::UnorderedElementsAre(
                  HasSubstr("wrong: bond0: bond-foo: no such option"),
                  "wrong: bond0: bond-lacp-rate: mode active-backup does not take it: only 802.3ad",
                  HasSubstr("wrong: bond0: bond-miimon: "),
                  HasSubstr("wrong: bond0: bond-primary-reselect: must be")));
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "eth0"}, {"IF_BOND_ARP_INTERVAL", "1000"}}),
              ElementsAre(HasSubstr("wrong: bond0: bond-arp-ip-target: is missing")));
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "eth0"}, {"IF_BOND_QUEUE_ID", "eth0:99"}}),
              ElementsAre(HasSubstr("wrong: bond0: bond-queue-id: ")));
}

// Of the two monitors miimon counts, as ifenslave's manual has it.
TEST_F(IfupdownHook, OfTwoMonitorsMiimonCounts) {
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "none"},
                  {"IF_BOND_MIIMON", "100"},
                  {"IF_BOND_ARP_INTERVAL", "1000"},
                  {"IF_BOND_ARP_IP_TARGET", "192.0.2.254"}}),
              ElementsAre("note: bond-arp-interval: left out beside bond-miimon: they exclude each other"));
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "none"},
                  {"IF_BOND_MIIMON", "0"},
                  {"IF_BOND_ARP_INTERVAL", "1000"},
                  {"IF_BOND_ARP_IP_TARGET", "192.0.2.254 192.0.2.253"}}),
              ElementsAre("bond0: set arp_ip_target none -> 192.0.2.253 192.0.2.254",
                          "bond0: set miimon 100ms -> 0s", "bond0: set arp_interval 0s -> 1s"));
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "none"}, {"IF_BOND_MIIMON", "100"}, {"IF_BOND_ARP_INTERVAL", "0"}}),
              IsEmpty());
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "none"}, {"IF_BOND_MIIMON", "0"}}),
              ElementsAre("bond0: set miimon 100ms -> 0s"));
}

TEST_F(IfupdownHook, DelaysAreRoundedAsTheKernelDoesAndItIsSaid) {
  EXPECT_THAT(
      up({{"IF_BOND_SLAVES", "none"}, {"IF_BOND_UPDELAY", "250"}}),
      ElementsAre("note: bond-updelay: 250ms is no multiple of bond-miimon, 100ms: the kernel makes it 200ms",
                  "bond0: set updelay 0s -> 200ms"));
  EXPECT_THAT(up({{"IF_BOND_SLAVES", "none"}, {"IF_BOND_DOWNDELAY", "250"}, {"IF_BOND_MIIMON", "50"}}),
              ElementsAre("bond0: set miimon 100ms -> 50ms", "bond0: set downdelay 0s -> 250ms"));
}

TEST_F(IfupdownHook, APortJoinsTheMasterOfItsStanza) {
  join("eth1");
  const Environment eth0{{"IF_BOND_MASTER", "bond0"},
                         {"IF_BOND_PRIMARY", "eth0 eth1"},
                         {"IF_BOND_MODE", "4"},
                         {"IF_BOND_MIIMON", "50"},
                         {"IF_BOND_QUEUE_ID", "3"}};
  EXPECT_THAT(lines("bond0", ask_to_join(there, call("eth0", eth0))),
              ElementsAre("bond0: add port eth0", "bond0: set port eth0: queue_id 0 -> 3",
                          "bond0: set primary none -> eth0"));
  EXPECT_THAT(
      lines("bond0", ask_to_join(there, call("eth0", {{"IF_BOND_MASTER", "bond0"}, {"IF_BOND_X", "1"}}))),
      ElementsAre(HasSubstr("wrong: bond0: bond-x: no such option")));
}

// ifenslave looked for the new primary where the port had been, when it had left.
TEST_F(IfupdownHook, WhenThePrimaryLeavesTheNextOfTheListIsIt) {
  join("eth0");
  join("eth1");
  bond().primary = "eth0";
  const auto leaving = call("eth0", {{"IF_BOND_MASTER", "bond0"}, {"IF_BOND_PRIMARY", "eth0 eth1"}});
  EXPECT_THAT(lines("bond0", ask_to_leave(there, leaving, "bond0")),
              ElementsAre("bond0: remove port eth0", "bond0: set primary none -> eth1"));
  bond().mode = BondMode::kBalanceXor;
  bond().primary.clear();
  EXPECT_THAT(lines("bond0", ask_to_leave(there, leaving, "bond0")), ElementsAre("bond0: remove port eth0"));
}

TEST(IfupdownCall, OnlyThreePhasesAreOurs) {
  const auto read = [](const std::string& phase, const std::string& family) {
    return read_call({{"IFACE", "bond0"}, {"MODE", "start"}, {"PHASE", phase}, {"ADDRFAM", family}});
  };
  EXPECT_EQ((*read("pre-up", "inet"))->phase, Phase::kPreUp);
  EXPECT_EQ((*read("post-up", "inet6"))->phase, Phase::kUp);
  EXPECT_EQ((*read("post-down", "inet"))->phase, Phase::kPostDown);
  EXPECT_FALSE(*read("pre-down", "inet"));
  EXPECT_FALSE(*read("pre-up", "meta"));
}

TEST(IfupdownCall, ByHandItSaysWhoRunsIt) {
  EXPECT_THAT(read_call({{"HOME", "/root"}}).error().text, HasSubstr("ifup and ifdown run this"));
  EXPECT_FALSE(read_call({{"IFACE", "bond0"}}));
}

TEST(IfupdownCall, KnowsWhomAnIfupAboveItWorksOn) {
  const auto call = read_call({{"IFACE", "eth0"},
                               {"MODE", "start"},
                               {"PHASE", "pre-up"},
                               {"VERBOSITY", "1"},
                               {"IFUPDOWN_bond0_100", "parent-lock"}});
  EXPECT_TRUE((*call)->is_at_work_on("bond0.100"));
  EXPECT_FALSE((*call)->is_at_work_on("bond0"));
  EXPECT_TRUE((*call)->verbose);
}

}  // namespace
}  // namespace hawser::bondctl
