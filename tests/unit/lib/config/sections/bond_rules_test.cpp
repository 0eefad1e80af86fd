// Each rule of [bond.*] and [link.*], with its exact words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/config/engine/schema.h"
#include "lib/state/bond_options.h"
#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Lines of [bond.b] after a mode and two ports: the first is line 4.
std::vector<std::string> in_bond(const std::string& mode, const std::string& text) {
  return problems_of("[bond.b]\nmode = \"" + mode + "\"\nports = [\"eth0\", \"eth1\"]\n" + text);
}

Bond bond(const std::string& mode, const std::string& text) {
  const auto loaded = load_text("[bond.b]\nmode = \"" + mode + "\"\nports = [\"eth0\", \"eth1\"]\n" + text);
  EXPECT_THAT(lines(loaded), IsEmpty());
  return loaded.config.network.links.at("b").bond.value();
}

TEST(BondRules, AModeIsNeeded) {
  EXPECT_THAT(problems_of("[bond.b]\nports = [\"eth0\"]\n"),
              Lines("t.toml:1:7: bond.b.mode: is missing: write \"balance-rr\", \"active-backup\", "
                    "\"balance-xor\", \"broadcast\", \"802.3ad\", \"balance-tlb\" or \"balance-alb\""));
}

TEST(BondRules, EveryOptionIsReadByItsKernelName) {
  const auto ad = bond("802.3ad",
                       "lacp_rate = \"fast\"\nmin_links = 2\nxmit_hash_policy = \"layer3+4\"\n"
                       "ad_actor_system = \"02:00:00:00:00:01\"\nlp_interval = \"2m\"\n"
                       "all_slaves_active = true\nlacp_active = \"off\"\nnum_unsol_na = 3\n"
                       "ad_select = \"actor_port_prio\"\ncoupled_control = false\nbroadcast_neighbor = true\n"
                       "lacp_strict = \"on\"\n[bond.b.port.eth0]\nactor_port_prio = 10\n");
  EXPECT_EQ(ad.get(BondOption::kLacpRate), 1U);
  EXPECT_EQ(ad.get(BondOption::kMinLinks), 2U);
  EXPECT_EQ(ad.get(BondOption::kXmitHashPolicy), 1U);
  EXPECT_EQ(to_string(ad.ad_actor_system), "02:00:00:00:00:01");
  EXPECT_EQ(ad.get(BondOption::kLpInterval), 120U);
  EXPECT_EQ(ad.get(BondOption::kAllSlavesActive), 1U);
  EXPECT_EQ(ad.get(BondOption::kLacpActive), 0U);
  EXPECT_EQ(ad.get(BondOption::kNumGratArp), 3U);
  EXPECT_EQ(ad.get(BondOption::kMiimon), 100U);
  EXPECT_EQ(ad.get(BondOption::kAdSelect), 3U);
  EXPECT_EQ(ad.get(BondOption::kCoupledControl), 0U);
  EXPECT_EQ(ad.get(BondOption::kBroadcastNeighbor), 1U);
  EXPECT_EQ(ad.get(BondOption::kLacpStrict), 1U);
  EXPECT_EQ(ad.ports.at("eth0").actor_port_prio, 10);
  for (const auto& info : bond_options()) {
    const auto keys = describe_keys();
    const auto named = [&](const KeyInfo& key) {
      return key.section == "[bond.NAME]" && key.key == info.name;
    };
    EXPECT_EQ(std::ranges::count_if(keys, named), 1) << info.name;
  }
}

