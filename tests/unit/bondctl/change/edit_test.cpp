#include "bondctl/change/edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/config/written.h"

namespace hawser::bondctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The section after these words, as the file would have it.
std::string edited(config::Table section, const std::vector<std::string>& words) {
  const auto edits = parse_edits(words);
  EXPECT_THAT(edits.wrong, testing::IsEmpty());
  make_way(section, edits.good);
  for (const auto& one : edits.good) {
    const auto good = edit(section, one);
    EXPECT_TRUE(good) << good.error().text;
  }
  return config::section_text("bond", "b", section);
}
std::string edited(const std::vector<std::string>& words) {
  Bond bond = kernel_default_bond(BondMode::kActiveBackup);
  bond.set(BondOption::kMiimon, 100);
  bond.ports["eth0"];
  bond.ports["eth1"].prio = 5;
  bond.primary = "eth0";
  return edited(config::bond_section(bond), words);
}

std::string wrong(const std::string& word) {
  const auto edit = parse_edit(word);
  return edit ? "taken" : edit.error().text;
}

TEST(BondEdit, TakesTheFilesWordsAndThoseOfThePeers) {
  for (const auto* word : {"peer_notif_delay=1s", "peer_notify_delay=1s", "bond-peer-notif-delay=1s",
                           "bond_peer_notify_delay=1s"})
    EXPECT_EQ(parse_edit(word)->key, "peer_notif_delay") << word;
  EXPECT_EQ(parse_edit("num_unsol_na=2")->key, "num_grat_arp");
  EXPECT_EQ(parse_edit("bond-slaves=eth0 eth1")->key, "ports");
  EXPECT_EQ(parse_edit("missed_max=2")->key, "arp_missed_max");
  EXPECT_EQ(parse_edit("eth0.100.queue-id=2")->key, "eth0.100.queue_id");
}

TEST(BondEdit, NumbersAreTheKernelsWordsAndUnits) {
  EXPECT_THAT(edited({"mode=4", "lacp_rate=1", "miimon=50", "lp_interval=3"}),
              testing::AllOf(HasSubstr("mode = \"802.3ad\""), HasSubstr("lacp_rate = \"fast\""),
                             HasSubstr("miimon = \"50ms\""), HasSubstr("lp_interval = \"3s\"")));
}

TEST(BondEdit, AMonitorThatIsOffBesideTheOtherIsNotAskedFor) {
  EXPECT_THAT(edited({"miimon=0", "arp_interval=500", "arp_ip_target=192.0.2.9"}),
              testing::AllOf(HasSubstr("arp_interval = \"500ms\""), testing::Not(HasSubstr("miimon"))));
  EXPECT_THAT(edited({"miimon=50", "arp_interval=0ms"}),
              testing::AllOf(HasSubstr("miimon = \"50ms\""), testing::Not(HasSubstr("arp_interval"))));
  EXPECT_THAT(edited({"miimon=0"}), HasSubstr("miimon = \"0ms\"")) << "which the rules ask about";
}

TEST(BondEdit, ListsAreSetAddedToAndTakenFrom) {
  EXPECT_THAT(edited({"ports=eth5,eth6"}), HasSubstr("ports = [\"eth5\", \"eth6\"]"));
  EXPECT_THAT(edited({"ports+=eth2"}), HasSubstr("ports = [\"eth0\", \"eth1\", \"eth2\"]"));
  EXPECT_THAT(edited({"ports-=eth1", "ports+=eth0"}), HasSubstr("ports = [\"eth0\"]"));
  config::Table section{{"ports", {}, config::plain_value(config::List{})}};
  EXPECT_EQ(edit(section, *parse_edit("ports-=eth9")).error().text, "ports: eth9 is not among them");
}

TEST(BondEdit, WhatWasSaidOfAPortGoesWithIt) {
  EXPECT_THAT(edited({"ports-=eth1"}), testing::Not(HasSubstr("prio")));
  EXPECT_THAT(edited({"ports-=eth0"}), testing::Not(HasSubstr("primary")));
}

TEST(BondEdit, SetsWhatIsOfOnePort) {
  EXPECT_THAT(edited({"eth0.prio=-3"}), HasSubstr("eth0 = { prio = -3 }"));
  EXPECT_THAT(edited({"eth1.prio=default"}), testing::Not(HasSubstr("prio =")));
}

