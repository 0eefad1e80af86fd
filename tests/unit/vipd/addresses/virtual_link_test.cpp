#include "vipd/addresses/virtual_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

config::Vip web() {
  config::Vip vip;
  vip.name = "web";
  vip.interface = "front";
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "front"}};
  vip.virtual_router_id = Vrid(51);
  vip.manner.change().virtual_mac = true;
  return vip;
}

// RFC 9568 7.3.
TEST(VirtualLinks, TheMacSaysTheFamilyOfTheElectionAndTheRouterId) {
  EXPECT_EQ(to_string(virtual_mac(Family::kIpv4, Vrid(51))), "00:00:5e:00:01:33");
  EXPECT_EQ(to_string(virtual_mac(Family::kIpv6, Vrid(255))), "00:00:5e:00:02:ff");
}

TEST(VirtualLinks, TheNameFitsAndIsOneForEachInterfaceFamilyAndRouterId) {
  EXPECT_EQ(virtual_link_name("front", Family::kIpv4, Vrid(51)), "v4-51-front");
  EXPECT_EQ(virtual_link_name("front", Family::kIpv6, Vrid(51)), "v6-51-front");
  EXPECT_EQ(virtual_link_name("12345678", Family::kIpv4, Vrid(255)), "v4-255-12345678");
  EXPECT_EQ(virtual_link_name("123456789", Family::kIpv4, Vrid(255)), "v4-255-bb86b11c");
  EXPECT_EQ(virtual_link_name("enp5s0f1np1.200", Family::kIpv4, Vrid(255)).size(), 15U);
  EXPECT_NE(virtual_link_name("enp5s0f1np1.200", Family::kIpv4, Vrid(7)),
            virtual_link_name("enp5s0f1np1.201", Family::kIpv4, Vrid(7)));
}

TEST(VirtualLinks, TheAddressesLiveThere) {
  auto vip = on_its_virtual_link(web());
  EXPECT_EQ(vip.addresses.at(0).interface, "v4-51-front");
  EXPECT_EQ(on_its_virtual_link(vip), vip);
  EXPECT_EQ(virtual_link_of(vip),
            (VirtualLink{"v4-51-front", "front", *MacAddress::parse("00:00:5e:00:01:33"), false}));
  auto plain = web();
  plain.manner.change().virtual_mac = false;
  EXPECT_EQ(on_its_virtual_link(plain), plain);
  EXPECT_EQ(virtual_link_of(plain), std::nullopt);
}

// A virtual link has no IPv6 address of its own to ask from; ARP is asked in nobody's name.
TEST(VirtualLinks, OthersAreAskedForAnIpv6AddressOnTheInterfaceBelow) {
  auto vip = web();
  vip.addresses.push_back({*Prefix::parse("2001:db8::100"), "front"});
  vip.addresses.push_back({*Prefix::parse("2001:db8::101"), "back"});
  vip = on_its_virtual_link(vip);
  EXPECT_EQ(asked_on(vip, vip.addresses.at(0)), "v4-51-front");
  EXPECT_EQ(asked_on(vip, vip.addresses.at(1)), "front");
  EXPECT_EQ(asked_on(vip, vip.addresses.at(2)), "back");
}

// Those that ride along live on the device of the election; without one IPv6 is off there.
TEST(VirtualLinks, Ipv6IsOnWhereSuchAddressesAreHeld) {
  auto vip = web();
  vip.addresses.push_back({*Prefix::parse("2001:db8::100"), "front"});
  EXPECT_TRUE(virtual_link_of(vip)->ipv6);
  EXPECT_TRUE(virtual_link_of(vip)->ipv4);
  EXPECT_EQ(to_string(virtual_link_of(vip)->mac), "00:00:5e:00:01:33");
  EXPECT_EQ(on_its_virtual_link(vip).addresses.at(1).interface, "v4-51-front");
  vip.addresses.erase(vip.addresses.begin());
  EXPECT_FALSE(virtual_link_of(vip)->ipv4);
}

TEST(VirtualLinks, WhatCountsEverywhereMayKeepThemFromAnswering) {
  EXPECT_EQ(why_not_answered(0, 0), "");
  EXPECT_EQ(why_not_answered(0, 1), "");
  EXPECT_THAT(why_not_answered(1, 1), testing::HasSubstr("arp_filter is on"));
  EXPECT_THAT(why_not_answered(0, 2), testing::HasSubstr("arp_ignore is 2"));
}

class VirtualLinkPlans : public testing::Test {
 protected:
  const VirtualLink wish = *virtual_link_of(web());
  const SeenVirtualLink there{IfIndex{9}, "v4-51-front", IfIndex{5}, wish.mac, true, true, true};
  const std::map<std::string, IfIndex> front{{"front", IfIndex{5}}};

  [[nodiscard]] SeenVirtualLink idle(bool up) const {
    auto link = there;
    link.up = up;
    link.holds = false;
    return link;
  }
};

TEST_F(VirtualLinkPlans, OneThatIsMissingIsMadeWhereItsInterfaceIsThere) {
  EXPECT_THAT(plan_virtual_links({wish}, {}, front).make, ElementsAre(wish));
  EXPECT_EQ(plan_virtual_links({wish}, {}, {}), VirtualLinkPlan{});
}

TEST_F(VirtualLinkPlans, OneThatIsRightStaysAndIsDownUnlessItHolds) {
  EXPECT_EQ(plan_virtual_links({wish}, {there}, front), VirtualLinkPlan{});
  EXPECT_EQ(plan_virtual_links({wish}, {idle(false)}, front), VirtualLinkPlan{});
  const auto plan = plan_virtual_links({wish}, {idle(true)}, front);
  EXPECT_THAT(plan.lower, ElementsAre(idle(true)));
  EXPECT_THAT(plan.remove, IsEmpty());
}

TEST_F(VirtualLinkPlans, OneThatNobodyWantsGoesWhenNothingIsHeldThere) {
  EXPECT_EQ(plan_virtual_links({}, {there}, {}), VirtualLinkPlan{});
  EXPECT_THAT(plan_virtual_links({}, {idle(true)}, {}).remove, ElementsAre(idle(true)));
}

// The interface was renamed, and perhaps another has its name now; or somebody changed the device.
TEST_F(VirtualLinkPlans, OneThatIsNotAsItShouldBeGoesAtOnceAndIsMadeAnew) {
  EXPECT_THAT(plan_virtual_links({wish}, {there}, {}).remove, ElementsAre(there));
  EXPECT_THAT(plan_virtual_links({wish}, {there}, {}).make, IsEmpty());
  const auto moved = plan_virtual_links({wish}, {there}, {{"front", IfIndex{6}}});
  EXPECT_THAT(moved.remove, ElementsAre(there));
  EXPECT_THAT(moved.make, ElementsAre(wish));
  auto strange = there;
  strange.mac = virtual_mac(Family::kIpv4, Vrid(52));
  EXPECT_THAT(plan_virtual_links({wish}, {strange}, front).remove, ElementsAre(strange));
  strange = there;
  strange.bridge = false;
  EXPECT_THAT(plan_virtual_links({wish}, {strange}, front).remove, ElementsAre(strange));
}

}  // namespace
}  // namespace hawser::vipd
