#include "bondctl/change/migrate.h"

#include "tests/unit/bondctl/bond_host.h"

namespace hawser::bondctl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class BondMigrate : public BondHost {
 protected:
  BondMigrate() {
    card("eth0", "52:54:00:00:00:10");
    card("eth1", "52:54:00:00:00:11");
    address("eth0", "192.0.2.1/24");
  }
  Address& address(const std::string& device, const std::string& prefix) {
    auto& address = there.state.links.at(device).addresses[*Prefix::parse(prefix)];
    address.place.value = ++places_;
    return address;
  }
  Route& route(const std::string& to, const std::string& device, std::uint32_t table = 254) {
    RouteKey key;
    key.table = table;
    key.to = *Prefix::parse(to);
    if (key.to.address.is_v6()) key.metric = kIpv6UserMetric;
    auto& route = there.state.routes[key];
    route.device = device;
    route.protocol = 3;
    return route;
  }
  void vlan(const std::string& name, const std::string& on, std::uint16_t id) {
    card(name, "52:54:00:00:00:10");
    auto& link = there.state.links.at(name);
    link.kind = LinkKind::kVlan;
    link.vlan = Vlan{on, id};
    there.links.at(name).kind = "vlan";
    there.links.at(name).lower = on;
  }
  [[nodiscard]] Change migrate(const std::vector<std::string>& with = {"eth1"},
                               const std::vector<std::string>& settings = {}) const {
    return bondctl::migrate(there, {"eth0", "bond0", with, settings}, {});
  }

  std::uint32_t places_ = 0;
};

TEST_F(BondMigrate, TheOthersJoinAndHaveACarrierBeforeTheInterfaceIsTakenDown) {
  auto& gateway = route("0.0.0.0/0", "eth0");
  gateway.via = *IpAddress::parse("192.0.2.254");
  EXPECT_THAT(plan_of(migrate()),
              ElementsAre("bond0: create bond active-backup, miimon 100ms, mtu 1500, mac 52:54:00:00:00:10",
                          "eth1: set down", "bond0: add port eth1", "carriers", "eth0: set down",
                          "eth0: remove address 192.0.2.1/24", "bond0: add port eth0", "bond0: set up",
                          "bond0: add address 192.0.2.1/24", "route default via 192.0.2.254 dev bond0: add",
                          "bond0: active eth0"));
}

TEST_F(BondMigrate, AloneItIsABondOfOne) {
  EXPECT_THAT(plan_of(migrate({})),
              ElementsAre("bond0: create bond active-backup, miimon 100ms, mtu 1500, mac 52:54:00:00:00:10",
                          "eth0: set down", "eth0: remove address 192.0.2.1/24", "bond0: add port eth0",
                          "bond0: set up", "bond0: add address 192.0.2.1/24"));
}

TEST_F(BondMigrate, ItsMtuMacAndSettingsAreTheBonds) {
  there.state.links["eth0"].mtu = 9000;
  const auto change = migrate({}, {"mode=802.3ad", "lacp_rate=fast"});
  EXPECT_THAT(plan_of(change),
              Contains("bond0: create bond 802.3ad, lacp_rate fast, mtu 9000, mac 52:54:00:00:00:10"));
  EXPECT_THAT(migrate({}, {"mode=7"}).problems, ElementsAre(HasSubstr("mode")));
  EXPECT_THAT(migrate({}, {"ports=eth1"}).problems, ElementsAre(HasSubstr("ports: write --with PORT,PORT")));
}

// Until it has passed duplicate address detection an address answers nobody; ours is no duplicate.
TEST_F(BondMigrate, IPv6AddressesAnswerAtOnceAndEndAsTheyWere) {
  address("eth0", "2001:db8::1/64");
  address("eth0", "fe80::1/64").protocol = 3;
  const auto lines = plan_of(migrate({}));
  EXPECT_THAT(lines, Contains("bond0: add address 2001:db8::1/64, no_dad on"));
  EXPECT_THAT(lines.back(), "bond0: change address 2001:db8::1/64: no_dad on -> off");
  EXPECT_THAT(lines, Not(Contains(HasSubstr("add address fe80"))));
}

// From the first address of a subnet others are called.
TEST_F(BondMigrate, AddressesKeepTheirOrder) {
  there.state.links["eth0"].addresses.clear();
  address("eth0", "192.0.2.9/24");
  address("eth0", "192.0.2.5/24");
  std::vector<std::string> added;
  for (const auto& line : plan_of(migrate({})))
    if (line.find("add address") != std::string::npos) added.push_back(line);
  EXPECT_THAT(added, ElementsAre("bond0: add address 192.0.2.9/24", "bond0: add address 192.0.2.5/24"));
}

