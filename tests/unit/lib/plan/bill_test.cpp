// What a plan interrupts, step by step and in sum.
#include "lib/plan/bill.h"

#include <gmock/gmock.h>

#include "lib/plan/plan.h"
#include "lib/state/bond_options.h"
#include "tests/unit/lib/plan/host.h"

namespace hawser::world {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// As the kernel tells it: every card has carrier, every port is ready.
Observed seen(State state) {
  Observed observed;
  for (const auto& [name, link] : state.links) {
    auto& status = observed.links[name];
    status.carrier = true;
    const auto master = state.links.find(link.master);
    if (master != state.links.end() && master->second.bond) status.port = PortStatus{};
  }
  observed.state = std::move(state);
  return observed;
}

std::vector<Step> steps_to(const State& wanted, const State& observed) {
  return plan(wanting(wanted), observed);
}

// "ports released!": the mark says that what was carried stops.
Lines priced(const Observed& before, const std::vector<Step>& steps) {
  Lines text;
  for (const auto& price : bill_of(before, steps).steps)
    text.push_back(fmt::format("{}{}", name_of(price.toll), price.stops ? "!" : ""));
  return text;
}

std::string price_of_one(const Observed& before, const Step& step) {
  return priced(before, {step}).front();
}

Lines sum(const Observed& before, const std::vector<Step>& steps) {
  Lines text;
  for (const auto& device : bill_of(before, steps).devices) text.push_back(describe(device));
  return text;
}

TEST(Bill, OfNothingIsFree) {
  const auto bill = bill_of(seen(host()), {});
  EXPECT_EQ(bill.worst(), Toll::kFree);
  EXPECT_FALSE(bill.stops());
}

TEST(Bill, OfABondThatIsMadeIsFreeAndCardsThatNobodyUsesJoinItForFree) {
  State before;
  before.links["eth0"] = card(true);
  before.links["eth1"] = card(true);
  before.links["eth1"].addresses[prefix("fe80::1/64")] = {};
  State wanted;
  wanted.links["bond0"] = bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  const auto steps = steps_to(wanted, before);
  const auto bill = bill_of(seen(before), steps);
  EXPECT_GE(steps.size(), 5U);
  EXPECT_EQ(bill.worst(), Toll::kFree);
  EXPECT_THAT(bill.devices, IsEmpty());
}

TEST(Bill, OfACardWithAnAddressThatBecomesAPortIsItsTraffic) {
  State before;
  before.links["eth0"] = card(true);
  before.links["eth0"].addresses[prefix("192.0.2.5/24")] = {};
  State wanted;
  wanted.links["bond0"] = bond(BondMode::kActiveBackup, {"eth0"});
  EXPECT_THAT(sum(seen(before), steps_to(wanted, before)), ElementsAre("eth0: traffic interrupted"));
}

TEST(Bill, OfAModeChangeIsTheBondDownAndItsPortsReleased) {
  auto wanted = host();
  wanted.links["bond0"].bond->mode = BondMode::kBalanceXor;
  const auto steps = steps_to(wanted, host());
  EXPECT_THAT(sum(seen(host()), steps), ElementsAre("bond0: bond down, ports released (eth0, eth1)"));
  const auto bill = bill_of(seen(host()), steps);
  EXPECT_EQ(bill.worst(), Toll::kPortsReleased);
  EXPECT_TRUE(bill.stops());
}

TEST(Bill, OfAPortThatLeavesIsNoInterruptionWhileAnotherOneIsReady) {
  const SetMaster leave{"eth1", "bond0", ""};
  EXPECT_EQ(price_of_one(seen(host()), leave), "ports released");
  EXPECT_THAT(sum(seen(host()), {leave}), ElementsAre("bond0: ports released (eth1): interrupts nothing"));
  EXPECT_THAT(priced(seen(host()), {SetMaster{"eth0", "bond0", ""}, leave}),
              ElementsAre("ports released", "ports released!"));
}

TEST(Bill, KnowsThatAPortWithoutCarrierCannotCarryOn) {
  auto before = seen(host());
  before.links["eth0"].carrier = false;
  EXPECT_EQ(price_of_one(before, SetMaster{"eth1", "bond0", ""}), "ports released!");
  EXPECT_EQ(price_of_one(before, SetMaster{"eth0", "bond0", ""}), "ports released");
  EXPECT_EQ(price_of_one(before, SetLinkUp{"bond0", false}), "bond down!");
  before.links["eth1"].carrier = false;
  EXPECT_EQ(price_of_one(before, SetLinkUp{"bond0", false}), "bond down") << "no port has a carrier";
}

TEST(Bill, TakesAPortThatTheMonitorHoldsDownForNoneThatCarriesOn) {
  auto before = seen(host());
  before.links["eth0"].port->mii = MiiStatus::kDown;
  EXPECT_EQ(price_of_one(before, SetMaster{"eth1", "bond0", ""}), "ports released!");
}

TEST(Bill, KnowsThatAPortOutsideTheActiveAggregatorCannotCarryOn) {
  auto before = seen(host());
  before.state.links["bond0"].bond->mode = BondMode::k8023ad;
  before.links["eth0"].port->lacp = LacpStatus{};
  before.links["eth1"].port->lacp = LacpStatus{.aggregator = 1, .partner = true, .distributing = true};
  EXPECT_EQ(price_of_one(before, SetLinkUp{"eth1", false}), "traffic interrupted!");
  EXPECT_EQ(price_of_one(before, SetLinkUp{"eth0", false}), "free");
  before.links["eth1"].port->lacp = LacpStatus{};
  before.links["bond0"].carrier = false;
  EXPECT_EQ(price_of_one(before, SetLinkUp{"bond0", false}), "bond down!")
      << "it may carry without a partner";
}

TEST(Bill, OfABondThatIsDownAlreadyInterruptsNothing) {
  auto before = host();
  before.links["bond0"].up = false;
  EXPECT_EQ(price_of_one(seen(before), SetMaster{"eth1", "bond0", ""}), "ports released");
  EXPECT_FALSE(
      bill_of(seen(before), std::vector<Step>{SetMaster{"eth0", "bond0", ""}, SetMaster{"eth1", "bond0", ""}})
          .stops());
}

TEST(Bill, OfAnMtuIsTheTrafficOfCardsAndNothingForADeviceOfSoftware) {
  EXPECT_EQ(price_of_one(seen(host()), SetMtu{"bond0", 1500, 9000}), "traffic interrupted!");
  EXPECT_EQ(price_of_one(seen(host()), SetMtu{"front", 1500, 1400}), "free");
  EXPECT_EQ(price_of_one(seen(host()), SetMtu{"eth2", 1500, 9000}), "free") << "it is down";
}

TEST(Bill, OfAnotherMacIsTheTrafficOfWhoHasAddresses) {
  EXPECT_EQ(price_of_one(seen(host()), SetMac{"bond0", {}, mac("52:54:00:00:53:02")}),
            "traffic interrupted!");
  EXPECT_EQ(price_of_one(seen(host()), SetMac{"eth2", {}, mac("52:54:00:00:53:02")}), "free");
}

TEST(Bill, OfAnotherLacpSystemIsTheTrafficSinceThePartnerTakesThePortsOut) {
  auto before = host();
  before.links["bond0"].bond->mode = BondMode::k8023ad;
  const SetBondOption prio{"bond0", BondOption::kAdActorSysPrio, 65535, 1};
  EXPECT_EQ(price_of_one(seen(before), prio), "traffic interrupted!");
  EXPECT_EQ(price_of_one(seen(before), SetAdActorSystem{"bond0", {}, mac("02:00:00:00:53:02")}),
            "traffic interrupted!");
  EXPECT_EQ(price_of_one(seen(host()), prio), "free") << "active-backup has no partner";
}

TEST(Bill, OfMoreMinLinksThanPortsAreReadyIsTheTraffic) {
  auto before = host();
  before.links["bond0"].bond->mode = BondMode::k8023ad;
  EXPECT_EQ(price_of_one(seen(before), SetBondOption{"bond0", BondOption::kMinLinks, 0, 2}), "free");
  EXPECT_EQ(price_of_one(seen(before), SetBondOption{"bond0", BondOption::kMinLinks, 0, 3}),
            "traffic interrupted!");
  EXPECT_EQ(price_of_one(seen(before), SetBondOption{"bond0", BondOption::kMinLinks, 9, 3}), "free");
}

TEST(Bill, OfLacpStrictWithoutAPartnerIsTheTraffic) {
  auto before = host();
  before.links["bond0"].bond->mode = BondMode::k8023ad;
  auto observed = seen(before);
  const SetBondOption strict{"bond0", BondOption::kLacpStrict, 0, 1};
  for (const auto* port : {"eth0", "eth1"}) observed.links[port].port.emplace().lacp.emplace();
  EXPECT_EQ(price_of_one(observed, strict), "traffic interrupted!");
  EXPECT_EQ(price_of_one(observed, SetBondOption{"bond0", BondOption::kLacpStrict, 1, 0}), "free");
  observed.links["eth1"].port->lacp->partner = true;
  EXPECT_EQ(price_of_one(observed, strict), "free");
}

TEST(Bill, OfTheActiveRoleMovedIsFree) {
  EXPECT_EQ(price_of_one(seen(host()), SetActivePort{"bond0", "eth1"}), "free");
  EXPECT_EQ(price_of_one(seen(host()), SetBondPrimary{"bond0", "", "eth1"}), "free");
}

TEST(Bill, OfADeviceThatIsDeletedIsTheTrafficThatItHad) {
  EXPECT_EQ(price_of_one(seen(host()), DeleteLink{"bond0", LinkKind::kBond}), "traffic interrupted!");
  auto before = host();
  before.links["spare"] = of_kind(LinkKind::kDummy);
  EXPECT_EQ(price_of_one(seen(before), DeleteLink{"spare", LinkKind::kDummy}), "free");
}

TEST(Bill, OfACardIsWhatSitsOnIt) {
  State before;
  before.links["eth0"] = card(true);
  before.links["macvlan0"] = of_kind(LinkKind::kOther);
  auto observed = seen(before);
  const SetLinkUp down{"eth0", false};
  EXPECT_EQ(price_of_one(observed, down), "free");
  observed.links["macvlan0"].kind = "macvlan";
  observed.links["macvlan0"].lower = "eth0";
  EXPECT_EQ(price_of_one(observed, down), "traffic interrupted!");

  before.links["front"] = vlan("eth0", 100);
  before.links.erase("macvlan0");
  EXPECT_EQ(price_of_one(seen(before), down), "free");
  before.links["front"].addresses[prefix("192.0.2.5/24")] = {};
  EXPECT_EQ(price_of_one(seen(before), down), "traffic interrupted!");
}

// Another port carries on for the bond, and not for what sits on this card.
TEST(Bill, OfAPortIsWhatSitsOnItBesideTheBond) {
  auto before = host();
  Link storage;
  storage.kind = LinkKind::kVlan;
  storage.up = true;
  storage.vlan = Vlan{"eth1", 40};
  storage.addresses[prefix("198.51.100.1/24")] = {};
  before.links["eth1.40"] = storage;
  EXPECT_EQ(price_of_one(seen(before), SetMaster{"eth1", "bond0", ""}), "ports released!");
  EXPECT_EQ(price_of_one(seen(before), SetMaster{"eth0", "bond0", ""}), "ports released");
  EXPECT_EQ(price_of_one(seen(before), SetLinkUp{"eth1", false}), "traffic interrupted!");
  before.links["eth1.40"].up = false;
  EXPECT_EQ(price_of_one(seen(before), SetMaster{"eth1", "bond0", ""}), "ports released");
}

TEST(Bill, OfACardIsTheRouteOverIt) {
  State before;
  before.links["eth0"] = card(true);
  before.routes[route_to("203.0.113.0/24")] = route("eth0", {}, kBoot);
  EXPECT_EQ(price_of_one(seen(before), SetLinkUp{"eth0", false}), "traffic interrupted!");
}

TEST(Bill, OfAVrfIsTheTrafficOfWhatJoinsIt) {
  auto before = host();
  before.links["blue"] = of_kind(LinkKind::kVrf, 77);
  EXPECT_EQ(price_of_one(seen(before), SetMaster{"front", "", "blue"}), "traffic interrupted!");
  EXPECT_EQ(price_of_one(seen(before), SetMaster{"eth2", "", "blue"}), "free");
}

TEST(Bill, OfABondThatThePlanMakesAnewIsPaidWhenTheOldOneGoes) {
  const auto before = seen(host());
  EXPECT_THAT(priced(before, {DeleteLink{"bond0", LinkKind::kBond},
                              CreateLink{"bond0", bond(BondMode::kActiveBackup, {})},
                              SetLinkUp{"bond0", true}, SetMtu{"bond0", 1500, 9000}}),
              ElementsAre("traffic interrupted!", "free", "free", "free"));
}

// --- what each option demands, and no more (lib/state/bond_options.cpp) ---

struct Changed {
  BondOption option;
  BondMode mode;
  std::uint32_t to;
};

// Another value than it has by default, in a mode that takes it.
Changed change_of(const BondOptionInfo& info) {
  auto mode = BondMode::kActiveBackup;
  for (const auto& [candidate, name] : kNames<BondMode>)
    if (option_applies(info, candidate)) mode = candidate;
  const auto there = kernel_default_bond(mode).get(info.option);
  return {info.option, mode, there == info.maximum ? info.minimum : there + 1};
}

std::string name_of_option(const testing::TestParamInfo<BondOptionInfo>& info) {
  return std::string(info.param.name);
}

class OptionPrice : public testing::TestWithParam<BondOptionInfo> {};

TEST_P(OptionPrice, IsWhatTheKernelDemandsOfTheBond) {
  const auto& info = GetParam();
  const auto change = change_of(info);
  auto before = host();
  before.links["bond0"].bond = bond(change.mode, {"eth0", "eth1"}).bond;
  auto wanted = before;
  auto& option = *wanted.links["bond0"].bond;
  const bool is_monitor = info.option == BondOption::kMiimon || info.option == BondOption::kArpInterval;
  const bool is_delay = info.unit == BondUnit::kMilliseconds && !is_monitor;
  option.set(info.option, is_delay || is_monitor ? 200 : change.to);
  if (info.option == BondOption::kArpInterval) {
    option.set(BondOption::kMiimon, 0);
    option.arp_ip_target = {ip("192.0.2.254")};
  }
  const auto steps = steps_to(wanted, before);
  const auto bill = bill_of(seen(before), steps);
  ASSERT_FALSE(steps.empty());
  switch (info.when) {
    case BondWhen::kEmpty:
      EXPECT_EQ(bill.worst(), Toll::kPortsReleased);
      break;
    case BondWhen::kDown:
      EXPECT_EQ(bill.worst(), Toll::kBondDown);
      break;
    case BondWhen::kLive:
      EXPECT_EQ(bill.worst(), info.option == BondOption::kAdActorSysPrio ? Toll::kTraffic : Toll::kFree);
      break;
  }
}

INSTANTIATE_TEST_SUITE_P(, OptionPrice, testing::ValuesIn(bond_options().begin(), bond_options().end()),
                         name_of_option);

TEST(Bill, OfPortOptionsPrimaryAndTargetsIsFree) {
  auto wanted = host();
  auto& bond = *wanted.links["bond0"].bond;
  bond.primary = "eth1";
  bond.arp_ip_target = {ip("192.0.2.254")};
  bond.ns_ip6_target = {ip("2001:db8::fe")};
  bond.ports["eth0"] = {.prio = 5, .queue_id = 2};
  const auto steps = steps_to(wanted, host());
  EXPECT_EQ(steps.size(), 5U);
  EXPECT_EQ(bill_of(seen(host()), steps).worst(), Toll::kFree);
}

}  // namespace
}  // namespace hawser::world
