// What a stanza of /etc/network/interfaces says of bonds, option by option.
#include "bondctl/change/stanza.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::bondctl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Stanza stanza(const std::vector<StanzaOption>& options) {
  return read_stanza("eth7", options);
}

std::vector<std::string> settings(const Stanza& stanza) {
  std::vector<std::string> list;
  for (const auto& edit : stanza.edits.good) list.push_back(edit.key + "=" + edit.value);
  return list;
}

std::vector<std::string> wrong(const std::string& name, const std::string& value) {
  return stanza({{name, value}}).edits.wrong;
}

TEST(BondStanza, PatternsOfIfupdown2AreNoNames) {
  for (const auto* name : {"bond-slaves", "slaves"})
    EXPECT_THAT(wrong(name, "glob swp[1-4]"),
                ElementsAre(std::string(name) +
                            ": glob is a word of ifupdown2's: write the names of the cards, or all"));
}

TEST(BondStanza, TakesTheOptionsOfIfenslave) {
  const auto all = stanza({{"bond-slaves", "eth0 eth1"},
                           {"bond-mode", "active-backup"},
                           {"bond-primary", "eth1 eth0"},
                           {"bond-primary-reselect", "failure"},
                           {"bond-miimon", "100"},
                           {"bond-updelay", "200"},
                           {"bond-downdelay", "200"},
                           {"bond-use-carrier", "1"},
                           {"bond-xmit_hash_policy", "layer3+4"},
                           {"bond-fail-over-mac", "1"},
                           {"bond-num-unsol-na", "3"},
                           {"bond-active-slave", "eth0"},
                           {"bond-queue-id", "eth0:1 eth1:2"},
                           {"bond-give-a-chance", "10"},
                           {"address", "192.0.2.1/24"},
                           {"up", "true"}});
  EXPECT_THAT(all.edits.wrong, IsEmpty());
  EXPECT_TRUE(all.makes_bond());
  EXPECT_EQ(all.list, PortList::kListed);
  EXPECT_THAT(all.ports, ElementsAre("eth0", "eth1"));
  EXPECT_THAT(all.primary, ElementsAre("eth1", "eth0"));
  EXPECT_EQ(all.active, "eth0");
  EXPECT_EQ(all.chance, Milliseconds(10'000));
  EXPECT_THAT(settings(all),
              ElementsAre("mode=active-backup", "primary_reselect=failure", "miimon=100", "updelay=200",
                          "downdelay=200", "use_carrier=1", "xmit_hash_policy=layer3+4", "fail_over_mac=1",
                          "num_grat_arp=3", "eth0.queue_id=1", "eth1.queue_id=2"));
}

TEST(BondStanza, TakesWhatIfenslaveNeverKnew) {
  const auto rest = stanza({{"bond-min-links", "2"},
                            {"bond-arp-all-targets", "all"},
                            {"bond-arp-missed-max", "3"},
                            {"bond-ns-ip6-target", "2001:db8::fe"},
                            {"bond-peer-notif-delay", "200"},
                            {"bond-lacp-active", "off"},
                            {"bond-lp-interval", "2"},
                            {"bond-resend-igmp", "4"},
                            {"bond-all-slaves-active", "1"},
                            {"bond-ad-actor-sys-prio", "7"},
                            {"bond-ad-actor-system", "52:54:00:00:00:01"},
                            {"bond-ad-user-port-key", "5"},
                            {"bond-prio", "eth1:9"}});
  EXPECT_THAT(rest.edits.wrong, IsEmpty());
  EXPECT_EQ(settings(rest).size(), 13U);
  EXPECT_FALSE(rest.makes_bond()) << "neither ports nor mode: ifenslave makes no bond of it";
}

// interfaces(5): IF_BOND_MIIMON, IF_SLAVES.
TEST(BondStanza, NamesMayBeThoseOfTheEnvironment) {
  EXPECT_THAT(settings(stanza({{"BOND_LACP_RATE", "fast"}})), ElementsAre("lacp_rate=fast"));
  EXPECT_THAT(stanza({{"SLAVES", "eth0 eth1"}}).ports, ElementsAre("eth0", "eth1"));
}

TEST(BondStanza, TheNewerNameOfThePortsCounts) {
  EXPECT_THAT(stanza({{"bond-slaves", "eth2"}, {"slaves", "eth0 eth1"}}).ports, ElementsAre("eth2"));
  EXPECT_THAT(stanza({{"slaves", "eth0 eth1"}, {"bond-slaves", "eth2"}}).ports, ElementsAre("eth2"));
}

TEST(BondStanza, NoneAndAllAreNoDevices) {
  EXPECT_EQ(stanza({{"bond-slaves", "none"}}).list, PortList::kNone);
  EXPECT_EQ(stanza({{"bond-slaves", "all"}}).list, PortList::kEveryCard);
  EXPECT_THAT(stanza({{"bond-slaves", "all"}}).ports, IsEmpty());
  EXPECT_TRUE(stanza({{"bond-slaves", "none"}}).makes_bond());
}

TEST(BondStanza, APortIsNoBond) {
  const auto both = stanza({{"bond-master", "bond0"}, {"bond-slaves", "eth1"}, {"bond-mode", "1"}});
  EXPECT_FALSE(both.makes_bond());
  EXPECT_THAT(both.ports, IsEmpty());
  EXPECT_THAT(both.notes, ElementsAre(testing::HasSubstr("bond-slaves: left out beside bond-master")));
}

TEST(BondStanza, ABareNumberIsThatOfTheInterfaceItself) {
  EXPECT_THAT(settings(stanza({{"bond-queue-id", "3"}, {"bond-prio", "-4"}})),
              ElementsAre("eth7.queue_id=3", "eth7.prio=-4"));
  EXPECT_THAT(wrong("bond-queue-id", "eth0:x"),
              ElementsAre("bond-queue-id: must be INTERFACE:NUMBER, as in eth0:1, not \"eth0:x\""));
}

TEST(BondStanza, AnUnknownOptionIsSaidAndNotIgnored) {
  EXPECT_THAT(wrong("bond-mimon", "100"),
              ElementsAre("bond-mimon: no such option: did you mean bond-miimon?"));
  EXPECT_THAT(wrong("bond-slave", "eth0"),
              ElementsAre("bond-slave: no such option: did you mean bond-slaves?"));
  EXPECT_THAT(wrong("bond-lacp-bypass-allow", "yes"),
              ElementsAre("bond-lacp-bypass-allow: no such option: bondctl(8) has them all"));
  // Of a file's section, and nothing of the driver's.
  for (const auto* name : {"bond-mtu", "bond-addresses", "bond-fast-failover", "bond-monitor", "bond-up"})
    EXPECT_THAT(wrong(name, "1"), ElementsAre(testing::HasSubstr("no such option"))) << name;
  EXPECT_THAT(wrong("bond-", "1"), ElementsAre(testing::HasSubstr("bond-: no such option")));
}

TEST(BondStanza, AnOptionNeedsAValueThatIsOne) {
  EXPECT_THAT(wrong("bond-miimon", " "), ElementsAre("bond-miimon: has no value"));
  EXPECT_THAT(wrong("bond-give-a-chance", "soon"),
              ElementsAre("bond-give-a-chance: must be whole seconds, 0 to 3600, not \"soon\""));
  EXPECT_THAT(wrong("bond-give-a-chance", "3601"), ElementsAre(testing::HasSubstr("0 to 3600")));
  EXPECT_EQ(stanza({{"bond-give-a-chance", "3600"}}).chance, Milliseconds(3'600'000));
}

TEST(BondStanza, OtherOptionsAreNotOurs) {
  EXPECT_TRUE(stanza({{"address", "192.0.2.1"}, {"bonding", "x"}, {"bridge-ports", "eth0"}}).says_nothing());
  EXPECT_FALSE(stanza({{"bond-miimon", "100"}}).says_nothing());
  EXPECT_FALSE(is_bond_option("bridge-ports"));
}

TEST(BondStanza, ASettingIsCalledAsTheStanzaHasIt) {
  EXPECT_EQ(stanza_option("lacp_rate"), "bond-lacp-rate");
  EXPECT_EQ(stanza_option("ports"), "bond-slaves");
  EXPECT_EQ(stanza_option("port.eth1.queue_id"), "bond-queue-id");
}

}  // namespace
}  // namespace hawser::bondctl
