#include "vipd/addresses/interface.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vipd/daemon/capabilities.h"

namespace hawser::vipd {
namespace {

using testing::ElementsAre;

config::Vip web() {
  config::Vip vip;
  vip.name = "web";
  vip.interface = "front";
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "front"}, {*Prefix::parse("198.51.100.1"), "back"}};
  return vip;
}

class InterfaceTest : public testing::Test {
 protected:
  Picture picture;

  void link(const std::string& name, bool up = true, bool carrier = true) {
    const auto index = picture.index_of(name).value_or(IfIndex{static_cast<int>(picture.links().size()) + 1});
    picture.link_is(index, {name, up, carrier, {}});
  }
  void address(const std::string& name, const std::string& prefix, int protocol = 0) {
    picture.address_is(*picture.index_of(name), *Prefix::parse(prefix),
                       {static_cast<std::uint8_t>(protocol), {}});
  }
  [[nodiscard]] std::string why_not(const config::Vip& vip = web()) const {
    const auto source = source_on(picture, vip, {});
    return source ? "usable" : source.error();
  }
};

TEST_F(InterfaceTest, MissingSaysWhatToDo) {
  EXPECT_EQ(why_not(), "front: interface missing: waiting for it; create it or name another in [vip.web]");
}

TEST_F(InterfaceTest, DownWithoutCarrierAndWithoutAddressAreToldApart) {
  link("front", false, false);
  EXPECT_EQ(why_not(), "front: interface down: set it up (ip link set front up)");
  link("front", true, false);
  EXPECT_EQ(why_not(), "front: no carrier");
  link("front");
  EXPECT_EQ(why_not(), "front: no IPv4 address to advertise from: give it one");
  address("front", "2001:db8::11/64");
  EXPECT_EQ(why_not(), "front: no IPv4 address to advertise from: give it one");
}

config::Vip six(config::VrrpTransport transport = config::VrrpTransport::kMulticast) {
  auto vip = web();
  vip.addresses = {{*Prefix::parse("2001:db8::100"), "front"}};
  vip.manner.change().transport = transport;
  return vip;
}

TEST_F(InterfaceTest, MulticastOfIpv6ComesFromALinkLocalAddress) {
  link("front");
  address("front", "192.0.2.11/24");
  address("front", "2001:db8::11/64");
  EXPECT_EQ(
      why_not(six()),
      "front: no link-local IPv6 address to advertise from: give it one, or switch IPv6 on there (sysctl "
      "net.ipv6.conf.front.disable_ipv6=0)");
  address("front", "fe80::1/128", 202);
  EXPECT_NE(why_not(six()), "usable") << "that one moves";
  address("front", "fe80::11/64");
  EXPECT_EQ(*source_on(picture, six(), {}), *IpAddress::parse("fe80::11"));
  auto vip = six();
  vip.manner.change().lead = config::VrrpLead::kIpv4;
  EXPECT_EQ(*source_on(picture, vip, {}), IpAddress::v4(192, 0, 2, 11));
}

TEST_F(InterfaceTest, UnicastOfIpv6ComesFromAnAddressThatReachesThePeers) {
  link("front");
  address("front", "fe80::11/64");
  address("front", "2001:db8::11/64");
  auto vip = six(config::VrrpTransport::kUnicast);
  vip.manner.change().peers = {*IpAddress::parse("2001:db8::12")};
  EXPECT_EQ(*source_on(picture, vip, {}), *IpAddress::parse("2001:db8::11"));
  vip.manner.change().peers = {*IpAddress::parse("fe80::12")};
  EXPECT_EQ(*source_on(picture, vip, {}), *IpAddress::parse("fe80::11"));
}

// A peer that names this host in its file would not know it under tomorrow's address.
TEST_F(InterfaceTest, ATemporaryAddressIsASourceOnlyWhereThereIsNoOther) {
  link("front");
  const auto index = *picture.index_of("front");
  const auto temporary = *Prefix::parse("2001:db8::9/64");
  auto vip = six(config::VrrpTransport::kUnicast);
  vip.manner.change().peers = {*IpAddress::parse("2001:db8::12")};
  picture.address_is(index, temporary, {0, {}, true});
  EXPECT_EQ(*source_on(picture, vip, {}), temporary.address);
  address("front", "2001:db8::11/64");
  EXPECT_EQ(*source_on(picture, vip, temporary.address), *IpAddress::parse("2001:db8::11"));
  vip.manner.change().own = {temporary.address};
  EXPECT_EQ(*source_on(picture, vip, {}), temporary.address) << "the file says so";
}

