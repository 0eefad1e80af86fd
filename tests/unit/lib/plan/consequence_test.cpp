// What a plan costs beside what its steps say.
#include "lib/plan/consequence.h"

#include <gmock/gmock.h>

#include "lib/plan/plan.h"
#include "lib/plan/simulate.h"
#include "tests/unit/lib/plan/world.h"

namespace hawser::world {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using Lines = std::vector<std::string>;

void simulate_all(State& state, const std::vector<Step>& steps) {
  for (const auto& step : steps) simulate(state, step);
}

constexpr std::uint8_t kRouterAdvertisement = 9;

const MacAddress kMac0 = mac("52:54:00:00:53:10");
const MacAddress kMac1 = mac("52:54:00:00:53:11");

// Two cards; eth0 carries what a host has that nobody moved to Hawser yet.
Observed host_of_cards() {
  Observed before;
  auto& links = before.state.links;
  links["eth0"] = card(true);
  links["eth1"] = card(false);
  links["eth0"].mac = kMac0;
  links["eth1"].mac = kMac1;
  links["eth0"].addresses[prefix("192.0.2.1/24")] = {};
  links["eth0"].addresses[prefix("2001:db8::5/64")] = {};
  links["eth0"].addresses[prefix("fe80::1/64")] = {};
  before.state.routes[route_to("0.0.0.0/0")] = route("eth0", "192.0.2.9", kBoot);
  before.state.routes[route_to("::/0", 1024)] = route("eth0", "2001:db8::9", kBoot);
  before.state.routes[route_to("192.0.2.0/24")] = route("eth0", {}, 2);
  return before;
}

// A bond of two, with a VLAN and addresses.
Observed host_of_a_bond() {
  Observed before;
  auto& links = before.state.links;
  for (const auto* name : {"eth0", "eth1"}) {
    links[name] = card(true);
    links[name].master = "bond0";
    before.links[name].port = PortStatus{};
  }
  before.links["eth0"].port->permanent_mac = kMac0;
  before.links["eth1"].port->permanent_mac = kMac1;
  links["bond0"] = bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  links["front"] = vlan("bond0", 100);
  for (const auto* name : {"bond0", "eth0", "eth1", "front"}) {
    links[name].mac = kMac1;
    links[name].mtu = 1500;
  }
  links["bond0"].addresses[prefix("192.0.2.11/24")] = owned_by(kNetd);
  links["front"].addresses[prefix("203.0.113.11/24")] = owned_by(kNetd);
  return before;
}

Lines told(const Observed& before, const std::vector<Step>& steps) {
  Lines text;
  for (const auto& consequence : consequences(before, steps)) text.push_back(describe(consequence));
  return text;
}

std::vector<Step> into_a_bond() {
  State desired;
  desired.links["bond0"] = bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  desired.links["bond0"].addresses[prefix("192.0.2.1/24")] = {};
  return plan(wanting(desired), host_of_cards().state);
}

TEST(Consequences, SayWhatACardThatBecomesAPortLoses) {
  EXPECT_THAT(
      told(host_of_cards(), into_a_bond()),
      UnorderedElementsAre("eth0: loses address 2001:db8::5/64", "eth0: loses route default via 192.0.2.9",
                           "eth0: loses route IPv6 default via 2001:db8::9"));
}

TEST(Consequences, SayNothingOfWhatThePlanPutsBackOrRemovesByItself) {
  auto desired = host_of_cards().state;
  desired.links.erase("eth0");
  desired.links.erase("eth1");
  desired.routes.clear();
  desired.links["bond0"] = bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  desired.links["bond0"].addresses = {{prefix("192.0.2.1/24"), {}}, {prefix("2001:db8::5/64"), {}}};
  desired.routes[route_to("0.0.0.0/0")] = route("bond0", "192.0.2.9");
  desired.routes[route_to("::/0", 1024)] = route("bond0", "2001:db8::9");
  EXPECT_THAT(told(host_of_cards(), plan(wanting(desired), host_of_cards().state)), IsEmpty());
  EXPECT_THAT(told(host_of_cards(), {RemoveAddress{"eth0", prefix("2001:db8::5/64")}}), IsEmpty());
}

TEST(Consequences, SayWhatARouterWillAdvertiseAgain) {
  auto before = host_of_cards();
  before.state.links["eth0"].addresses[prefix("2001:db8::5/64")].protocol = 2;
  before.state.routes[route_to("::/0", 1024)] = route("eth0", "fe80::9", kRouterAdvertisement);
  EXPECT_THAT(told(before, {SetLinkUp{"eth0", false}}),
              ElementsAre("eth0: loses address 2001:db8::5/64, until a router advertises it again",
                          "eth0: loses route default via 192.0.2.9",
                          "eth0: loses route IPv6 default via fe80::9, until a router advertises it again"));
}

TEST(Consequences, FollowADeletedDeviceToTheVlansOnItAndToEveryTable) {
  auto before = host_of_a_bond();
  auto key = route_to("198.51.100.0/24", 5);
  key.table = 100;
  before.state.routes[key] = route("front", "203.0.113.1", kBoot);
  EXPECT_THAT(told(before, {DeleteLink{"bond0", LinkKind::kBond}}),
              ElementsAre("bond0: loses address 192.0.2.11/24", "front: loses address 203.0.113.11/24",
                          "front: loses route 198.51.100.0/24 table 100 metric 5 via 203.0.113.1"));
}

TEST(Consequences, SayWhichRoutesOfOtherDevicesGoWithTheirSource) {
  auto before = host_of_cards();
  before.state.links["eth1"].up = true;
  before.state.routes[route_to("198.51.100.0/24")] = route("eth1", {}, kBoot);
  before.state.routes[route_to("198.51.100.0/24")].source = ip("192.0.2.1");
  EXPECT_THAT(
      told(before, {RemoveAddress{"eth0", prefix("192.0.2.1/24")}}),
      UnorderedElementsAre("eth0: loses route default via 192.0.2.9", "eth1: loses route 198.51.100.0/24"));
}

TEST(Consequences, KnowThatIpv6EndsBelowAnMtuOf1280) {
  EXPECT_THAT(
      told(host_of_cards(), {SetMtu{"eth0", 1500, 1279}}),
      ElementsAre("eth0: loses address 2001:db8::5/64", "eth0: loses route IPv6 default via 2001:db8::9"));
  EXPECT_THAT(told(host_of_cards(), {SetMtu{"eth0", 1500, 1280}}), IsEmpty());
}

TEST(Consequences, OfASmallMtuAreNotPlannedAgainst) {
  State desired;
  desired.links["eth0"] = card(true);
  desired.links["eth0"].mtu = 1279;
  desired.links["eth0"].addresses[prefix("192.0.2.1/24")] = {};
  const auto before = host_of_cards();
  const auto steps = plan(wanting(desired), before.state);
  EXPECT_THAT(lines(steps), ElementsAre("eth0: set mtu 1500 -> 1279"));
  EXPECT_THAT(told(before, steps), testing::SizeIs(2));
}

TEST(Consequences, SayThatARouteWithSeveralWaysLosesOne) {
  auto before = host_of_cards();
  before.state.links["eth1"].up = true;
  auto both = route("eth0", {}, kBoot);
  both.rest = RouteRest(KernelRoute{{}, {{"eth0", {0, 0}}, {"eth1", {0, 0}}}, 0, 0});
  before.state.routes[route_to("198.51.100.0/24")] = both;
  before.state.routes[route_to("2001:db8:9::/48", 1024)] = both;
  before.state.links["eth0"].kind = LinkKind::kDummy;
  const auto lines = told(before, {DeleteLink{"eth0", LinkKind::kDummy}});
  EXPECT_THAT(lines, testing::Contains("eth0: loses route 198.51.100.0/24 over eth0, eth1"));
  EXPECT_THAT(lines, testing::Contains("eth0: route 2001:db8:9::/48 over eth0, eth1 loses a way"));
  EXPECT_THAT(told(before, {SetLinkUp{"eth1", false}}), IsEmpty()) << "they live while one way does";
}

TEST(Consequences, SayThatANextHopObjectDoesNotComeBack) {
  auto before = host_of_cards();
  auto& one = before.state.routes[route_to("198.51.100.0/24")];
  one = route("eth0", "192.0.2.7", kBoot);
  one.rest = RouteRest(KernelRoute{{}, {}, 0, 7});
  const std::vector<Step> steps{SetLinkUp{"eth0", false}, SetLinkUp{"eth0", true},
                                AddRoute{route_to("198.51.100.0/24"), one}};
  EXPECT_THAT(told(before, steps),
              testing::Contains("eth0: route 198.51.100.0/24 via 192.0.2.7 comes back without its next-hop "
                                "object 7, which goes with the device"));
}

TEST(Consequences, SayWhichMacABondWillHaveWhenItsPortsLeaveAndComeBack) {
  const auto before = host_of_a_bond();
  const std::vector<Step> other_first{SetMaster{"eth0", "bond0", {}}, SetMaster{"eth1", "bond0", {}},
                                      SetMaster{"eth0", {}, "bond0"}, SetMaster{"eth1", {}, "bond0"}};
  EXPECT_THAT(
      told(before, other_first),
      ElementsAre("bond0: mac changes from 52:54:00:00:53:11 to 52:54:00:00:53:10: neighbours are told",
                  "front: mac changes from 52:54:00:00:53:11 to 52:54:00:00:53:10: neighbours are told"));
  const std::vector<Step> lender_first{SetMaster{"eth0", "bond0", {}}, SetMaster{"eth1", "bond0", {}},
                                       SetMaster{"eth1", {}, "bond0"}, SetMaster{"eth0", {}, "bond0"}};
  EXPECT_THAT(told(before, lender_first), IsEmpty());
  EXPECT_THAT(told(before, {SetMaster{"eth0", "bond0", {}}}), IsEmpty()) << "a port is left: the MAC stays";
}

TEST(Consequences, SayThatAnAddressMovesToAnotherMac) {
  auto before = host_of_cards();
  const std::vector<Step> steps{RemoveAddress{"eth0", prefix("192.0.2.1/24")},
                                AddAddress{"eth1", prefix("192.0.2.1/24"), {}}};
  EXPECT_THAT(told(before, steps),
              testing::Contains("eth1: 192.0.2.1/24 from eth0 changes its mac from 52:54:00:00:53:10 to "
                                "52:54:00:00:53:11: neighbours are told"));
}

// With fail_over_mac = "follow" nobody can give the bond another: then it is said.
TEST(Consequence, ABondThatKeepsTheMacOfACardThatLeavesIsSaid) {
  const auto before = host_of_a_bond();
  const std::vector<Step> lender_leaves{SetMaster{"eth1", "bond0", {}}};
  EXPECT_THAT(
      told(before, lender_leaves),
      ElementsAre("bond0: keeps mac 52:54:00:00:53:11, which eth1 has as well: give one of them another "
                  "(mac = \"..\")"));
  const std::vector<Step> with_another{SetMaster{"eth1", "bond0", {}}, SetMac{"bond0", kMac1, kMac0}};
  EXPECT_THAT(
      told(before, with_another),
      ElementsAre("bond0: mac changes from 52:54:00:00:53:11 to 52:54:00:00:53:10: neighbours are told",
                  "front: mac changes from 52:54:00:00:53:11 to 52:54:00:00:53:10: neighbours are told"));
}

// Whoever holds it announces it.
TEST(Consequences, OfAPortThatBecomesSmallerAreItsVlansToo) {
  auto before = host_of_cards();
  before.state.links["eth1"].mtu = 9000;
  before.state.links["v5"] = vlan("eth1", 5);
  before.state.links["v5"].mtu = 9000;
  before.state.links["v5"].mac = kMac1;
  const std::vector<Step> steps{LinkStep{CreateLink{"bond0", bond(BondMode::kActiveBackup, {})}},
                                LinkStep{SetMaster{"eth1", "", "bond0"}}};
  EXPECT_THAT(told(before, steps), ElementsAre("v5: mtu goes from 9000 to 1500, the most that eth1 has"));
}

TEST(Consequences, LeaveAFloatingAddressToVipd) {
  auto before = host_of_cards();
  auto& addresses = before.state.links["eth0"].addresses;
  addresses = {{prefix("192.0.2.100/32"), {}}};
  addresses.begin()->second.protocol = static_cast<std::uint8_t>(Owner::kVipd);
  const std::vector<Step> steps{SetMac{"eth0", kMac0, mac("52:54:00:00:53:12")}};
  EXPECT_THAT(told(before, steps), IsEmpty());
  addresses.begin()->second.protocol = 0;
  EXPECT_EQ(told(before, steps).size(), 1U);
}

// The ports get their own MACs back with the bond's end, and lend the next one theirs.
TEST(Consequences, OfABondThatGetsAnotherNameAreNoOtherMac) {
  const auto before = host_of_a_bond();
  const std::vector<Step> steps{DeleteLink{"front", LinkKind::kVlan},
                                DeleteLink{"bond0", LinkKind::kBond},
                                CreateLink{"bondX", bond(BondMode::kActiveBackup, {})},
                                SetMaster{"eth1", {}, "bondX"},
                                SetMaster{"eth0", {}, "bondX"},
                                SetLinkUp{"bondX", true},
                                AddAddress{"bondX", prefix("192.0.2.11/24"), owned_by(kNetd)}};
  EXPECT_THAT(told(before, steps), ElementsAre("front: loses address 203.0.113.11/24"));
}

// What others put on a bond of ours goes with it; the plan names VLANs only, and not whose they are.
TEST(LostLinks, AreWhatSitsOnADeletedDeviceAndWasNotMadeByUs) {
  auto before = host_of_a_bond();
  const auto sits_on = [&](const std::string& name, const std::string& kind, const std::string& lower) {
    before.links[name].kind = kind;
    before.links[name].lower = lower;
  };
  sits_on("front", "vlan", "bond0");
  sits_on("alien", "vlan", "bond0");
  sits_on("mac0", "macvlan", "alien");
  sits_on("peer", "veth", "bond0");
  sits_on("other", "vlan", "eth9");
  const std::vector<Step> steps{DeleteLink{"alien", LinkKind::kVlan}, DeleteLink{"front", LinkKind::kVlan},
                                DeleteLink{"bond0", LinkKind::kBond}};
  Lines lines;
  for (const auto& lost : lost_links(before, steps, {"bond0", "front"})) lines.push_back(describe(lost));
  EXPECT_THAT(lines, UnorderedElementsAre("alien: goes with bond0, though netd did not make it",
                                          "mac0: goes with alien, though netd did not make it"));
}

TEST(LostLinks, AreNotWhatTheSamePlanMakesAgain) {
  auto before = host_of_a_bond();
  before.links["front"].kind = "vlan";
  before.links["front"].lower = "bond0";
  const std::vector<Step> steps{DeleteLink{"front", LinkKind::kVlan}, DeleteLink{"bond0", LinkKind::kBond},
                                CreateLink{"bond0", bond(BondMode::kActiveBackup, {})},
                                CreateLink{"front", vlan("bond0", 100)}};
  EXPECT_THAT(lost_links(before, steps, {}), IsEmpty());
}

TEST(Consequences, OfADeletedDeviceAreTheAddressesOfWhatSitsOnIt) {
  auto before = host_of_a_bond();
  before.state.links["mac0"].addresses[prefix("198.51.100.7/24")] = {};
  before.links["mac0"].kind = "macvlan";
  before.links["mac0"].lower = "bond0";
  Lines lines;
  for (const auto& cost : consequences(before, {DeleteLink{"bond0", LinkKind::kBond}}))
    lines.push_back(describe(cost));
  EXPECT_THAT(lines, testing::Contains("mac0: loses address 198.51.100.7/24"));
}

TEST(Consequences, NameTheAddressThatVipdHolds) {
  auto before = host_of_a_bond();
  before.state.links["bond0"].addresses[prefix("192.0.2.100/24")] = owned_by(kVipd);
  Lines lines;
  for (const auto& cost : consequences(before, {DeleteLink{"bond0", LinkKind::kBond}}))
    lines.push_back(describe(cost));
  EXPECT_THAT(lines, testing::Contains("bond0: loses address 192.0.2.100/24, which vipd holds"));
}

// An address that others have on a second device stays there, and has not moved.
TEST(Consequences, AreNoneForAnAddressThatIsAlsoElsewhere) {
  auto before = host_of_cards();
  before.state.links["eth1"].up = true;
  const std::vector<Step> steps{AddAddress{"eth1", prefix("192.0.2.1/24"), owned_by(kNetd)}};
  EXPECT_THAT(consequences(before, steps), IsEmpty());
  simulate_all(before.state, steps);
  EXPECT_THAT(consequences(before, {AddRoute{route_to("198.51.100.0/24"), route("eth1", {}, kBoot)}}),
              IsEmpty());
}

}  // namespace
}  // namespace hawser::world