TEST(BondRules, OptionsHaveTypesAndRanges) {
  EXPECT_THAT(
      in_bond("802.3ad",
              "miimon = 100\nmin_links = \"2\"\nlacp_rate = \"quick\"\nall_slaves_active = 1\n"
              "ad_user_port_key = 1024\nlp_interval = \"0s\"\n"),
      Lines(
          "t.toml:4:10: bond.b.miimon: must be a duration such as \"100ms\" from 0s to 2147483647ms, not 100",
          "t.toml:5:13: bond.b.min_links: must be a whole number from 0 to 2147483647, not \"2\"",
          "t.toml:6:13: bond.b.lacp_rate: must be slow or fast, not \"quick\"",
          "t.toml:7:21: bond.b.all_slaves_active: must be \"off\" or \"on\", not 1: write \"on\"",
          "t.toml:8:20: bond.b.ad_user_port_key: must be from 0 to 1023, not 1024",
          "t.toml:9:15: bond.b.lp_interval: must be from 1s to 2147483647s, not 0s"));
}

TEST(BondRules, OptionsBelongToTheMode) {
  EXPECT_THAT(in_bond("balance-xor",
                      "lacp_rate = \"fast\"\ntlb_dynamic_lb = true\nprimary = \"eth0\"\n"
                      "ad_actor_system = \"02:00:00:00:00:01\"\n[bond.b.port.eth0]\nprio = 5\n"),
              Lines("t.toml:4:13: bond.b.lacp_rate: mode balance-xor does not take it: only 802.3ad",
                    "t.toml:5:18: bond.b.tlb_dynamic_lb: mode balance-xor does not take it: only balance-tlb "
                    "and balance-alb",
                    "t.toml:6:11: bond.b.primary: mode balance-xor does not take it: only active-backup, "
                    "balance-tlb and balance-alb",
                    "t.toml:7:19: bond.b.ad_actor_system: mode balance-xor does not take it: only 802.3ad",
                    "t.toml:9:8: bond.b.port.eth0.prio: mode balance-xor does not take it: only "
                    "active-backup, balance-tlb and balance-alb"));
}

TEST(BondRules, TheMonitorIsMiiUnlessWritten) {
  EXPECT_EQ(bond("active-backup", "").get(BondOption::kMiimon), 100U);
  EXPECT_EQ(bond("active-backup", "miimon = \"50ms\"\n").get(BondOption::kMiimon), 50U);
  const auto none = bond("active-backup", "monitor = \"none\"\n");
  EXPECT_EQ(none.get(BondOption::kMiimon), 0U);
  EXPECT_EQ(none.get(BondOption::kArpInterval), 0U);
  const std::string targets = "arp_interval = \"1s\"\narp_ip_target = [\"192.0.2.254\", \"192.0.2.253\"]\n";
  for (const auto& text : {targets, "monitor = \"arp\"\n" + targets}) {
    const auto arp = bond("active-backup", text);
    EXPECT_EQ(arp.get(BondOption::kMiimon), 0U);
    EXPECT_EQ(arp.get(BondOption::kArpInterval), 1000U);
    EXPECT_THAT(arp.arp_ip_target,
                ElementsAre(*IpAddress::parse("192.0.2.253"), *IpAddress::parse("192.0.2.254")));
  }
}

TEST(BondRules, OneMonitorAtATime) {
  const std::string target = "arp_ip_target = [\"192.0.2.254\"]\n";
  EXPECT_THAT(
      in_bond("active-backup", "monitor = \"arp\"\nmiimon = \"50ms\"\narp_interval = \"1s\"\n" + target),
      Lines("t.toml:6:16: bond.b.arp_interval: miimon 50ms and arp_interval 1s exclude each other: write one "
            "of "
            "them"));
  EXPECT_THAT(
      in_bond("active-backup", "monitor = \"mii\"\narp_interval = \"1s\"\n"),
      Lines("t.toml:5:16: bond.b.arp_interval: miimon 100ms (default) and arp_interval 1s exclude each "
            "other: write monitor = \"arp\""));
  EXPECT_THAT(in_bond("active-backup", "monitor = \"none\"\nmiimon = \"100ms\"\n"),
              Lines("t.toml:5:10: bond.b.miimon: needs monitor = \"mii\""));
  EXPECT_THAT(in_bond("active-backup", "monitor = \"none\"\narp_interval = \"1s\"\n"),
              Lines("t.toml:5:16: bond.b.arp_interval: needs monitor = \"arp\""));
  EXPECT_THAT(in_bond("active-backup", "monitor = \"arp\"\n" + target),
              Lines("t.toml:1:7: bond.b.arp_interval: is missing: monitor = \"arp\" needs it"));
}

