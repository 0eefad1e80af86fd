#include "vipd/interface.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vipd/rights.h"

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
  Observed observed;

  void link(const std::string& name, bool up = true, bool carrier = true) {
    observed.state.links[name].up = up;
    observed.links[name].carrier = carrier;
  }
  void address(const std::string& name, const std::string& prefix, int protocol = 0) {
    observed.state.links[name].addresses[*Prefix::parse(prefix)].protocol =
        static_cast<std::uint8_t>(protocol);
  }
  [[nodiscard]] std::string why_not(const config::Vip& vip = web()) const {
    const auto source = source_on(observed, vip, {});
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

TEST_F(InterfaceTest, TheSourceIsNeitherOursNorAFloatingAddress) {
  link("front");
  address("front", "192.0.2.1/32", 202);
  address("front", "192.0.2.100/32");
  address("front", "192.0.2.200/24");
  EXPECT_EQ(*source_on(observed, web(), {}), IpAddress::v4(192, 0, 2, 200));
}

TEST_F(InterfaceTest, AnOwnerWithoutAnotherAddressAdvertisesFromTheFloatingOne) {
  link("front");
  address("front", "192.0.2.100/24");
  EXPECT_EQ(*source_on(observed, web(), {}), IpAddress::v4(192, 0, 2, 100));
  address("front", "192.0.2.100/24", 202);
  EXPECT_NE(why_not(), "usable");
}

TEST_F(InterfaceTest, AConfiguredSourceMustBeThere) {
  link("front");
  address("front", "192.0.2.11/24");
  auto vip = web();
  vip.source = IpAddress::v4(192, 0, 2, 12);
  EXPECT_EQ(why_not(vip), "front: does not have the source address 192.0.2.12");
  address("front", "192.0.2.12/24");
  EXPECT_EQ(*source_on(observed, vip, {}), IpAddress::v4(192, 0, 2, 12));
}

TEST_F(InterfaceTest, TheSourceIsTheOneThatPeersKnowWhateverElseIsThere) {
  link("front");
  address("front", "10.0.0.5/24");
  address("front", "192.0.2.11/24");
  auto vip = web();
  EXPECT_EQ(*source_on(observed, vip, {}), IpAddress::v4(10, 0, 0, 5)) << "nothing is known: the lowest";
  vip.own = {IpAddress::v4(198, 51, 100, 11), IpAddress::v4(192, 0, 2, 11)};
  EXPECT_EQ(*source_on(observed, vip, IpAddress::v4(10, 0, 0, 5)), IpAddress::v4(192, 0, 2, 11));
}

TEST_F(InterfaceTest, TheSourceStaysWhenALowerAddressIsAddedAndGoesWithItsAddress) {
  link("front");
  address("front", "10.0.0.5/24");
  address("front", "192.0.2.11/24");
  EXPECT_EQ(*source_on(observed, web(), IpAddress::v4(192, 0, 2, 11)), IpAddress::v4(192, 0, 2, 11));
  EXPECT_EQ(*source_on(observed, web(), IpAddress::v4(192, 0, 2, 12)), IpAddress::v4(10, 0, 0, 5));
}

TEST_F(InterfaceTest, ASourceWithANetworkOfItsOwnComesBeforeALoneAddress) {
  link("front");
  address("front", "10.0.0.5/32");
  address("front", "192.0.2.11/24");
  EXPECT_EQ(*source_on(observed, web(), {}), IpAddress::v4(192, 0, 2, 11));
}

TEST_F(InterfaceTest, WithoutAnIpv4AddressNothingIsHeard) {
  EXPECT_FALSE(hears(observed, "front"));
  link("front");
  address("front", "2001:db8::11/64");
  EXPECT_FALSE(hears(observed, "front"));
  address("front", "192.0.2.100/32", 202);
  EXPECT_TRUE(hears(observed, "front"));
}

TEST_F(InterfaceTest, PresentAddressesAreOursOrForeign) {
  link("front");
  address("front", "192.0.2.100/32", 202);
  EXPECT_THAT(present_addresses(observed, web()),
              ElementsAre(std::pair(AddressKey{"front", *Prefix::parse("192.0.2.100")}, Holding::kOurs)));
  link("back");
  address("back", "198.51.100.1/32");
  EXPECT_EQ(present_addresses(observed, web()).at({"back", *Prefix::parse("198.51.100.1")}),
            Holding::kForeign);
  address("front", "192.0.2.100/32", 201);
  EXPECT_EQ(present_addresses(observed, web()).at({"front", *Prefix::parse("192.0.2.100")}),
            Holding::kForeign);
}

TEST_F(InterfaceTest, OrphansBearOurNumberAndAreInNoVip) {
  link("front");
  address("front", "192.0.2.100/32", 202);
  address("front", "192.0.2.101/32", 202);
  address("front", "192.0.2.11/24", 201);
  link("old");
  address("old", "192.0.2.100/32", 202);
  EXPECT_THAT(orphans(observed, {web()}), ElementsAre(AddressKey{"front", *Prefix::parse("192.0.2.101")},
                                                      AddressKey{"old", *Prefix::parse("192.0.2.100")}));
  EXPECT_EQ(orphans(observed, {}).size(), 3U);
}

// Bits 12 and 13 of linux/capability.h.
TEST(Rights, NamesEachMissingCapability) {
  EXPECT_TRUE(judge_rights(0x3000).has_value());
  EXPECT_EQ(judge_rights(0x1000).error().text,
            "not permitted: CAP_NET_RAW (to advertise) missing: start vipd by its systemd unit, or as root");
  EXPECT_EQ(
      judge_rights(0x2000).error().text,
      "not permitted: CAP_NET_ADMIN (to add addresses) missing: start vipd by its systemd unit, or as root");
  EXPECT_EQ(judge_rights(0xFFF).error().text,
            "not permitted: CAP_NET_RAW (to advertise) and CAP_NET_ADMIN (to add addresses) missing: start "
            "vipd by its "
            "systemd unit, or as root");
}

}  // namespace
}  // namespace hawser::vipd
