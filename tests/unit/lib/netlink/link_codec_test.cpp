#include "lib/netlink/link_codec.h"

#include <gmock/gmock.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "captures.h"
#include "lib/state/bond_options.h"

namespace hawser::nl {
namespace {

DecodedLink decoded(const std::string& name) {
  const auto bytes = capture(name);
  const auto link = decode_link(view_of(bytes));
  EXPECT_TRUE(link.has_value()) << name;
  return link.value_or(DecodedLink{});
}

MacAddress mac(const char* text) {
  return *MacAddress::parse(text);
}
IpAddress ip(const char* text) {
  return *IpAddress::parse(text);
}

TEST(LinkCodec, ReadsAnActiveBackupBondWithPrimaryAndActivePort) {
  const auto link = decoded("link_bond0");
  EXPECT_EQ(link.name, "bond0");
  EXPECT_EQ(link.kind, "bond");
  EXPECT_TRUE(link.up);
  EXPECT_TRUE(link.carrier);
  EXPECT_EQ(link.mtu, 1500U);
  EXPECT_EQ(link.mac, mac("02:00:00:00:00:01"));
  EXPECT_EQ(link.master, IfIndex{});
  auto expected = kernel_default_bond(BondMode::kActiveBackup);
  expected.set(BondOption::kMiimon, 100);
  expected.set(BondOption::kUpdelay, 200);
  EXPECT_EQ(link.bond.bond, expected);
  const auto eth0 = decoded("link_eth0").index;
  EXPECT_NE(eth0, IfIndex{});
  EXPECT_EQ(link.bond.primary, eth0);
  EXPECT_EQ(link.bond.active_port, eth0);
}

TEST(LinkCodec, ReadsTheOptionsOfAnLacpBond) {
  const auto link = decoded("link_bond1");
  auto expected = kernel_default_bond(BondMode::k8023ad);
  expected.set(BondOption::kLacpRate, 1);
  expected.set(BondOption::kAdUserPortKey, 5);
  expected.set(BondOption::kAdActorSysPrio, 99);
  expected.ad_actor_system = mac("02:00:00:00:00:99");
  EXPECT_EQ(link.bond.bond, expected);
  EXPECT_FALSE(link.up);
  EXPECT_FALSE(link.carrier);
}

TEST(LinkCodec, ReadsTheTargetsOfBothFamiliesSorted) {
  const auto bond = decoded("link_bond2").bond.bond;
  EXPECT_EQ(bond.arp_ip_target, (std::vector{ip("192.0.2.253"), ip("192.0.2.254")}));
  EXPECT_EQ(bond.ns_ip6_target, std::vector{ip("2001:db8::fe")});
  EXPECT_EQ(bond.get(BondOption::kArpInterval), 250U);
}

TEST(LinkCodec, ReadsAPortWithItsState) {
  const auto first = decoded("link_eth0");
  EXPECT_EQ(first.kind, "veth");
  EXPECT_EQ(first.port_kind, "bond");
  EXPECT_EQ(first.master, decoded("link_bond0").index);
  EXPECT_TRUE(first.port.status.active);
  EXPECT_EQ(first.port.status.mii, MiiStatus::kUp);
  EXPECT_EQ(first.port.status.permanent_mac, mac("02:00:00:00:00:10"));
  EXPECT_EQ(first.port.options, BondPort{});
  const auto second = decoded("link_eth1");
  EXPECT_FALSE(second.port.status.active);
  EXPECT_EQ(second.port.options, (BondPort{7, 3}));
}

TEST(LinkCodec, ReadsVlansOfBothProtocols) {
  const auto front = decoded("link_front");
  EXPECT_EQ(front.kind, "vlan");
  EXPECT_EQ(front.vlan_id, 100);
  EXPECT_EQ(front.vlan_protocol, 0x8100);
  EXPECT_EQ(front.lower, decoded("link_bond0").index);
  const auto outer = decoded("link_outer");
  EXPECT_EQ(outer.vlan_id, 7);
  EXPECT_EQ(outer.vlan_protocol, 0x88a8);
}

TEST(LinkCodec, NamesWhatAVlanWasGivenAndNoWordOfOursSays) {
  EXPECT_THAT(decoded("link_front").unsaid, testing::IsEmpty());
  EXPECT_THAT(decoded("link_vlan_unsaid").unsaid,
              testing::UnorderedElementsAre("gvrp", "loose_binding", "egress-qos-map", "ingress-qos-map",
                                            "alias", "group", "txqueuelen"));
}

TEST(LinkCodec, ReadsAVrfAndItsMember) {
  const auto blue = decoded("link_blue");
  EXPECT_EQ(blue.kind, "vrf");
  EXPECT_EQ(blue.vrf_table, 77U);
  const auto dummy = decoded("link_dummy0");
  EXPECT_EQ(dummy.kind, "dummy");
  EXPECT_EQ(dummy.port_kind, "vrf");
  EXPECT_EQ(dummy.master, blue.index);
  EXPECT_EQ(dummy.mtu, 1400U);
}

TEST(LinkCodec, ReadsAPulledCableAndTheFailoverThatFollows) {
  const auto port = decoded("event_port_without_carrier");
  EXPECT_EQ(port.name, "eth0");
  EXPECT_TRUE(port.up);
  EXPECT_FALSE(port.carrier);
  const auto bond = decoded("event_failover");
  EXPECT_EQ(bond.event, std::uint32_t{IFLA_EVENT_BONDING_FAILOVER});
  EXPECT_EQ(bond.bond.active_port, decoded("link_eth1").index);
}

TEST(LinkCodec, ReadsARemovedLink) {
  const auto link = decoded("event_removed");
  EXPECT_TRUE(link.removed);
  EXPECT_EQ(link.name, "dummy0");
  EXPECT_FALSE(decoded("link_dummy0").removed);
}

TEST(LinkCodec, RefusesEveryTruncation) {
  for (const auto* name :
       {"link_bond0", "link_bond2", "link_eth1", "link_outer", "link_blue", "link_vlan_unsaid"})
    expect_truncations_refused(capture(name), sizeof(ifinfomsg), decode_link);
}

TEST(LinkCodec, RefusesALinkWithoutAName) {
  const auto bytes = bytes_of_hex(
      "20000000100000000000000000000000"
      "00000100050000000000000000000000");
  EXPECT_FALSE(decode_link(view_of(bytes)));
}

TEST(LinkCodec, TakesVethForACardAndUnknownKindsForForeign) {
  EXPECT_EQ(kind_of(""), LinkKind::kPhysical);
  EXPECT_EQ(kind_of("veth"), LinkKind::kPhysical);
  EXPECT_EQ(kind_of("bond"), LinkKind::kBond);
  EXPECT_EQ(kind_of("vlan"), LinkKind::kVlan);
  EXPECT_EQ(kind_of("dummy"), LinkKind::kDummy);
  EXPECT_EQ(kind_of("vrf"), LinkKind::kVrf);
  EXPECT_EQ(kind_of("bridge"), LinkKind::kOther);
  EXPECT_EQ(kind_of("physical"), LinkKind::kOther);
}

// What we send has the form of what the kernel sends, so the decoder reads it back.
DecodedLink sent(const Message& bytes) {
  return decode_link(view_of(bytes)).value_or(DecodedLink{});
}

TEST(LinkCodec, CreatesABondWithModeAndOptionsInOneMessage) {
  Link link;
  link.kind = LinkKind::kBond;
  link.mtu = 9000;
  link.mac = mac("02:00:00:00:00:01");
  link.bond = decoded("link_bond1").bond.bond;
  const auto back = sent(encode_create_link("bond7", link, IfIndex{}));
  EXPECT_EQ(back.name, "bond7");
  EXPECT_EQ(back.kind, "bond");
  EXPECT_EQ(back.mtu, 9000U);
  EXPECT_EQ(back.mac, link.mac);
  EXPECT_EQ(back.bond.bond, *link.bond);
  EXPECT_FALSE(back.up);
}

TEST(LinkCodec, DoesNotSendOptionsThatTheModeDoesNotHave) {
  Link link;
  link.kind = LinkKind::kBond;
  link.bond = kernel_default_bond(BondMode::kActiveBackup);
  link.bond->set(BondOption::kLacpRate, 1);
  link.bond->ad_actor_system = mac("02:00:00:00:00:99");
  const auto back = sent(encode_create_link("bond7", link, IfIndex{}));
  EXPECT_EQ(back.bond.bond, kernel_default_bond(BondMode::kActiveBackup));
}

TEST(LinkCodec, CreatesABondWithItsTargets) {
  Link link;
  link.kind = LinkKind::kBond;
  link.bond = decoded("link_bond2").bond.bond;
  EXPECT_EQ(sent(encode_create_link("bond7", link, IfIndex{})).bond.bond, *link.bond);
}

TEST(LinkCodec, CreatesAVlanOnItsLowerDevice) {
  Link link;
  link.kind = LinkKind::kVlan;
  link.vlan = Vlan{"bond0", 7, 0x88a8};
  const auto back = sent(encode_create_link("outer", link, IfIndex{6}));
  EXPECT_EQ(back.kind, "vlan");
  EXPECT_EQ(back.lower, IfIndex{6});
  EXPECT_EQ(back.vlan_id, 7);
  EXPECT_EQ(back.vlan_protocol, 0x88a8);
}

TEST(LinkCodec, CreatesAVrfWithItsTable) {
  Link link;
  link.kind = LinkKind::kVrf;
  link.vrf_table = 77;
  const auto back = sent(encode_create_link("blue", link, IfIndex{}));
  EXPECT_EQ(back.kind, "vrf");
  EXPECT_EQ(back.vrf_table, 77U);
}

TEST(LinkCodec, PinsTheMessageThatSetsALinkUp) {
  EXPECT_EQ(encode_set_up("eth0", true), bytes_of_hex("2c000000100005000000000000000000"
                                                      "00000000000000000100000001000000"
                                                      "090003006574683000000000"));
  EXPECT_EQ(encode_set_up("eth0", false), bytes_of_hex("2c000000100005000000000000000000"
                                                       "00000000000000000000000001000000"
                                                       "090003006574683000000000"));
}

TEST(LinkCodec, PinsTheMessageThatSetsOneBondOption) {
  EXPECT_EQ(encode_bond_option("b", BondOption::kMiimon, 50),
            bytes_of_hex("44000000100005000000000000000000"
                         "00000000000000000000000000000000"
                         "0600030062000000"
                         "1c001280"
                         "09000100626f6e6400000000"  // IFLA_LINKINFO: kind bond
                         "0c000280"
                         "0800030032000000"));  // data: IFLA_BOND_MIIMON 50
}

TEST(LinkCodec, SendsEachBondOptionSoThatItIsReadBack) {
  for (int option = 0; option < static_cast<int>(kBondOptionCount); ++option) {
    const auto which = static_cast<BondOption>(option);
    const auto back = sent(encode_bond_option("b", which, 77));
    EXPECT_EQ(back.bond.bond.get(which), 77U) << option;
    auto expected = kernel_default_bond(BondMode::kBalanceRr);
    expected.set(which, 77);
    EXPECT_EQ(back.bond.bond, expected) << option;
  }
}

// Linux 6.9, 6.17, 7.1: their numbers in include/uapi/linux/if_link.h.
TEST(LinkCodec, PinsTheAttributesThatHeadersMayNotHave) {
  const auto data = [](BondOption option, std::uint32_t value) {
    return bytes_of_hex(
        "44000000100005000000000000000000"
        "00000000000000000000000000000000"
        "0600030062000000"
        "1c001280"
        "09000100626f6e6400000000"
        "0c000280"
        "0500" +
        fmt::format("{:02x}", 32 + static_cast<int>(option) - static_cast<int>(BondOption::kCoupledControl)) +
        "00" + fmt::format("{:02x}", value) + "000000");
  };
  for (const auto option :
       {BondOption::kCoupledControl, BondOption::kBroadcastNeighbor, BondOption::kLacpStrict})
    EXPECT_EQ(encode_bond_option("b", option, 1), data(option, 1));
  EXPECT_EQ(encode_port_options("b", {}, {.actor_port_prio = 10}),
            bytes_of_hex("44000000100005000000000000000000"
                         "00000000000000000000000000000000"
                         "0600030062000000"
                         "1c001280"
                         "09000400626f6e6400000000"  // IFLA_INFO_SLAVE_KIND
                         "0c000580"                  // IFLA_INFO_SLAVE_DATA
                         "06000a000a000000"));       // IFLA_BOND_SLAVE_ACTOR_PORT_PRIO
}

TEST(LinkCodec, KnowsWhatTheKernelSaysNothingOf) {
  const auto said = decoded("link_bond1").bond.bond.lacking.options;
  EXPECT_FALSE(said.contains(BondOption::kMiimon));
  EXPECT_FALSE(said.contains(BondOption::kArpMissedMax));
  EXPECT_TRUE(said.contains(BondOption::kBroadcastNeighbor));
  EXPECT_TRUE(said.contains(BondOption::kLacpStrict));
  // Told to CAP_NET_ADMIN only, and in 802.3ad: nothing follows from silence.
  const auto elsewhere = decoded("link_bond0").bond.bond.lacking.options;
  EXPECT_FALSE(elsewhere.contains(BondOption::kAdActorSysPrio));
  EXPECT_FALSE(elsewhere.contains(BondOption::kAdUserPortKey));
}

// A new bond begins with the module's parameters.
TEST(LinkCodec, TellsANewBondWhatTheModuleMayHaveOtherwise) {
  Link link;
  link.kind = LinkKind::kBond;
  link.bond = kernel_default_bond(BondMode::k8023ad);
  const auto said = sent(encode_create_link("bond7", link, IfIndex{})).bond.bond.lacking.options;
  for (const auto option :
       {BondOption::kMiimon, BondOption::kUpdelay, BondOption::kLacpRate, BondOption::kAdSelect,
        BondOption::kXmitHashPolicy, BondOption::kMinLinks, BondOption::kFailOverMac})
    EXPECT_FALSE(said.contains(option)) << info_of(option).name;
  EXPECT_TRUE(said.contains(BondOption::kCoupledControl));  // no parameter: a kernel without it is not asked
  link.bond = kernel_default_bond(BondMode::kActiveBackup);
  const auto unmonitored = sent(encode_create_link("bond7", link, IfIndex{})).bond.bond.lacking.options;
  EXPECT_TRUE(unmonitored.contains(BondOption::kUpdelay));  // refused without miimon
  EXPECT_FALSE(unmonitored.contains(BondOption::kMiimon));
}

TEST(LinkCodec, SendsModePrimaryActivePortTargetsAndActor) {
  EXPECT_EQ(sent(encode_bond_mode("b", BondMode::kBalanceAlb)).bond.bond.mode, BondMode::kBalanceAlb);
  EXPECT_EQ(sent(encode_bond_primary("b", IfIndex{9})).bond.primary, IfIndex{9});
  EXPECT_EQ(sent(encode_bond_active_port("b", IfIndex{9})).bond.active_port, IfIndex{9});
  const std::vector targets{ip("192.0.2.1"), ip("192.0.2.2")};
  EXPECT_EQ(sent(encode_bond_targets("b", Family::kIpv4, targets)).bond.bond.arp_ip_target, targets);
  const std::vector six{ip("2001:db8::1")};
  EXPECT_EQ(sent(encode_bond_targets("b", Family::kIpv6, six)).bond.bond.ns_ip6_target, six);
  EXPECT_EQ(sent(encode_ad_actor_system("b", mac("02:00:00:00:00:99"))).bond.bond.ad_actor_system,
            mac("02:00:00:00:00:99"));
}

TEST(LinkCodec, SendsOnlyThePortOptionThatDiffers) {
  const auto prio = sent(encode_port_options("eth0", BondPort{0, 3}, BondPort{-5, 3}));
  EXPECT_EQ(prio.port_kind, "bond");
  EXPECT_EQ(prio.port.options, (BondPort{-5, 0}));
  EXPECT_EQ(sent(encode_port_options("eth0", BondPort{1, 0}, BondPort{1, 4})).port.options, (BondPort{0, 4}));
}

TEST(LinkCodec, SendsMtuMacAndMaster) {
  EXPECT_EQ(sent(encode_set_mtu("eth0", 1400)).mtu, 1400U);
  EXPECT_EQ(sent(encode_set_mac("eth0", mac("02:00:00:00:00:99"))).mac, mac("02:00:00:00:00:99"));
  EXPECT_EQ(sent(encode_set_master("eth0", IfIndex{5})).master, IfIndex{5});
}

TEST(LinkCodec, ReadsWhatLacpAgreedOn) {
  const auto of_port = capture("link_lag0");
  const auto port = decode_link(view_of(of_port));
  ASSERT_TRUE(port);
  ASSERT_TRUE(port->port.lacp);
  EXPECT_EQ(*port->port.lacp, (LacpDetails{.aggregator = 1,
                                           .actor_state = 63,
                                           .partner_state = 63,
                                           .actor_churn = Churn::kMonitoring,
                                           .partner_churn = Churn::kMonitoring,
                                           .actor_churns = {},
                                           .partner_churns = {},
                                           .actor = {},
                                           .partner = {}}));
  EXPECT_EQ(port->port.status.lacp, (LacpStatus{.aggregator = 1, .partner = true, .distributing = true}));
  EXPECT_EQ(port->carrier_ups, 1U);
  EXPECT_EQ(port->carrier_downs, 1U);
  EXPECT_EQ(port->carrier_changes, 2U);
  const auto of_bond = capture("link_bond8");
  const auto bond = decode_link(view_of(of_bond));
  ASSERT_TRUE(bond);
  EXPECT_EQ(bond->bond.aggregator, (ActiveAggregator{1, 2, 15, 15, mac("02:00:00:00:00:09")}));
}

TEST(LinkCodec, APortOfAnotherModeHasNoLacp) {
  const auto message = capture("link_eth0");
  const auto port = decode_link(view_of(message));
  ASSERT_TRUE(port);
  EXPECT_FALSE(port->port.lacp);
}

}  // namespace
}  // namespace hawser::nl