TEST(BondRules, ABondIsNotLeftUnmonitoredByAccident) {
  EXPECT_THAT(in_bond("active-backup", "miimon = \"0s\"\n"),
              Lines("t.toml:4:10: bond.b.miimon: 0s leaves the bond unmonitored: write monitor = \"none\" if "
                    "that is meant"));
  EXPECT_THAT(in_bond("802.3ad", "monitor = \"none\"\n"),
              Lines("t.toml:4:11: bond.b.monitor: mode 802.3ad needs \"mii\""));
}

TEST(BondRules, ArpNeedsTargets) {
  EXPECT_THAT(
      in_bond("active-backup", "arp_interval = \"1s\"\n"),
      Lines("t.toml:1:7: bond.b.arp_ip_target: is missing: the ARP monitor without a target finds every "
            "port dead"));
  EXPECT_THAT(
      in_bond("active-backup",
              "arp_ip_target = [\"192.0.2.254\"]\nns_ip6_target = [\"2001:db8::1\"]\n"
              "arp_validate = \"all\"\n"),
      Lines("t.toml:4:17: bond.b.arp_ip_target: is not used: write arp_interval, or monitor = \"arp\"",
            "t.toml:5:17: bond.b.ns_ip6_target: is not used: write arp_interval, or monitor = \"arp\"",
            "t.toml:6:16: bond.b.arp_validate: needs monitor = \"arp\""));
}

TEST(BondRules, TargetsAreAddressesOfHosts) {
  EXPECT_THAT(in_bond("active-backup",
                      "arp_interval = \"1s\"\narp_ip_target = [\"192.0.2.254\", \"2001:db8::1\", "
                      "\"0.0.0.0\", \"192.0.2.254\"]\nns_ip6_target = [\"192.0.2.1\"]\n"),
              Lines("t.toml:5:33: bond.b.arp_ip_target: 2001:db8::1 must be IPv4",
                    "t.toml:5:48: bond.b.arp_ip_target: 0.0.0.0 is not an address that a host can have",
                    "t.toml:5:59: bond.b.arp_ip_target: 192.0.2.254 is there twice",
                    "t.toml:6:18: bond.b.ns_ip6_target: 192.0.2.1 must be IPv6"));
  std::string many;
  for (int i = 1; i <= 17; ++i) many += fmt::format("\"192.0.2.{}\",", i);
  EXPECT_THAT(in_bond("active-backup", "arp_interval = \"1s\"\narp_ip_target = [" + many + "]\n"),
              Lines("t.toml:5:17: bond.b.arp_ip_target: must be at most 16, not 17"));
}

TEST(BondRules, TargetsAreOtherHosts) {
  EXPECT_THAT(
      in_bond("active-backup",
              "arp_interval = \"1s\"\naddresses = [\"192.0.2.1/24\"]\narp_ip_target = "
              "[\"255.255.255.255\", \"127.0.0.1\", \"192.0.2.1\"]\nns_ip6_target = [\"ff02::1\", \"::\", "
              "\"::1\"]\n"),
      Lines("t.toml:6:18: bond.b.arp_ip_target: 255.255.255.255 is not an address that a host can have",
            "t.toml:6:37: bond.b.arp_ip_target: 127.0.0.1 is a loopback address: no other host has it",
            "t.toml:6:50: bond.b.arp_ip_target: 192.0.2.1 is the bond's own address: no neighbour answers "
            "for it",
            "t.toml:7:18: bond.b.ns_ip6_target: ff02::1 is not an address that a host can have",
            "t.toml:7:29: bond.b.ns_ip6_target: :: is not an address that a host can have",
            "t.toml:7:35: bond.b.ns_ip6_target: ::1 is a loopback address: no other host has it"));
}

