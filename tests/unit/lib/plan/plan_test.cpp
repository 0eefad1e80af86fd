// The planner's rules, one test each; whole plans as people read them are in tests/golden.
#include "lib/plan/plan.h"

#include <gmock/gmock.h>

#include "lib/state/bond_options.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/plan/host.h"

namespace hawser::world {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

TEST(Plan, IsEmptyWhenAllIsAsDesired) {
  EXPECT_THAT(plan_of(host(), host()), IsEmpty());
}

TEST(Plan, LeavesOpenMtuAndMacAsTheyAre) {
  auto desired = host();
  desired.links["bond0"].mtu.reset();
  desired.links["bond0"].mac.reset();
  EXPECT_THAT(plan_of(desired, host()), IsEmpty());
  desired.links["eth0"].mtu.reset();  // a port's is its bond's
  desired.links["eth1"].mtu.reset();
  desired.links["bond0"].mtu = 9000;
  EXPECT_THAT(plan_of(desired, host()), ElementsAre("bond0: set mtu 1500 -> 9000"));
}

// As a file has it: the ports are names in the bond, not devices with sections of their own.
State host_without_ports() {
  auto state = host();
  state.links.erase("eth0");
  state.links.erase("eth1");
  return state;
}

TEST(Plan, OpensAPortThatSomebodySetDown) {
  auto observed = host();
  observed.links["eth1"].up = false;
  EXPECT_THAT(plan_of(host_without_ports(), observed), ElementsAre("eth1: set up"));
  auto desired = host_without_ports();
  desired.links["eth1"] = card(false);  // the file says so
  EXPECT_THAT(plan_of(desired, observed), IsEmpty());
}

TEST(Plan, GivesAPortTheMtuThatTheFileGivesItsBond) {
  auto observed = host();
  observed.links["eth1"].mtu = 1400;
  EXPECT_THAT(plan_of(host_without_ports(), observed), ElementsAre("eth1: set mtu 1400 -> 1500"));
  auto desired = host_without_ports();
  desired.links["bond0"].mtu.reset();
  EXPECT_THAT(plan_of(desired, observed), IsEmpty());
}

TEST(Plan, LeavesThePortsOfABondThatTheFileDoesNotName) {
  auto observed = host();
  observed.links["bond7"] = bond(BondMode::kBalanceRr, {"eth3"});
  observed.links["eth3"] = card(false);
  observed.links["eth3"].master = "bond7";
  EXPECT_THAT(plan_of(host(), observed), IsEmpty());
  auto desired = host();
  desired.links["bond7"] = card(true);  // kind = "physical": whatever device is there
  desired.links["bond7"].mtu.reset();
  EXPECT_THAT(plan_of(desired, observed), IsEmpty());
}

TEST(Plan, VipdLeavesThePortsOfTheBondThatItsAddressesAreOn) {
  Desired desired;
  desired.owner = Owner::kVipd;
  desired.state.links["bond0"].addresses[prefix("203.0.113.100/32")] = owned_by(kVipd);
  auto observed = host();
  observed.links["eth1"].up = false;
  EXPECT_THAT(lines(plan(desired, observed)), ElementsAre("bond0: add address 203.0.113.100/32"));
}

TEST(Plan, LeavesVipdsAddressOnACardThatBecomesAPort) {
  auto observed = host();
  observed.links["eth2"].addresses[prefix("203.0.113.100/32")] = owned_by(kVipd);
  observed.links["eth2"].addresses[prefix("203.0.113.12/24")] = {};
  auto desired = host_without_ports();
  desired.links["bond0"].bond->ports["eth2"] = {};
  desired.links.erase("eth2");
  EXPECT_THAT(plan_of(desired, observed),
              ElementsAre("eth2: remove address 203.0.113.12/24", "bond0: add port eth2"));
}

TEST(Plan, LeavesWhatTheFileDoesNotName) {
  auto observed = host();
  observed.links["wg0"] = of_kind(LinkKind::kOther);
  observed.links["bond7"] = bond(BondMode::kBalanceRr, {});
  observed.links["bond7"].addresses[prefix("198.51.100.7/24")] = {};
  observed.routes[route_to("198.51.100.128/25")] = route("bond7", {}, kBoot);
  EXPECT_THAT(plan_of(host(), observed), IsEmpty());
}

TEST(Plan, RemovesOurAddressesAndRoutesWhereverTheyAre) {
  auto observed = host();
  observed.links["eth2"].up = true;
  observed.links["eth2"].addresses[prefix("198.51.100.1/24")] = owned_by(kNetd);
  observed.routes[route_to("198.51.100.128/25")] = route("eth2", {}, kNetd);
  auto desired = host();
  desired.links.erase("eth2");
  EXPECT_THAT(plan_of(desired, observed), ElementsAre("eth2: remove address 198.51.100.1/24"));
  observed.links["eth2"]
      .addresses[prefix("203.0.113.1/32")] = {};  // IPv4 stays enabled, so the route stays too
  EXPECT_THAT(plan_of(desired, observed), ElementsAre("eth2: remove address 198.51.100.1/24",
                                                      "route 198.51.100.128/25 dev eth2: remove"));
}

TEST(Plan, NeverTouchesAVipdAddress) {
  auto observed = host();
  observed.links["front"].addresses[prefix("203.0.113.100/32")] = owned_by(kVipd);
  EXPECT_THAT(plan_of(host(), observed), IsEmpty());
  auto desired = host();
  desired.links["front"].addresses[prefix("203.0.113.100/32")] = owned_by(kNetd);
  EXPECT_THAT(plan_of(desired, observed), IsEmpty());
}

TEST(Plan, DoesNotBringBackAVipThatVipdMayHaveGivenUp) {
  auto observed = host();
  observed.links["bond0"].bond->mode = BondMode::kBalanceXor;
  observed.links["front"].addresses[prefix("2001:db8::100/128")] = owned_by(kVipd);
  observed.links["front"].addresses[prefix("2001:db8::5/64")] = {};
  const auto steps = plan_of(host(), observed);
  EXPECT_THAT(steps, Contains("front: add address 2001:db8::5/64"));
  EXPECT_THAT(steps, Not(Contains("front: add address 2001:db8::100/128")));
}

TEST(Plan, VipdPlansAddressesOnlyNeverTheLink) {
  Desired desired;
  desired.owner = Owner::kVipd;
  desired.state.links["front"].addresses[prefix("203.0.113.100/32")] = {};
  auto observed = host();
  observed.links["front"].addresses[prefix("203.0.113.101/32")] = owned_by(kVipd);
  EXPECT_THAT(lines(plan(desired, observed)),
              ElementsAre("front: add address 203.0.113.100/32", "front: remove address 203.0.113.101/32"));
}

TEST(Plan, CommandLineWithoutANumberRemovesNothingThatItDoesNotName) {
  const Desired desired{.state = host(), .owner = Owner::kNone, .journal = {}};
  auto observed = host();
  observed.links["front"].addresses[prefix("203.0.113.100/32")] = owned_by(kNetd);
  EXPECT_THAT(lines(plan(desired, observed)), IsEmpty());
}

TEST(Plan, ComparesNoOptionThatTheModeDoesNotTake) {
  auto observed = host();
  observed.links["bond0"].bond->set(BondOption::kLacpRate, 1);
  observed.links["bond0"].bond->set(BondOption::kPacketsPerSlave, 9);
  observed.links["bond0"].bond->ad_actor_system = mac("02:00:5e:00:53:01");
  EXPECT_THAT(plan_of(host(), observed), IsEmpty());
}

TEST(Plan, ComparesNoDelayWithoutTheMonitorThatCountsIt) {
  auto desired = host();
  auto& wanted = *desired.links["bond0"].bond;
  wanted.set(BondOption::kMiimon, 0);
  wanted.set(BondOption::kArpInterval, 100);
  wanted.arp_ip_target = {ip("192.0.2.254")};
  auto observed = desired;
  observed.links["bond0"].bond->set(BondOption::kUpdelay, 200);
  EXPECT_THAT(plan_of(desired, observed), IsEmpty());
}

TEST(Plan, TakesNoPortOutOfABridgeOrBondOfSomebodyElse) {
  auto desired = host();
  desired.links["bond0"].bond->ports["eth2"] = {};
  desired.links.erase("eth2");
  for (const auto kind : {LinkKind::kOther, LinkKind::kBond, LinkKind::kVrf}) {
    auto observed = host();
    observed.links["br0"] = of_kind(kind);
    if (kind == LinkKind::kBond) observed.links["br0"] = bond(BondMode::kBalanceRr, {"eth2"});
    observed.links["eth2"].master = "br0";
    observed.links["eth2"].up = true;
    EXPECT_THAT(plan_of(desired, observed), IsEmpty());
    const auto foreign = foreign_in_the_way(wanting(desired), observed);
    ASSERT_EQ(foreign.size(), 1U);
    EXPECT_EQ(foreign.front().object, "bond0 port eth2");
    EXPECT_EQ(foreign.front().why.text,
              "bond0: add port eth2: it is in br0, which netd did not make: take it out (ip link set eth2 "
              "nomaster) or change the file");
  }
}

TEST(Plan, TakesAPortOutOfABondThatItMadeItself) {
  auto desired = host();
  desired.links["bond0"].bond->ports["eth2"] = {};
  desired.links.erase("eth2");
  auto observed = host();
  observed.links["bond7"] = bond(BondMode::kBalanceRr, {"eth2"});
  observed.links["eth2"].master = "bond7";
  observed.links["eth2"].up = true;
  EXPECT_THAT(lines(plan(wanting(desired, {.links = {"bond7"}, .services = {}}), observed)),
              ElementsAre("bond7: delete bond", "bond0: add port eth2"));
}

TEST(Plan, LeavesANamedCardInItsBridge) {
  auto observed = host();
  observed.links["br0"] = of_kind(LinkKind::kOther);
  observed.links["eth2"].master = "br0";
  EXPECT_THAT(plan_of(host(), observed), IsEmpty());
}

TEST(Plan, LeavesANamedCardInABondOfSomebodyElse) {
  auto observed = host();
  observed.links["bond7"] = bond(BondMode::kBalanceRr, {"eth2"});
  observed.links["eth2"].master = "bond7";
  EXPECT_THAT(plan_of(host(), observed), IsEmpty());
}

TEST(Plan, AFreedPortStaysDownUnlessTheFileWantsItUp) {
  auto desired = host();
  desired.links["bond0"].bond->ports.erase("eth1");
  desired.links.erase("eth1");
  EXPECT_THAT(plan_of(desired, host()), ElementsAre("bond0: remove port eth1"));
  desired.links["eth1"] = card(true);
  EXPECT_THAT(plan_of(desired, host()), ElementsAre("bond0: remove port eth1", "eth1: set up"));
}

TEST(Plan, SwapsQueuesThroughNone) {
  auto observed = host();
  observed.links["bond0"].bond->ports = {{"eth0", {.prio = 0, .queue_id = 1}},
                                         {"eth1", {.prio = 0, .queue_id = 2}}};
  auto desired = host();
  desired.links["bond0"].bond->ports = {{"eth0", {.prio = 0, .queue_id = 2}},
                                        {"eth1", {.prio = 0, .queue_id = 1}}};
  EXPECT_THAT(plan_of(desired, observed),
              ElementsAre("bond0: set port eth0: queue_id 1 -> 0", "bond0: set port eth1: queue_id 2 -> 0",
                          "bond0: set port eth0: queue_id 0 -> 2", "bond0: set port eth1: queue_id 0 -> 1"));
}

TEST(Plan, MakesAnewOfItsOwnWhatNoMessageChanges) {
  auto observed = host();
  observed.links["red"] = of_kind(LinkKind::kVrf, 10);
  auto desired = host();
  desired.links["red"] = of_kind(LinkKind::kVrf, 11);
  EXPECT_THAT(lines(plan(wanting(desired, {.links = {"red"}, .services = {}}), observed)),
              ElementsAre("red: delete vrf", "red: create vrf, table 11", "red: set up"));
}

TEST(Plan, DeletesNothingThatSomebodyElseMadeForItsName) {
  auto desired = host();
  desired.links["dmz"] = bond(BondMode::kBalanceRr, {"eth2"});
  desired.links.erase("eth2");
  desired.routes[route_to("198.51.100.0/24")] = route("dmz", {}, kNetd);
  const std::vector<std::pair<Link, std::string>> others{
      {vlan("eth2", 7), "vlan 7 on eth2"},
      {of_kind(LinkKind::kDummy), "dummy"},
      {of_kind(LinkKind::kVrf, 10), "VRF of table 10"},
      {of_kind(LinkKind::kOther), "device of another kind"}};
  for (const auto& [there, what] : others) {
    auto observed = host();
    observed.links["dmz"] = there;
    observed.links["dmz"].addresses[prefix("198.51.100.9/24")] = {};
    EXPECT_THAT(plan_of(desired, observed), IsEmpty()) << what;
    const auto foreign = foreign_in_the_way(wanting(desired), observed);
    ASSERT_EQ(foreign.size(), 1U) << what;
    EXPECT_EQ(foreign.front().why.text,
              "dmz: is a " + what +
                  " that netd did not make: rename the section, or remove that: ip link delete dmz");
  }
  auto observed = host();
  observed.links["dmz"] = bond(BondMode::kActiveBackup, {});
  EXPECT_THAT(foreign_in_the_way(wanting(desired), observed), IsEmpty());  // a bond is taken over
}

TEST(Plan, PortsJoinInTheOrderOfTheFile) {
  auto desired = host();
  desired.links["bond1"] = bond(BondMode::kBalanceRr, {"eth2", "eth3"});
  desired.links["bond1"].bond->order.names = {"eth3", "eth2"};
  desired.links.erase("eth2");
  auto observed = host();
  observed.links["eth3"] = card();
  EXPECT_THAT(plan_of(desired, observed),
              ElementsAre("bond1: create bond balance-rr, miimon 100ms", "bond1: add port eth3",
                          "bond1: add port eth2", "bond1: set up"));
}

TEST(Plan, MovesALinkBetweenVrfsAndPutsBackWhatThatCosts) {
  auto desired = host();
  desired.links["red"] = of_kind(LinkKind::kVrf, 10);
  desired.links["front"].master = "red";
  desired.links["front"].addresses[prefix("2001:db8::5/64")] = owned_by(kNetd);
  auto observed = desired;
  observed.links["front"].master.clear();
  EXPECT_THAT(plan_of(desired, observed),
              ElementsAre("red: add port front", "front: add address 2001:db8::5/64",
                          "route default via 203.0.113.254 dev front: add"));
}

TEST(Plan, ChangesInPlaceWhatTheKernelReplaces) {
  auto observed = host();
  observed.links["front"].addresses[prefix("203.0.113.11/24")].preferred_lifetime = 0;
  EXPECT_THAT(plan_of(host(), observed),
              ElementsAre("front: change address 203.0.113.11/24: preferred_lifetime 0s -> forever"));
}

TEST(Plan, MakesAnewAnIpv4AddressWhoseScopeDiffers) {
  auto observed = host();
  observed.links["front"].addresses[prefix("203.0.113.11/24")].scope = 253;
  EXPECT_THAT(plan_of(host(), observed),
              ElementsAre("front: remove address 203.0.113.11/24", "front: add address 203.0.113.11/24",
                          "route default via 203.0.113.254 dev front: add"));
}

TEST(Plan, LeavesTheBroadcastAddressThatNoFileSays) {
  auto observed = host();
  observed.links["front"].addresses[prefix("203.0.113.11/24")].broadcast = ip("203.0.113.255");
  EXPECT_THAT(plan_of(host(), observed), IsEmpty());
}

TEST(Plan, NeverRemovesWhatTheKernelMadeItself) {
  auto observed = host();
  observed.links["front"].addresses[prefix("fe80::1/64")] = {};
  observed.routes[route_to("203.0.113.0/24")] = route("front", {}, 2);
  auto desired = host();
  desired.links["bond0"].bond->mode = BondMode::kBalanceXor;
  const auto steps = plan_of(desired, observed);
  EXPECT_THAT(steps, Not(Contains("front: add address fe80::1/64")));
  EXPECT_THAT(steps, Not(Contains("route 203.0.113.0/24 dev front: add")));
}

TEST(Plan, KeepsForeignRoutesOverAStepThatDropsThem) {
  auto observed = host();
  observed.links["bond0"].bond->mode = BondMode::kBalanceXor;
  observed.routes[route_to("198.51.100.0/24")] = route("bond0", "192.0.2.9", kBoot);
  EXPECT_THAT(plan_of(host(), observed), Contains("route 198.51.100.0/24 via 192.0.2.9 dev bond0: add"));
}

TEST(Plan, GivesUpForeignRoutesOfALinkThatTheFileWantsDown) {
  auto observed = host();
  observed.links["eth2"].up = true;
  observed.routes[route_to("198.51.100.0/24")] = route("eth2", {}, kBoot);
  EXPECT_THAT(plan_of(host(), observed), ElementsAre("eth2: set down"));
}

TEST(Plan, PlansADeviceThatIsNotThere) {
  auto observed = host();
  observed.links.erase("eth2");
  auto desired = host();
  desired.links["eth2"].up = true;
  desired.links["eth2"].mtu.reset();
  EXPECT_THAT(plan_of(desired, observed), ElementsAre("eth2: set up"));
}

TEST(Plan, GivesIpv6RoutesTheKernelsMetric) {
  auto desired = host();
  desired.routes[route_to("2001:db8:5::/48")] = route("front");
  auto observed = host();
  observed.routes[route_to("2001:db8:5::/48", 1024)] = route("front", {}, kNetd);
  EXPECT_THAT(plan_of(desired, observed), IsEmpty());
}

TEST(Plan, DeletesLinksAndServicesOfTheJournalOnly) {
  auto observed = host();
  observed.links["old"] = of_kind(LinkKind::kDummy);
  observed.links["theirs"] = of_kind(LinkKind::kDummy);
  const auto ours = service("tcp 192.0.2.101:25");
  observed.services[ours].netmask = 32;
  observed.services[service("tcp 192.0.2.102:25")].netmask = 32;
  EXPECT_THAT(plan_of(host(), observed, {.links = {"old", "front"}, .services = {ours}}),
              ElementsAre("old: delete dummy", "tcp 192.0.2.101:25: delete service"));
}

TEST(Plan, NeverDeletesACardThatTheJournalNames) {
  auto desired = host();
  desired.links.erase("eth2");
  EXPECT_THAT(plan_of(desired, host(), {.links = {"eth2"}, .services = {}}), IsEmpty());
}

// Every option in every mode: a difference in it leads to a step about it, and about no other.
TEST(Plan, NamesExactlyTheBondOptionThatDiffers) {
  int tried = 0;
  for (const auto& [mode, name] : kNames<BondMode>) {
    for (const auto& info : bond_options()) {
      if (!option_applies(info, mode) || info.option == BondOption::kArpInterval) continue;
      auto desired = host();
      desired.links["bond0"].bond = bond(mode, {"eth0", "eth1"}).bond;
      auto observed = desired;
      auto& there = *observed.links["bond0"].bond;
      const auto value = there.get(info.option);
      there.set(info.option, value == info.minimum ? std::min(info.minimum + 100, info.maximum) : value - 1);
      std::vector<BondOption> named;
      for (const auto& step : plan(wanting(desired), observed))
        if (const auto* set = as<SetBondOption>(step)) named.push_back(set->option);
      EXPECT_THAT(named, ElementsAre(info.option)) << name << " " << info.name;
      ++tried;
    }
  }
  EXPECT_GT(tried, 100);
}

TEST(Plan, TakesABondDownForAnOptionOnlyWhereTheKernelDemandsIt) {
  for (const auto& info : bond_options()) {
    if (!option_applies(info, BondMode::k8023ad) || info.option == BondOption::kMiimon) continue;
    auto desired = host();
    desired.links["bond0"].bond = bond(BondMode::k8023ad, {"eth0", "eth1"}).bond;
    auto observed = desired;
    const auto value = desired.links["bond0"].bond->get(info.option);
    observed.links["bond0"].bond->set(info.option, value == info.minimum ? info.maximum : info.minimum);
    const auto steps = plan_of(desired, observed);
    EXPECT_EQ(std::ranges::find(steps, "bond0: set down") != steps.end(), info.when == BondWhen::kDown)
        << info.name;
    EXPECT_EQ(std::ranges::find(steps, "bond0: remove port eth0") != steps.end(),
              info.when == BondWhen::kEmpty)
        << info.name;
  }
}

}  // namespace
}  // namespace hawser::world
