// Links, addresses and routes: what both kernels must do alike.
#include <cerrno>

#include "lib/plan/simulate.h"
#include "tests/contract/host.h"

namespace hawser::contract {
namespace {

class NetworkContract : public HostTest {
 public:
  static Prefix prefix(const char* text) { return *Prefix::parse(text); }
  static IpAddress ip(const char* text) { return *IpAddress::parse(text); }
  static Address owned() {
    Address address;
    address.protocol = static_cast<std::uint8_t>(Owner::kNetd);
    return address;
  }
  static RouteKey to(const char* text, std::uint32_t metric = 7) {
    return RouteKey{254, prefix(text), metric};
  }
  static Route over(const char* device, const char* via = nullptr) {
    Route route;
    route.device = device;
    if (via != nullptr) route.via = ip(via);
    route.protocol = static_cast<std::uint8_t>(Owner::kNetd);
    return route;
  }
};

INSTANTIATE_TEST_SUITE_P(, NetworkContract, testing::ValuesIn(hosts(Need::kNothing)), name_of_host);

TEST_P(NetworkContract, ShowsANewCardDownWithoutMasterOrAddresses) {
  plug_in("eth0");
  const auto card = link("eth0");
  EXPECT_EQ(card.kind, LinkKind::kPhysical);
  EXPECT_FALSE(card.up);
  EXPECT_EQ(card.mtu, 1500U);
  ASSERT_TRUE(card.mac);
  EXPECT_FALSE(card.mac->is_zero());
  EXPECT_EQ(card.master, "");
  EXPECT_TRUE(card.addresses.empty());
}

TEST_P(NetworkContract, SetsALinkUpAndDownAgain) {
  plug_in("eth0");
  perform(SetLinkUp{"eth0", true});
  EXPECT_TRUE(link("eth0").up);
  perform(SetLinkUp{"eth0", true});
  perform(SetLinkUp{"eth0", false});
  EXPECT_FALSE(link("eth0").up);
  perform(SetLinkUp{"eth0", false});
}

TEST_P(NetworkContract, ShowsCarrierOnlyWhileUpAndPlugged) {
  plug_in("eth0");
  EXPECT_FALSE(observe().links["eth0"].carrier);
  perform(SetLinkUp{"eth0", true});
  EXPECT_TRUE(observe().links["eth0"].carrier);
  host().set_carrier("eth0", false);
  EXPECT_FALSE(observe().links["eth0"].carrier);
  EXPECT_TRUE(link("eth0").up);
  host().set_carrier("eth0", true);
  EXPECT_TRUE(observe().links["eth0"].carrier);
}

TEST_P(NetworkContract, SetsMtuAndMac) {
  plug_in("eth0");
  perform(SetMtu{"eth0", 1500, 1400});
  const MacAddress mac{{2, 0, 0, 0, 0, 9}};
  perform(SetMac{"eth0", *link("eth0").mac, mac});
  EXPECT_EQ(link("eth0").mtu, 1400U);
  EXPECT_EQ(link("eth0").mac, mac);
}

TEST_P(NetworkContract, RefusesAnMtuBelowWhatIpNeeds) {
  plug_in("eth0");
  EXPECT_EQ(refused(SetMtu{"eth0", 1500, 60}), EINVAL);
}

TEST_P(NetworkContract, RefusesAMulticastMac) {
  plug_in("eth0");
  EXPECT_EQ(refused(SetMac{"eth0", {}, MacAddress{{1, 0, 0, 0, 0, 9}}}), EADDRNOTAVAIL);
}

TEST_P(NetworkContract, RefusesWhatIsAskedOfAMissingInterface) {
  EXPECT_EQ(refused(SetLinkUp{"eth9", true}), ENODEV);
  EXPECT_EQ(refused(SetMtu{"eth9", 1500, 1400}), ENODEV);
  EXPECT_EQ(refused(SetMac{"eth9", {}, MacAddress{{2, 0, 0, 0, 0, 9}}}), ENODEV);
  EXPECT_EQ(refused(SetMaster{"eth9", "", "bond0"}), ENODEV);
  EXPECT_EQ(refused(AddAddress{"eth9", prefix("192.0.2.1/24"), {}}), ENODEV);
  EXPECT_EQ(refused(AddRoute{to("198.51.100.0/24"), over("eth9")}), ENODEV);
}

TEST_P(NetworkContract, AddsAnAddressWithItsOwnerAndTakesTheSameStepTwice) {
  plug_in_and_up("eth0");
  auto address = owned();
  address.broadcast = ip("192.0.2.255");
  address.no_prefix_route = true;
  const AddAddress step{"eth0", prefix("192.0.2.11/24"), address};
  perform(step);
  perform(step);
  EXPECT_EQ(link("eth0").addresses[step.prefix], address);
}

TEST_P(NetworkContract, AddsADeprecatedIpv6AddressWithoutDuplicateDetection) {
  plug_in_and_up("eth0");
  auto address = owned();
  address.preferred_lifetime = 0;
  address.no_dad = true;
  const AddAddress step{"eth0", prefix("2001:db8::100/128"), address};
  perform(step);
  perform(step);
  EXPECT_EQ(link("eth0").addresses[step.prefix], address);
}

TEST_P(NetworkContract, RefusesToAddAnAddressThatIsThereOtherwise) {
  plug_in_and_up("eth0");
  perform(AddAddress{"eth0", prefix("192.0.2.11/24"), owned()});
  EXPECT_EQ(refused(AddAddress{"eth0", prefix("192.0.2.11/24"), {}}), EEXIST);
  EXPECT_EQ(link("eth0").addresses[prefix("192.0.2.11/24")], owned());
}

// Whether the number follows depends on the kernel (6.1: no; 6.18: yes), so nothing may depend on it.
TEST_P(NetworkContract, ChangesTheLifetimeOfAnIpv4AddressInPlace) {
  plug_in_and_up("eth0");
  perform(AddAddress{"eth0", prefix("192.0.2.11/24"), {}});
  auto wanted = owned();
  wanted.preferred_lifetime = 0;
  perform(ChangeAddress{"eth0", prefix("192.0.2.11/24"), {}, wanted});
  const auto address = link("eth0").addresses[prefix("192.0.2.11/24")];
  EXPECT_TRUE(address.protocol == 0 || address.protocol == wanted.protocol);
  wanted.protocol = address.protocol;
  EXPECT_EQ(address, wanted);
}

TEST_P(NetworkContract, ChangesLifetimeAndOwnerOfAnIpv6AddressInPlace) {
  plug_in_and_up("eth0");
  Address before;
  before.no_dad = true;
  perform(AddAddress{"eth0", prefix("2001:db8::11/64"), before});
  auto wanted = owned();
  wanted.no_dad = true;
  wanted.preferred_lifetime = 0;
  perform(ChangeAddress{"eth0", prefix("2001:db8::11/64"), before, wanted});
  EXPECT_EQ(link("eth0").addresses[prefix("2001:db8::11/64")], wanted);
}

TEST_P(NetworkContract, LeavesScopeAndBroadcastOfAnIpv4AddressAsTheyWereOnAChange) {
  plug_in_and_up("eth0");
  perform(AddAddress{"eth0", prefix("192.0.2.11/24"), owned()});
  auto wanted = owned();
  wanted.broadcast = ip("192.0.2.255");
  wanted.scope = 253;
  wanted.no_prefix_route = true;
  perform(ChangeAddress{"eth0", prefix("192.0.2.11/24"), owned(), wanted});
  EXPECT_EQ(link("eth0").addresses[prefix("192.0.2.11/24")], owned());
}

TEST_P(NetworkContract, ChangesTheFlagsOfAnIpv6AddressInPlace) {
  plug_in_and_up("eth0");
  auto before = owned();
  before.no_dad = true;
  perform(AddAddress{"eth0", prefix("2001:db8::11/64"), before});
  auto wanted = before;
  wanted.preferred_lifetime = 0;
  wanted.no_prefix_route = true;
  perform(ChangeAddress{"eth0", prefix("2001:db8::11/64"), before, wanted});
  EXPECT_EQ(link("eth0").addresses[prefix("2001:db8::11/64")], wanted);
}

TEST_P(NetworkContract, RemovesAnAddressAndTakesTheSameStepTwice) {
  plug_in_and_up("eth0");
  perform(AddAddress{"eth0", prefix("192.0.2.11/24"), owned()});
  perform(RemoveAddress{"eth0", prefix("192.0.2.11/24")});
  perform(RemoveAddress{"eth0", prefix("192.0.2.11/24")});
  EXPECT_FALSE(link("eth0").addresses.contains(prefix("192.0.2.11/24")));
}

TEST_P(NetworkContract, LosesTheSecondariesOfASubnetWithItsFirstAddress) {
  plug_in_and_up("eth0");
  perform(AddAddress{"eth0", prefix("192.0.2.11/24"), owned()});
  perform(AddAddress{"eth0", prefix("192.0.2.12/24"), owned()});
  perform(AddAddress{"eth0", prefix("192.0.2.13/32"), owned()});
  perform(RemoveAddress{"eth0", prefix("192.0.2.11/24")});
  const auto left = link("eth0").addresses;
  EXPECT_FALSE(left.contains(prefix("192.0.2.12/24")));
  EXPECT_TRUE(left.contains(prefix("192.0.2.13/32")));
}

TEST_P(NetworkContract, KeepsIpv4ButNotIpv6AddressesOfALinkThatGoesDown) {
  plug_in_and_up("eth0");
  auto six = owned();
  six.no_dad = true;
  perform(AddAddress{"eth0", prefix("192.0.2.11/24"), owned()});
  perform(AddAddress{"eth0", prefix("2001:db8::11/64"), six});
  perform(SetLinkUp{"eth0", false});
  EXPECT_TRUE(link("eth0").addresses.contains(prefix("192.0.2.11/24")));
  EXPECT_FALSE(link("eth0").addresses.contains(prefix("2001:db8::11/64")));
}

TEST_P(NetworkContract, ShowsWhichAddressesGoTogetherWithAnother) {
  plug_in_and_up("eth0");
  for (const auto* text :
       {"192.0.2.20/24", "192.0.2.12/24", "192.0.2.31/24", "192.0.2.13/32", "192.0.2.5/25"})
    perform(AddAddress{"eth0", prefix(text), owned()});
  auto before = observe().state;
  EXPECT_EQ(goes_along(before.links["eth0"], prefix("192.0.2.20/24")),
            (std::vector{prefix("192.0.2.12/24"), prefix("192.0.2.31/24")}));
  for (const auto* text : {"192.0.2.12/24", "192.0.2.13/32", "192.0.2.5/25"})
    EXPECT_TRUE(goes_along(before.links["eth0"], prefix(text)).empty()) << text;
  simulate(before, RemoveAddress{"eth0", prefix("192.0.2.20/24")});
  perform(RemoveAddress{"eth0", prefix("192.0.2.20/24")});
  EXPECT_EQ(link("eth0").addresses, before.links["eth0"].addresses);
}

TEST_P(NetworkContract, AddsARouteWithAllItsAttributesAndTakesTheSameStepTwice) {
  plug_in_and_up("eth0");
  perform(AddAddress{"eth0", prefix("192.0.2.11/24"), owned()});
  auto route = over("eth0", "192.0.2.254");
  route.source = ip("192.0.2.11");
  route.mtu = 1300;
  RouteKey key = to("198.51.100.0/24", 5);
  key.table = 1000;
  perform(AddRoute{key, route});
  perform(AddRoute{key, route});
  EXPECT_EQ(observe().state.routes[key], route);
}

TEST_P(NetworkContract, AddsDefaultRoutesOfBothFamilies) {
  plug_in_and_up("eth0");
  auto six = owned();
  six.no_dad = true;
  perform(AddAddress{"eth0", prefix("192.0.2.11/24"), owned()});
  perform(AddAddress{"eth0", prefix("2001:db8::11/64"), six});
  perform(AddRoute{to("0.0.0.0/0", 0), over("eth0", "192.0.2.254")});
  perform(AddRoute{to("::/0", 1024), over("eth0", "2001:db8::fe")});
  const auto routes = observe().state.routes;
  EXPECT_EQ(routes.at(to("0.0.0.0/0", 0)), over("eth0", "192.0.2.254"));
  EXPECT_EQ(routes.at(to("::/0", 1024)), over("eth0", "2001:db8::fe"));
}

TEST_P(NetworkContract, ReachesAnOnlinkGatewayWithoutAnAddressOfItsSubnet) {
  plug_in_and_up("eth0");
  auto route = over("eth0", "203.0.113.254");
  EXPECT_EQ(refused(AddRoute{to("198.51.100.0/24"), route}), ENETUNREACH);
  route.onlink = true;
  perform(AddRoute{to("198.51.100.0/24"), route});
  EXPECT_EQ(observe().state.routes[to("198.51.100.0/24")], route);
}

TEST_P(NetworkContract, RefusesARouteThatIsThereOtherwise) {
  plug_in_and_up("eth0");
  perform(AddAddress{"eth0", prefix("192.0.2.11/24"), owned()});
  perform(AddRoute{to("198.51.100.0/24"), over("eth0", "192.0.2.254")});
  EXPECT_EQ(refused(AddRoute{to("198.51.100.0/24"), over("eth0", "192.0.2.253")}), EEXIST);
}

TEST_P(NetworkContract, ChangesARouteInPlace) {
  plug_in_and_up("eth0");
  perform(AddAddress{"eth0", prefix("192.0.2.11/24"), owned()});
  const auto before = over("eth0", "192.0.2.254");
  auto wanted = over("eth0", "192.0.2.253");
  wanted.mtu = 1300;
  perform(AddRoute{to("198.51.100.0/24"), before});
  perform(ChangeRoute{to("198.51.100.0/24"), before, wanted});
  EXPECT_EQ(observe().state.routes[to("198.51.100.0/24")], wanted);
}

TEST_P(NetworkContract, ChangesAnIpv6RouteInPlace) {
  plug_in_and_up("eth0");
  auto six = owned();
  six.no_dad = true;
  perform(AddAddress{"eth0", prefix("2001:db8::11/64"), six});
  const auto before = over("eth0", "2001:db8::fe");
  const auto wanted = over("eth0");
  perform(AddRoute{to("2001:db8:1::/48"), before});
  perform(ChangeRoute{to("2001:db8:1::/48"), before, wanted});
  EXPECT_EQ(observe().state.routes[to("2001:db8:1::/48")], wanted);
}

TEST_P(NetworkContract, RemovesARouteAndTakesTheSameStepTwice) {
  plug_in_and_up("eth0");
  perform(AddRoute{to("198.51.100.0/24"), over("eth0")});
  perform(RemoveRoute{to("198.51.100.0/24"), over("eth0")});
  perform(RemoveRoute{to("198.51.100.0/24"), over("eth0")});
  EXPECT_FALSE(observe().state.routes.contains(to("198.51.100.0/24")));
}

TEST_P(NetworkContract, RefusesARouteOverALinkThatIsDown) {
  plug_in("eth0");
  EXPECT_EQ(refused(AddRoute{to("198.51.100.0/24"), over("eth0")}), ENETDOWN);
}

TEST_P(NetworkContract, RefusesASourceThatIsNotOurs) {
  plug_in_and_up("eth0");
  auto route = over("eth0");
  route.source = ip("203.0.113.77");
  EXPECT_EQ(refused(AddRoute{to("198.51.100.0/24"), route}), EINVAL);
}

TEST_P(NetworkContract, LosesTheRoutesOfALinkThatGoesDown) {
  plug_in_and_up("eth0");
  perform(AddRoute{to("198.51.100.0/24"), over("eth0")});
  perform(SetLinkUp{"eth0", false});
  EXPECT_FALSE(observe().state.routes.contains(to("198.51.100.0/24")));
}

TEST_P(NetworkContract, LosesTheRoutesThatUseAnAddressAsSourceWithIt) {
  plug_in_and_up("eth0");
  perform(AddAddress{"eth0", prefix("192.0.2.11/24"), owned()});
  perform(AddAddress{"eth0", prefix("203.0.113.11/32"), owned()});
  auto route = over("eth0", "192.0.2.254");
  route.source = ip("203.0.113.11");
  perform(AddRoute{to("198.51.100.0/24"), route});
  perform(RemoveAddress{"eth0", prefix("203.0.113.11/32")});
  EXPECT_FALSE(observe().state.routes.contains(to("198.51.100.0/24")));
}

TEST_P(NetworkContract, KeepsRoutesThatDifferByTosOnlyApart) {
  plug_in_and_up("eth0");
  auto by_tos = to("198.51.100.0/24");
  by_tos.tos = 0x10;
  perform(AddAddress{"eth0", prefix("192.0.2.11/24"), owned()});
  perform(AddRoute{to("198.51.100.0/24"), over("eth0", "192.0.2.254")});
  perform(AddRoute{by_tos, over("eth0", "192.0.2.253")});
  auto routes = observe().state.routes;
  EXPECT_EQ(routes.at(to("198.51.100.0/24")), over("eth0", "192.0.2.254"));
  EXPECT_EQ(routes.at(by_tos), over("eth0", "192.0.2.253"));
  perform(RemoveRoute{by_tos, over("eth0", "192.0.2.253")});
  EXPECT_TRUE(observe().state.routes.contains(to("198.51.100.0/24")));
}

TEST_P(NetworkContract, HasNoIpv6OnADeviceWithAnMtuBelow1280) {
  plug_in_and_up("eth0");
  auto six = owned();
  six.no_dad = true;
  perform(AddAddress{"eth0", prefix("192.0.2.11/24"), owned()});
  perform(AddAddress{"eth0", prefix("2001:db8::11/64"), six});
  perform(AddRoute{to("198.51.100.0/24"), over("eth0")});
  perform(AddRoute{to("2001:db8:1::/48"), over("eth0")});
  perform(SetMtu{"eth0", 1500, 1279});
  const auto seen = observe().state;
  EXPECT_TRUE(seen.links.at("eth0").addresses.contains(prefix("192.0.2.11/24")));
  EXPECT_FALSE(seen.links.at("eth0").addresses.contains(prefix("2001:db8::11/64")));
  EXPECT_TRUE(seen.routes.contains(to("198.51.100.0/24")));
  EXPECT_FALSE(seen.routes.contains(to("2001:db8:1::/48")));
}

TEST_P(NetworkContract, LooksOnlyAtWhatTheScopeNames) {
  plug_in("eth0");
  const auto seen = host().kernel().observe(kIpvsOnly);
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->state.links.empty());
}

}  // namespace
}  // namespace hawser::contract