TEST(BondRules, MacsAreThoseOfSystems) {
  EXPECT_THAT(
      in_bond("802.3ad", "ad_actor_system = \"01:00:00:00:00:01\"\n"),
      Lines("t.toml:4:19: bond.b.ad_actor_system: 01:00:00:00:00:01 is a multicast address: the first "
            "byte of a system's is even"));
  EXPECT_THAT(in_bond("802.3ad", "ad_actor_system = \"00:00:00:00:00:00\"\n"), IsEmpty());
  EXPECT_THAT(
      in_bond("active-backup", "fail_over_mac = \"active\"\nmac = \"02:00:00:00:00:01\"\n"),
      Lines("t.toml:5:7: bond.b.mac: must not stand beside fail_over_mac = \"active\": the bond has the "
            "MAC of its active port"));
}

TEST(BondRules, AnnouncementsHaveOneName) {
  EXPECT_THAT(
      in_bond("active-backup", "num_grat_arp = 2\nnum_unsol_na = 3\n"),
      Lines("t.toml:5:16: bond.b.num_unsol_na: must not stand beside num_grat_arp: it is another name of "
            "it"));
}

TEST(BondRules, DelaysAreMultiplesOfMiimon) {
  EXPECT_EQ(bond("active-backup", "updelay = \"300ms\"\n").get(BondOption::kUpdelay), 300U);
  EXPECT_THAT(
      in_bond("active-backup", "updelay = \"250ms\"\ndowndelay = \"50ms\"\npeer_notif_delay = \"1001ms\"\n"),
      Lines("t.toml:4:11: bond.b.updelay: \"250ms\" is not a multiple of miimon 100ms (default): write "
            "\"200ms\" or "
            "\"300ms\"",
            "t.toml:5:13: bond.b.downdelay: \"50ms\" is not a multiple of miimon 100ms (default): write "
            "\"100ms\"",
            "t.toml:6:20: bond.b.peer_notif_delay: \"1001ms\" is not a multiple of miimon 100ms (default): "
            "write "
            "\"1s\" or \"1100ms\""));
  EXPECT_THAT(in_bond("active-backup", "monitor = \"none\"\nupdelay = \"200ms\"\n"),
              Lines("t.toml:5:11: bond.b.updelay: needs miimon: it is counted in looks at the carrier"));
}

TEST(BondRules, PrimaryAndPortSettingsNameAPort) {
  EXPECT_THAT(
      in_bond("active-backup",
              "primary = \"eth2\"\n[bond.b.port.eth3]\nprio = 1\n[bond.b.port.eth0]\n"
              "queue_id = 1\nactor_port_prio = 1\n[bond.b.port.eth1]\nqueue_id = 1\n"),
      Lines("t.toml:4:11: bond.b.primary: \"eth2\" is not among the ports",
            "t.toml:5:14: bond.b.port.eth3: \"eth3\" is not among the ports",
            "t.toml:9:19: bond.b.port.eth0.actor_port_prio: mode active-backup does not take it: only "
            "802.3ad",
            "t.toml:11:12: bond.b.port.eth1.queue_id: 1 is also that of port \"eth0\""));
  EXPECT_THAT(in_bond("active-backup", "port = 5\n"),
              Lines("t.toml:4:8: bond.b.port: must be tables: [bond.NAME.port.PORT]"));
  EXPECT_THAT(in_bond("active-backup", "port = { eth0 = 5 }\n"),
              Lines("t.toml:4:17: bond.b.port.eth0: must be a table, not 5"));
}

TEST(BondRules, PortsAreNamesMacsOrPaths) {
  EXPECT_THAT(problems_of("[bond.b]\nmode = \"broadcast\"\nports = [\"mac:52:54:00:12:34:56\", "
                          "\"path:pci-0000:01:00.0\", \"eth0\"]\n"),
              IsEmpty());
  EXPECT_THAT(
      problems_of("[bond.b]\nmode = \"broadcast\"\nports = [\"mac:52:54\", \"path:\", \"a b\", 5]\n"),
      Lines("t.toml:3:10: bond.b.ports: \"52:54\" is not a MAC address such as 52:54:00:12:34:56",
            "t.toml:3:23: bond.b.ports: \"path:\" is not a device name: 1 to 15 characters without "
            "space, slash and colon",
            "t.toml:3:32: bond.b.ports: \"a b\" is not a device name: 1 to 15 characters without space, "
            "slash and colon",
            "t.toml:3:39: bond.b.ports: must be a port's name such as \"eth0\", not 5"));
}