TEST_F(BondMigrate, RoutesOfEveryTableMove) {
  route("203.0.113.0/24", "eth0", 77).via = *IpAddress::parse("192.0.2.8");
  route("198.51.100.0/24", "eth1");
  route("192.0.2.0/24", "eth0").protocol = 2;  // the kernel makes it for the bond
  const auto lines = plan_of(migrate({}));
  EXPECT_THAT(lines, Contains("route 203.0.113.0/24 table 77 via 192.0.2.8 dev bond0: add"));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("198.51.100.0/24"))));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("192.0.2.0/24"))));
}

TEST_F(BondMigrate, AWayOfSeveralMoves) {
  auto& both = route("203.0.113.0/24", "eth0");
  KernelRoute ways;
  ways.hops = {{"eth0", {}}, {"eth1", {}}};
  both.rest = RouteRest(ways);
  const auto change = migrate({});
  const auto& moved = change.desired.state.routes.begin()->second;
  EXPECT_THAT(devices_of(moved), ElementsAre("bond0", "eth1"));
}

// A nexthop object goes when its device goes down, and no route by way of it can be added again.
TEST_F(BondMigrate, AWayOfANexthopObjectMovesWithoutTheObject) {
  auto& one = route("203.0.113.0/24", "eth0");
  one.via = *IpAddress::parse("192.0.2.254");
  KernelRoute rest;
  rest.nexthop_id = 7;
  one.rest = RouteRest(rest);
  const auto change = migrate({});
  EXPECT_THAT(plan_of(change), Contains(HasSubstr("route 203.0.113.0/24 via 192.0.2.254 dev bond0")));
  EXPECT_EQ(change.desired.state.routes.begin()->second.rest->nexthop_id, 0U);
  EXPECT_THAT(change.notes,
              ElementsAre("bond0: the route to 203.0.113.0/24 leads there by itself from now on: "
                          "its next-hop object 7 goes with eth0"));
}

TEST_F(BondMigrate, PortsAreKnownByAllTheirNames) {
  there.links["eth0"].altnames = {"front"};
  there.links["eth1"].altnames = {"back"};
  EXPECT_EQ(plan_of(bondctl::migrate(there, {"front", "bond0", {"back"}, {}}, {})), plan_of(migrate()));
  EXPECT_EQ(
      plan_of(bondctl::migrate(there, {"mac:52:54:00:00:00:10", "bond0", {"mac:52:54:00:00:00:11"}, {}}, {})),
      plan_of(migrate()));
}

// NetworkManager puts the route to a subnet there itself, in the kernel's name.
TEST_F(BondMigrate, ASubnetWithoutItsRouteGetsItAsOfHand) {
  there.state.links["eth0"].addresses.clear();
  address("eth0", "192.0.2.1/24").no_prefix_route = true;
  auto& subnet = route("192.0.2.0/24", "eth0");
  subnet.protocol = 2;
  subnet.source = *IpAddress::parse("192.0.2.1");
  EXPECT_THAT(plan_of(migrate({})), Contains(HasSubstr("192.0.2.0/24 dev bond0: add")));
}

TEST_F(BondMigrate, VlansAreMadeAnewOnTheBondWithAllTheyHave) {
  vlan("v5", "eth0", 5);
  address("v5", "2001:db8:5::1/64");
  address("v5", "198.51.100.1/24");
  route("203.0.113.0/24", "v5").via = *IpAddress::parse("198.51.100.9");
  vlan("v5.6", "v5", 6);
  address("v5.6", "2001:db8:6::1/64");
  const auto lines = plan_of(migrate({}));
  EXPECT_THAT(lines,
              testing::IsSupersetOf(
                  {"v5: delete vlan", "v5: create vlan 5 on bond0, mtu 1500",
                   "v5: add address 198.51.100.1/24", "v5: add address 2001:db8:5::1/64, no_dad on",
                   "v5: change address 2001:db8:5::1/64: no_dad on -> off",
                   "v5.6: create vlan 6 on v5, mtu 1500", "v5.6: add address 2001:db8:6::1/64, no_dad on",
                   "route 203.0.113.0/24 via 198.51.100.9 dev v5: add"}))
      << testing::PrintToString(lines);
}