TEST_F(InterfaceTest, AnIpv6AddressIsNoSourceBeforeItsDetectionHasPassed) {
  link("front");
  const auto index = *picture.index_of("front");
  const auto local = *Prefix::parse("fe80::11/64");
  picture.address_is(index, local, {0, Detection::kGoingOn});
  EXPECT_EQ(why_not(six()), "front: fe80::11 is tentative: waiting for duplicate address detection");
  picture.address_is(index, local, {0, Detection::kFailed});
  EXPECT_EQ(why_not(six()), "front: fe80::11 is another host's too (duplicate): give this host another");
  address("front", "fe80::12/64");
  EXPECT_EQ(*source_on(picture, six(), {}), *IpAddress::parse("fe80::12")) << "another one that passed";
  auto vip = six();
  vip.manner.change().source = local.address;
  EXPECT_EQ(why_not(vip), "front: fe80::11 is another host's too (duplicate): give this host another");
}

TEST_F(InterfaceTest, HearsByFamily) {
  link("front");
  address("front", "fe80::11/64");
  EXPECT_TRUE(hears(picture, "front", Family::kIpv6));
  EXPECT_FALSE(hears(picture, "front", Family::kIpv4));
}

TEST_F(InterfaceTest, APortOfABridgeOrBondHasNoTrafficOfItsOwnButOneOfAVrfHas) {
  link("front");
  address("front", "192.0.2.11/24");
  const auto master = [&](const std::string& kind) {
    picture.link_is(IfIndex{9}, {"over", true, true, {}, kind});
    picture.link_is(*picture.index_of("front"), {"front", true, true, {}, "", IfIndex{9}});
    return why_not();
  };
  EXPECT_EQ(master("bridge"),
            "front: is a port of over (bridge), which takes its traffic: use over, or take front out "
            "of it (ip link set front nomaster)");
  EXPECT_THAT(master("bond"), testing::StartsWith("front: is a port of over (bond)"));
  EXPECT_THAT(master(""), testing::StartsWith("front: is a port of over, which"));
  EXPECT_EQ(master("vrf"), "usable");
}

TEST_F(InterfaceTest, AnotherNameOfAnInterfaceIsToldFromOneThatIsMissing) {
  EXPECT_EQ(why_missing(web(), "enp9s0", "eth0"), "enp9s0 is another name of eth0: write eth0 in [vip.web]");
  EXPECT_EQ(why_missing(web(), "front", "front"), why_missing(web(), "front", "")) << "it came this moment";
}

TEST_F(InterfaceTest, OutOfReachAreAddressesOnAnotherInterfaceThatIsOfNoUse) {
  link("front", true, false);
  link("back");
  EXPECT_THAT(out_of_reach(picture, web()), testing::IsEmpty()) << "the vip's own is the election's business";
  link("back", true, false);
  EXPECT_THAT(out_of_reach(picture, web()), ElementsAre(testing::Pair("back", "back: no carrier")));
  link("back", false, false);
  EXPECT_THAT(out_of_reach(picture, web()),
              ElementsAre(testing::Pair("back", "back: interface down: set it up (ip link set back up)")));
  picture.link_is_gone(*picture.index_of("back"));
  EXPECT_THAT(out_of_reach(picture, web()), testing::IsEmpty()) << "that it is missing is said otherwise";
}

TEST_F(InterfaceTest, TheSourceIsNeitherOursNorAFloatingAddress) {
  link("front");
  address("front", "192.0.2.1/32", 202);
  address("front", "192.0.2.100/32");
  address("front", "192.0.2.200/24");
  EXPECT_EQ(*source_on(picture, web(), {}), IpAddress::v4(192, 0, 2, 200));
}

TEST_F(InterfaceTest, AnOwnerWithoutAnotherAddressAdvertisesFromTheFloatingOne) {
  link("front");
  address("front", "192.0.2.100/24");
  EXPECT_EQ(*source_on(picture, web(), {}), IpAddress::v4(192, 0, 2, 100));
  address("front", "192.0.2.100/24", 202);
  EXPECT_NE(why_not(), "usable");
}

TEST_F(InterfaceTest, AConfiguredSourceMustBeThere) {
  link("front");
  address("front", "192.0.2.11/24");
  auto vip = web();
  vip.manner.change().source = IpAddress::v4(192, 0, 2, 12);
  EXPECT_EQ(why_not(vip), "front: does not have the source address 192.0.2.12");
  address("front", "192.0.2.12/24");
  EXPECT_EQ(*source_on(picture, vip, {}), IpAddress::v4(192, 0, 2, 12));
}

TEST_F(InterfaceTest, TheSourceIsTheOneThatPeersKnowWhateverElseIsThere) {
  link("front");
  address("front", "10.0.0.5/24");
  address("front", "192.0.2.11/24");
  auto vip = web();
  EXPECT_EQ(*source_on(picture, vip, {}), IpAddress::v4(10, 0, 0, 5)) << "nothing is known: the lowest";
  vip.manner.change().own = {IpAddress::v4(198, 51, 100, 11), IpAddress::v4(192, 0, 2, 11)};
  EXPECT_EQ(*source_on(picture, vip, IpAddress::v4(10, 0, 0, 5)), IpAddress::v4(192, 0, 2, 11));
}