TEST(BondRules, APortIsInOneBondOnce) {
  EXPECT_THAT(
      problems_of(
          "[bond.b]\nmode = \"broadcast\"\nports = [\"eth0\"]\n[bond.a]\nmode = \"broadcast\"\nports = "
          "[\"eth1\", \"eth0\", \"eth1\"]\n"),
      Lines("t.toml:6:18: bond.a.ports: \"eth0\" is already a port of bond \"b\"",
            "t.toml:6:26: bond.a.ports: \"eth1\" is there twice"));
}

TEST(BondRules, ABondIsNoPort) {
  EXPECT_THAT(problems_of("[bond.a]\nmode = \"broadcast\"\nports = [\"b\"]\n[bond.b]\nmode = "
                          "\"broadcast\"\nports = [\"eth0\"]\n"),
              Lines("t.toml:3:10: bond.a.ports: \"b\" is a bond, which is no port of a bond"));
}

TEST(BondRules, YoungOptionsAreOfLacp) {
  EXPECT_THAT(
      in_bond("balance-rr", "coupled_control = \"on\"\nbroadcast_neighbor = \"on\"\nlacp_strict = true\n"),
      Lines("t.toml:4:19: bond.b.coupled_control: mode balance-rr does not take it: only 802.3ad",
            "t.toml:5:22: bond.b.broadcast_neighbor: mode balance-rr does not take it: only 802.3ad",
            "t.toml:6:15: bond.b.lacp_strict: mode balance-rr does not take it: only 802.3ad"));
}

TEST(BondRules, WhatIsNotSupportedYetIsRefused) {
  EXPECT_THAT(in_bond("active-backup", "failback = \"never\"\nhold_down = \"1s\"\nprobe = []\n"),
              Lines("t.toml:4:1: bond.b.failback: not supported by this version",
                    "t.toml:5:1: bond.b.hold_down: not supported by this version",
                    "t.toml:6:1: bond.b.probe: not supported by this version"));
}

TEST(LinkRules, AKindIsNeededAndDecidesTheKeys) {
  EXPECT_THAT(
      problems_of("[link.a]\n"),
      Lines("t.toml:1:7: link.a.kind: is missing: write \"physical\", \"vlan\", \"dummy\" or \"vrf\""));
  EXPECT_THAT(
      problems_of("[link.a]\nkind = \"bond\"\n"),
      Lines("t.toml:2:8: link.a.kind: must be \"physical\", \"vlan\", \"dummy\" or \"vrf\", not \"bond\""));
  EXPECT_THAT(problems_of("[link.a]\nkind = \"vlan\"\n[link.b]\nkind = \"vrf\"\n"),
              Lines("t.toml:1:7: link.a.id: is missing: a vlan needs it",
                    "t.toml:1:7: link.a.on: is missing: a vlan needs it",
                    "t.toml:3:7: link.b.table: is missing: a vrf needs it"));
  EXPECT_THAT(
      problems_of("[link.a]\nkind = \"dummy\"\non = \"a\"\nid = 5\nprotocol = \"802.1ad\"\ntable = 5\n"),
      testing::IsSupersetOf({"t.toml:4:6: link.a.id: only a vlan has it, and kind is \"dummy\"",
                             "t.toml:5:12: link.a.protocol: only a vlan has it, and kind is \"dummy\"",
                             "t.toml:6:9: link.a.table: only a vrf has it, and kind is \"dummy\""}));
}