TEST(BondEdit, DefaultIsWhatTheFileWouldHaveByItself) {
  EXPECT_THAT(edited({"miimon=default"}), testing::Not(HasSubstr("miimon")));
  EXPECT_THAT(edited({"primary=none"}), testing::Not(HasSubstr("primary")));
}

TEST(BondEdit, OfAnMtuNobodyElseSaysTheDefault) {
  EXPECT_THAT(edited({"mtu=default"}), HasSubstr("mtu = 1500\n"));
}

TEST(BondEdit, ADefaultMonitorIsThatOfAFileThatSaysNothing) {
  const auto unmonitored = [](const std::vector<std::string>& words) {
    config::Table section{{"mode", {}, config::plain_value(std::string("active-backup"))},
                          {"monitor", {}, config::plain_value(std::string("none"))}};
    return edited(std::move(section), words);
  };
  EXPECT_THAT(unmonitored({"resend_igmp=3"}), HasSubstr("monitor"));
  EXPECT_THAT(unmonitored({"miimon=default"}), testing::Not(HasSubstr("monitor")));
  EXPECT_THAT(unmonitored({"monitor=default"}), testing::Not(HasSubstr("monitor")));
  Bond asked = kernel_default_bond(BondMode::kActiveBackup);
  asked.set(BondOption::kArpInterval, 200);
  asked.arp_ip_target = {*IpAddress::parse("192.0.2.254")};
  EXPECT_THAT(edited(config::bond_section(asked), {"resend_igmp=3"}), HasSubstr("arp_ip_target"));
  EXPECT_THAT(edited(config::bond_section(asked), {"arp_interval=default"}), testing::Not(HasSubstr("arp_")));
}

TEST(BondEdit, WhatHasNoDefaultIsRefusedWithWhatToWrite) {
  EXPECT_EQ(wrong("ports=default"),
            "ports: has no default: write the ports that are meant, or ports=none for no port at all");
  EXPECT_THAT(wrong("mode=default"),
              HasSubstr("mode: has no default: write one of balance-rr, active-backup"));
  EXPECT_EQ(wrong("vrf=default"), "vrf: write 'ip link set BOND master VRF', or nomaster");
  EXPECT_EQ(wrong("port=default"), "port: write PORT.KEY=VALUE, as in eth1.prio=10");
}

TEST(BondEdit, ANewMonitorOrModeLeavesNothingOfTheOldOne) {
  EXPECT_THAT(edited({"arp_interval=200", "arp_ip_target=192.0.2.254"}), testing::Not(HasSubstr("miimon")));
  EXPECT_THAT(edited({"mode=802.3ad"}),
              testing::AllOf(testing::Not(HasSubstr("primary")), testing::Not(HasSubstr("prio"))));
  // Who names it himself is told that it does not fit.
  EXPECT_THAT(edited({"mode=802.3ad", "primary=eth0"}), HasSubstr("primary = \"eth0\""));
}

TEST(BondEdit, SaysWhatIsWrongWithAWord) {
  EXPECT_EQ(wrong("miimon"), "miimon: not a setting: write KEY=VALUE, as in miimon=100ms");
  EXPECT_EQ(wrong("mimon=3"), "mimon: no such setting: did you mean miimon?");
  EXPECT_EQ(wrong("miimon+=3"), "miimon: += and -= are for lists: write miimon=..");
  EXPECT_EQ(wrong("active_slave=eth0"), "active_slave: write 'bondctl switch BOND PORT'");
  EXPECT_EQ(wrong("hold_down=1s"), "hold_down: not supported by this version");
  EXPECT_EQ(wrong("eth0.speed=3"),
            "eth0.speed: no such setting: 'man hawser.toml', [bond.NAME], has them all");
}

TEST(BondEdit, PortsAreNamedBeforeTheirSettings) {
  const std::vector<std::string> words{"eth2", "eth3", "prio=10"};
  const auto edits = parse_ports(words, Edit::How::kAdd);
  EXPECT_THAT(
      edits.good,
      ElementsAre(Edit{"ports", Edit::How::kAdd, "eth2"}, Edit{"ports", Edit::How::kAdd, "eth3"},
                  Edit{"eth2.prio", Edit::How::kSet, "10"}, Edit{"eth3.prio", Edit::How::kSet, "10"}));
  const std::vector<std::string> only_a_setting{"prio=10"};
  EXPECT_THAT(parse_ports(only_a_setting, Edit::How::kAdd).wrong,
              ElementsAre("which port? write its name before the settings"));
}

}  // namespace
}  // namespace hawser::bondctl