TEST_F(InterfaceTest, TheSourceStaysWhenALowerAddressIsAddedAndGoesWithItsAddress) {
  link("front");
  address("front", "10.0.0.5/24");
  address("front", "192.0.2.11/24");
  EXPECT_EQ(*source_on(picture, web(), IpAddress::v4(192, 0, 2, 11)), IpAddress::v4(192, 0, 2, 11));
  EXPECT_EQ(*source_on(picture, web(), IpAddress::v4(192, 0, 2, 12)), IpAddress::v4(10, 0, 0, 5));
}

TEST_F(InterfaceTest, ASourceWithANetworkOfItsOwnComesBeforeALoneAddress) {
  link("front");
  address("front", "10.0.0.5/32");
  address("front", "192.0.2.11/24");
  EXPECT_EQ(*source_on(picture, web(), {}), IpAddress::v4(192, 0, 2, 11));
}

TEST_F(InterfaceTest, WithoutAnIpv4AddressNothingIsHeard) {
  EXPECT_FALSE(hears(picture, "front", Family::kIpv4));
  link("front");
  address("front", "2001:db8::11/64");
  EXPECT_FALSE(hears(picture, "front", Family::kIpv4));
  address("front", "192.0.2.100/32", 202);
  EXPECT_TRUE(hears(picture, "front", Family::kIpv4));
}

TEST_F(InterfaceTest, StraysBearOurNumberWhereNoVipNamesThem) {
  link("front");
  address("front", "192.0.2.100/32", 202);
  address("front", "192.0.2.101/32", 202);
  address("front", "192.0.2.11/24", 201);
  link("old");
  address("old", "192.0.2.100/32", 202);
  const auto named = [](const AddressKey& address) {
    return address == AddressKey{"front", *Prefix::parse("192.0.2.100")};
  };
  EXPECT_THAT(strays(picture, named), ElementsAre(Stray{IfIndex{1}, "front", *Prefix::parse("192.0.2.101")},
                                                  Stray{IfIndex{2}, "old", *Prefix::parse("192.0.2.100")}));
  EXPECT_EQ(strays(picture, [](const AddressKey&) { return false; }).size(), 3U);
}

TEST_F(InterfaceTest, AStrayThatIsARouteIsTakenAwayAsOne) {
  link("front");
  const auto prefix = *Prefix::parse("203.0.113.9");
  picture.address_is(*picture.index_of("front"), prefix, {202, {}, false, true});
  EXPECT_THAT(strays(picture, [](const AddressKey&) { return false; }),
              ElementsAre(Stray{IfIndex{1}, "front", prefix, true}));
}

TEST_F(InterfaceTest, AFloatingAddressThatSomebodyElsePutThereIsFoundInWhateverForm) {
  link("front");
  link("back");
  auto vip = web();
  address("front", "192.0.2.100/32", 202);  // ours
  address("back", "198.51.100.1/32");       // as the vip wants it: the router sees that itself
  EXPECT_THAT(put_by_others(picture, {&vip}), testing::IsEmpty());
  address("front", "192.0.2.100/24");
  address("back", "192.0.2.100/32", 201);
  EXPECT_THAT(put_by_others(picture, {&vip}).at(IpAddress::v4(192, 0, 2, 100)),
              ElementsAre(AddressKey{"front", *Prefix::parse("192.0.2.100/24")},
                          AddressKey{"back", *Prefix::parse("192.0.2.100/32")}));
  vip.priority = Priority{255};
  EXPECT_THAT(put_by_others(picture, {&vip}).at(IpAddress::v4(192, 0, 2, 100)),
              ElementsAre(AddressKey{"back", *Prefix::parse("192.0.2.100/32")}))
      << "an owner has it of its own";
}

TEST_F(InterfaceTest, WhatOthersLostToAnotherHostAnswersForNothing) {
  auto vip = web();
  vip.addresses = {{*Prefix::parse("2001:db8::100"), "front"}};
  link("front");
  link("back");
  const auto six = *Prefix::parse("2001:db8::100/64");
  picture.address_is(*picture.index_of("back"), six, {0, Detection::kFailed});
  EXPECT_THAT(put_by_others(picture, {&vip}), testing::IsEmpty());
  picture.address_is(*picture.index_of("back"), six, {0, Detection::kPassed});
  EXPECT_FALSE(put_by_others(picture, {&vip}).empty());
}

// Bits 12 and 13 of linux/capability.h.
TEST(Rights, NamesEachMissingCapability) {
  EXPECT_TRUE(judge_capabilities(0x3000).has_value());
  EXPECT_EQ(judge_capabilities(0x1000).error().text,
            "not permitted: CAP_NET_RAW (to advertise) missing: start vipd by its systemd unit, or as root");
  EXPECT_EQ(
      judge_capabilities(0x2000).error().text,
      "not permitted: CAP_NET_ADMIN (to add addresses) missing: start vipd by its systemd unit, or as root");
  EXPECT_EQ(judge_capabilities(0xFFF).error().text,
            "not permitted: CAP_NET_RAW (to advertise) and CAP_NET_ADMIN (to add addresses) missing: start "
            "vipd by its "
            "systemd unit, or as root");
}

}  // namespace
}  // namespace hawser::vipd
