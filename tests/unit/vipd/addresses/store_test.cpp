#include "vipd/addresses/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

config::Vip with(int addresses, config::Store store = config::Store::kSpread) {
  config::Vip vip;
  vip.name = "web";
  vip.interface = "front";
  vip.virtual_router_id = Vrid(51);
  vip.manner.change().store = store;
  for (int i = 0; i < addresses; ++i)
    vip.addresses.push_back(
        {Prefix{IpAddress::v4(0xc6336400U + static_cast<std::uint32_t>(i)), 32}, "front"});
  return vip;
}

std::map<std::string, int> count_by_device(const config::Vip& vip) {
  std::map<std::string, int> counts;
  for (const auto& address : vip.addresses) ++counts[address.interface];
  return counts;
}

TEST(Store, OfTheInterfaceNothingIsDone) {
  const auto vip = with(3, config::Store::kInterface);
  EXPECT_EQ(in_its_store(vip), vip);
  EXPECT_THAT(store_links_of(vip), IsEmpty());
  EXPECT_THAT(carriers_of(vip), IsEmpty());
  EXPECT_EQ(carrier_of(vip, "front"), "front");
}

TEST(Store, SpreadIsEvenAndTheLongestListIsShort) {
  EXPECT_THAT(count_by_device(in_its_store(with(1))), ElementsAre(Pair("s51-0-front", 1)));
  EXPECT_THAT(count_by_device(in_its_store(with(256))), ElementsAre(Pair("s51-0-front", 256)));
  EXPECT_THAT(count_by_device(in_its_store(with(300))),
              ElementsAre(Pair("s51-0-front", 150), Pair("s51-1-front", 150)));
  const auto many = count_by_device(in_its_store(with(10'000)));
  EXPECT_EQ(many.size(), 64U);
  for (const auto& [device, count] : many) EXPECT_LE(count, 157) << device;
  EXPECT_EQ(store_links_of(in_its_store(with(10'000))).size(), 64U);
}

// A reload that adds one must not move the others.
TEST(Store, AnAddressStaysWhereItIsWhenOthersCome) {
  const auto before = in_its_store(with(5000));
  const auto after = in_its_store(with(5001));
  for (std::size_t i = 0; i < before.addresses.size(); ++i)
    ASSERT_EQ(before.addresses[i], after.addresses[i]);
}

TEST(Store, LocalRoutesLeadThroughOneDummy) {
  const auto vip = in_its_store(with(5000, config::Store::kLocalRoutes));
  EXPECT_THAT(count_by_device(vip), ElementsAre(Pair("r51-front", 5000)));
  EXPECT_THAT(store_links_of(vip), ElementsAre(StoreLink{"r51-front", true}));
}

TEST(Store, WhatIsInItsStoreStaysThere) {
  for (const auto store : {config::Store::kSpread, config::Store::kLocalRoutes}) {
    const auto vip = in_its_store(with(1000, store));
    EXPECT_EQ(in_its_store(vip), vip);
  }
}

TEST(Store, Ipv6AndOtherInterfacesAreLeftAlone) {
  auto vip = with(1);
  vip.addresses.push_back({*Prefix::parse("2001:db8::100"), "front"});
  vip.addresses.push_back({*Prefix::parse("203.0.113.7"), "back"});
  vip = in_its_store(vip);
  EXPECT_EQ(vip.addresses.at(0).interface, "s51-0-front");
  EXPECT_EQ(vip.addresses.at(1).interface, "front");
  EXPECT_EQ(vip.addresses.at(2).interface, "back");
}

TEST(Store, OthersAreToldOverTheInterface) {
  const auto vip = in_its_store(with(300));
  EXPECT_THAT(carriers_of(vip),
              UnorderedElementsAre(Pair("s51-0-front", "front"), Pair("s51-1-front", "front")));
  EXPECT_EQ(carrier_of(vip, "s51-1-front"), "front");
  EXPECT_EQ(carrier_of(vip, "s51-2-front"), "s51-2-front");
  EXPECT_EQ(carrier_of(vip, "back"), "back");
}

TEST(Store, NamesFitAndAreOneForEachRouterAndInterface) {
  auto vip = with(10'000);
  vip.interface = "enp5s0f1np1.200";
  vip.virtual_router_id = Vrid(255);
  for (auto& address : vip.addresses) address.interface = vip.interface;
  std::set<std::string> names;
  for (const auto& link : store_links_of(vip)) {
    EXPECT_LE(link.name.size(), 15U) << link.name;
    EXPECT_TRUE(is_store_name(link.name)) << link.name;
    names.insert(link.name);
  }
  EXPECT_EQ(names.size(), 64U);
  vip.interface = "enp5s0f1np1.201";
  for (auto& address : vip.addresses) address.interface = vip.interface;
  for (const auto& link : store_links_of(vip)) EXPECT_FALSE(names.contains(link.name));
  for (const auto* name : {"eth0", "sit0", "s", "r", "rose0", "dummy0", ""})
    EXPECT_FALSE(is_store_name(name));
}

TEST(Store, ArpIgnoreIsNamedWithTheWayOut) {
  EXPECT_EQ(why_unanswered("front", 0), "");
  EXPECT_THAT(why_unanswered("front", 1), HasSubstr("front: arp_ignore is 1"));
  EXPECT_THAT(why_unanswered("front", 8), HasSubstr("set net.ipv4.conf.front.arp_ignore and"));
  EXPECT_THAT(why_unanswered("front.100", 8), HasSubstr("set net/ipv4/conf/front.100/arp_ignore and"));
}

TEST(Store, NothingIsAnsweredInAVrfForWhatLivesOutsideOfIt) {
  EXPECT_EQ(
      why_unanswered_in_vrf("front", "red"),
      "front is in VRF red: nobody is answered there for an address that lives elsewhere (store): leave "
      "store out");
}

TEST(StorePlan, MakesWhatIsMissingAndRaisesWhatIsDown) {
  const std::vector<StoreLink> wanted{{"s51-0-front", false}, {"s51-1-front", false}, {"r7-front", true}};
  EXPECT_EQ(plan_store_links(wanted, {}), (StorePlan{{}, wanted, {}}));
  EXPECT_EQ(plan_store_links(wanted, {{IfIndex(3), "s51-0-front", true, true},
                                      {IfIndex(4), "s51-1-front", false, false},
                                      {IfIndex(5), "r7-front", true, false}}),
            (StorePlan{{}, {}, {IfIndex(4)}}));
}

TEST(StorePlan, WhatIsWantedNoLongerGoesWhenItIsEmpty) {
  EXPECT_EQ(plan_store_links(
                {}, {{IfIndex(3), "s51-0-front", true, true}, {IfIndex(4), "s51-1-front", true, false}}),
            (StorePlan{{IfIndex(4)}, {}, {}}));
}

}  // namespace
}  // namespace hawser::vipd