TEST(LinkRules, EveryKindIsPutTogether) {
  const auto loaded = load_text(R"([link.card]
kind = "physical"
device = "eth0"
mtu = 9000
mac = "02:00:00:00:00:01"
description = "to the left switch"
[link.v5]
kind = "vlan"
on = "card"
id = 5
protocol = "802.1ad"
vrf = "red"
addresses = ["192.0.2.1/24", "fe80::1/64"]
up = false
[link.red]
kind = "vrf"
table = 100
addresses = ["127.0.0.1/8"]
)");
  ASSERT_THAT(lines(loaded), IsEmpty());
  const auto& links = loaded.config.network.links;
  EXPECT_EQ(links.at("eth0").mtu, 9000U);
  EXPECT_EQ(to_string(*links.at("eth0").mac), "02:00:00:00:00:01");
  const auto& vlan = links.at("v5");
  EXPECT_EQ(vlan.vlan, (Vlan{"eth0", 5, 0x88a8}));
  EXPECT_EQ(vlan.master, "red");
  EXPECT_FALSE(vlan.up);
  EXPECT_EQ(vlan.addresses.at(*Prefix::parse("192.0.2.1/24")).scope, 0);
  EXPECT_EQ(vlan.addresses.at(*Prefix::parse("fe80::1/64")).scope, 253);
  EXPECT_EQ(links.at("red").addresses.at(*Prefix::parse("127.0.0.1/8")).scope, 254);
  EXPECT_EQ(links.at("red").vrf_table, 100U);
}

TEST(LinkRules, ReferencesExist) {
  EXPECT_THAT(problems_of("[link.v]\nkind = \"vlan\"\nid = 5\non = \"bnd0\"\nvrf = \"red\"\n[link.d]\nkind = "
                          "\"dummy\"\nvrf = \"v\"\n"),
              Lines("t.toml:4:6: link.v.on: no bond or link section is named \"bnd0\": for a card write "
                    "[link.bnd0] kind = \"physical\"",
                    "t.toml:5:7: link.v.vrf: no [link.red] of kind \"vrf\" exists",
                    "t.toml:8:7: link.d.vrf: no [link.v] of kind \"vrf\" exists"));
  EXPECT_THAT(
      problems_of(
          "[link.a]\nkind = \"vlan\"\nid = 5\non = \"b\"\n[link.b]\nkind = \"vlan\"\nid = 6\non = \"a\"\n"),
      Lines("t.toml:4:6: link.a.on: \"a\" would stand on itself",
            "t.toml:8:6: link.b.on: \"b\" would stand on itself"));
}

TEST(LinkRules, ADeviceHasOneSectionAndAName) {
  EXPECT_THAT(
      problems_of("[link.eth0]\nkind = \"physical\"\n[link.card]\nkind = \"physical\"\ndevice = \"eth0\"\n"
                  "[link.a-name-that-is-too-long]\nkind = \"dummy\"\n[link.d]\nkind = \"dummy\"\ndevice = "
                  "\"a/b\"\n"),
      Lines("t.toml:5:10: link.card: device \"eth0\" is also that of [link.eth0]",
            "t.toml:6:7: link.a-name-that-is-too-long: \"a-name-that-is-too-long\" is not a device name: 1 "
            "to 15 characters without space, slash and colon; write device = ..",
            "t.toml:10:10: link.d.device: \"a/b\" is not a device name: 1 to 15 characters without "
            "space, slash and colon"));
}