TEST_F(BondMigrate, WhatAVlanLosesOnTheWayIsSaid) {
  vlan("v5", "eth0", 5);
  EXPECT_THAT(migrate().notes, testing::IsEmpty());
  there.links["v5"].unsaid = {"gvrp", "alias"};
  EXPECT_THAT(migrate().notes,
              ElementsAre("v5: it is made anew on bond0, without what is to be set again: gvrp, alias"));
}

TEST_F(BondMigrate, WhatCannotMoveIsRefused) {
  there.links["mv0"].kind = "macvlan";
  there.links["mv0"].lower = "eth0";
  there.state.links["mv0"];
  address("eth0", "192.0.2.100/32").protocol = 202;
  EXPECT_THAT(migrate().problems,
              ElementsAre(HasSubstr("eth0: migrate: mv0, a macvlan, stands on it and cannot move along"),
                          HasSubstr("vipd holds 192.0.2.100/32 on it")));
  EXPECT_THAT(bondctl::migrate(there, {"eth9", "bond0", {}, {}}, {}).problems,
              ElementsAre("eth9: migrate: no such device: 'ip link' lists those there are"));
}

TEST_F(BondMigrate, WhatIsInABridgeStaysThere) {
  there.state.links["br0"].kind = LinkKind::kOther;
  vlan("v5", "eth0", 5);
  there.state.links["v5"].master = "br0";
  EXPECT_THAT(migrate().problems, ElementsAre(HasSubstr("v5: migrate: it is in br0: take it out first")));
}

TEST_F(BondMigrate, TheVrfIsTheBonds) {
  there.state.links["blue"].kind = LinkKind::kVrf;
  there.state.links["blue"].vrf_table = 10;
  there.state.links["eth0"].master = "blue";
  EXPECT_THAT(plan_of(migrate({})),
              testing::IsSupersetOf({"blue: remove port eth0", "blue: add port bond0"}));
}

TEST_F(BondMigrate, PortsThatAreToJoinAreNotRobbed) {
  address("eth1", "198.51.100.1/24");
  EXPECT_THAT(
      migrate().problems,
      ElementsAre("bond0: add port eth1: it has addresses, such as 198.51.100.1/24, which a port cannot "
                  "use: 'bondctl migrate eth1 --into bond0 --confirm 60s' gives them to the bond, with "
                  "the routes and VLANs of eth1"));
}

// A session goes over it from now on.
TEST_F(BondMigrate, IntoABondThatIsDownTheBondComesUp) {
  bond(BondMode::kActiveBackup, {"eth1"});
  there.state.links["bond0"].up = false;
  EXPECT_THAT(plan_of(migrate({})), Contains("bond0: set up"));
}

TEST_F(BondMigrate, IntoABondThatIsThereTheBondKeepsWhatItHas) {
  card("eth2", "52:54:00:00:00:12");
  bond(BondMode::kActiveBackup, {"eth1", "eth2"});
  address("bond0", "198.51.100.1/24");
  EXPECT_THAT(plan_of(migrate({})), ElementsAre("eth0: set down", "eth0: remove address 192.0.2.1/24",
                                                "bond0: add port eth0", "bond0: add address 192.0.2.1/24"));
  there.state.links["eth0"].master = "bond0";
  EXPECT_THAT(migrate({}).problems, ElementsAre("eth0: migrate: it is in bond0 already"));
}

TEST_F(BondMigrate, WhatOthersMustKnowIsSaid) {
  there.state.links["eth0"].addresses.clear();
  address("eth0", "192.0.2.7/24").preferred_lifetime = 3600;
  auto& by_router = address("eth0", "2001:db8::77/64");
  by_router.protocol = 2;
  by_router.preferred_lifetime = 600;
  const auto change = migrate({});
  EXPECT_THAT(change.notes, ElementsAre(HasSubstr("192.0.2.7/24 has a lifetime: who gave it (DHCP?)"),
                                        HasSubstr("2001:db8::77/64 came from a router")));
  EXPECT_THAT(plan_of(change), testing::IsSupersetOf({"bond0: add address 192.0.2.7/24",
                                                      "bond0: add address 2001:db8::77/64, no_dad on"}));
}

TEST_F(BondMigrate, APrimaryThatWasAskedForIsTheActivePort) {
  for (const auto& stage : migrate({"eth1"}, {"primary=eth1"}).then) EXPECT_FALSE(stage.role);
}

}  // namespace
}  // namespace hawser::bondctl