TEST(LinkRules, RoutesAreSound) {
  EXPECT_THAT(problems_of(R"([link.d]
kind = "dummy"
routes = [
  { via = "192.0.2.1" },
  { to = "198.51.100.7/24", via = "192.0.2.1" },
  { to = "198.51.100.0/24", via = "2001:db8::1" },
  { to = "203.0.113.0/24", source = "2001:db8::1" },
  { to = "nowhere" },
  { to = "203.0.113.0/25", onlink = true },
  { to = "default", gateway = "192.0.2.1" },
  5,
]
)"),
              Lines("t.toml:4:3: link.d.routes.to: is missing: write \"default\" or a prefix",
                    "t.toml:5:10: link.d.routes.to: \"198.51.100.7/24\" has host bits: write "
                    "\"198.51.100.0/24\"",
                    "t.toml:6:35: link.d.routes.via: 2001:db8::1 is not of the family of \"198.51.100.0/24\"",
                    "t.toml:7:37: link.d.routes.source: 2001:db8::1 is not of the family of the route",
                    "t.toml:8:10: link.d.routes.to: \"nowhere\" is not an IP address",
                    "t.toml:9:37: link.d.routes.onlink: needs via",
                    "t.toml:10:21: link.d.routes.gateway: no such setting: here it is via = \"192.0.2.254\"",
                    "t.toml:11:3: link.d.routes: must be a table such as { to = \"default\", via = "
                    "\"192.0.2.254\" }, not 5"));
  EXPECT_THAT(problems_of("[link.d]\nkind = \"dummy\"\nroutes = 5\n"),
              Lines("t.toml:3:10: link.d.routes: must be a list such as [{ to = \"default\", via = "
                    "\"192.0.2.254\" }], not 5"));
}

TEST(LinkRules, RoutesHaveTheKernelsKeys) {
  const auto loaded = load_text(R"([link.d]
kind = "dummy"
vrf = "red"
routes = [
  { to = "default", via = "2001:db8::1" },
  { to = "default", via = "192.0.2.1", metric = 5, table = 7, mtu = 1400, onlink = true, source = "192.0.2.9" },
]
[link.red]
kind = "vrf"
table = 100
)");
  ASSERT_THAT(lines(loaded), IsEmpty());
  const auto& routes = loaded.config.network.routes;
  ASSERT_EQ(routes.size(), 2U);
  EXPECT_EQ(routes.at({100, *Prefix::parse("::/0"), 1024}).device, "d");
  EXPECT_EQ(routes.at({7, *Prefix::parse("0.0.0.0/0"), 5}),
            (Route{"d", *IpAddress::parse("192.0.2.1"), *IpAddress::parse("192.0.2.9"), true, 1400, 201}));
}

TEST(LinkRules, ARouteAndAnAddressAreThereOnce) {
  EXPECT_THAT(
      problems_of(
          "[link.a]\nkind = \"dummy\"\naddresses = [\"192.0.2.1/24\", \"224.0.0.1/32\"]\nroutes = [{ to "
          "= \"default\" }]\n[link.b]\nkind = \"dummy\"\naddresses = [\"192.0.2.1/32\", "
          "\"fe80::1/64\"]\nroutes = [{ to = \"0.0.0.0/0\" }]\n[link.c]\nkind = \"dummy\"\naddresses = "
          "[\"fe80::1/64\"]\n"),
      Lines("t.toml:3:30: link.a.addresses: 224.0.0.1 is not an address that a host can have",
            "t.toml:7:14: link.b.addresses: 192.0.2.1 is also at t.toml:3",
            "t.toml:8:11: link.b.routes: the same route, default, is at t.toml:4"));
}

TEST(BondRules, ATargetThatThisHostHoldsIsAskedAbout) {
  const auto loaded = load_text(
      "[bond.b]\nmode = \"active-backup\"\nports = [\"eth0\"]\narp_interval = \"1s\"\narp_ip_target = "
      "[\"192.0.2.100\", \"198.51.100.1\", \"192.0.2.254\"]\n[vip.a]\ninterface = \"b\"\nvirtual_router_id = "
      "1\naddresses = [\"192.0.2.100\"]\n[link.d]\nkind = \"dummy\"\naddresses = [\"198.51.100.1/24\"]\n");
  EXPECT_THAT(lines(loaded), IsEmpty());
  const std::string answer = ": nobody answers for it while this host holds it, and the ports are found dead";
  EXPECT_THAT(notes(loaded),
              Lines("t.toml:5:18: bond.b.arp_ip_target: note: 192.0.2.100 is of [vip.a]" + answer,
                    "t.toml:5:33: bond.b.arp_ip_target: note: 198.51.100.1 is of [link.d]" + answer));
}

}  // namespace
}  // namespace hawser::config
