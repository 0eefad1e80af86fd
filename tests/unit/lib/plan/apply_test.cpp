#include "lib/plan/apply.h"

#include <algorithm>
#include <cerrno>

#include <gmock/gmock.h>

#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/plan/world.h"

namespace hawser::world {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Error kBusy{"Device or resource busy", EBUSY};
const auto kFirst = service("tcp 192.0.2.100:80");
const auto kSecond = service("tcp 192.0.2.101:80");

FakeKernel machine() {
  FakeKernel kernel;
  for (const auto* name : {"eth0", "eth1", "eth2"}) kernel.plug_in(name);
  return kernel;
}

State two_objects() {
  State state;
  state.links["bond0"] = bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  state.links["eth2"] = card(true);
  state.links["eth2"].mtu.reset();
  return state;
}

State two_services() {
  State state;
  for (const auto& key : {kFirst, kSecond}) {
    state.services[key].netmask = 32;
    state.services[key].reals[endpoint("198.51.100.21:80")] = {};
  }
  return state;
}

bool adds_eth1(const Step& step) {
  return describe(step) == "bond0: add port eth1";
}

TEST(Apply, DoesEveryStepAndLooksAgain) {
  auto kernel = machine();
  std::vector<std::string> seen;
  const auto applied = apply(wanting(two_objects()), kernel, Rollback::kObject, {},
                             [&](const Step& step) { seen.push_back(describe(step)); });
  ASSERT_TRUE(applied && applied->complete());
  EXPECT_EQ(seen, lines(applied->done));
  EXPECT_THAT(seen, ElementsAre("bond0: create bond active-backup, miimon 100ms", "bond0: add port eth0",
                                "bond0: add port eth1", "bond0: set up", "eth2: set up"));
  EXPECT_THAT(kernel.looks(), SizeIs(2));
}

TEST(Apply, DoesNothingWhereNothingIsToBeDone) {
  auto kernel = machine();
  ASSERT_TRUE(apply(wanting(two_objects()), kernel, Rollback::kObject));
  const auto before = kernel.performs();
  const auto again = apply(wanting(two_objects()), kernel, Rollback::kObject);
  ASSERT_TRUE(again && again->complete());
  EXPECT_EQ(kernel.performs(), before);
}

TEST(Apply, ARefusedPortCostsNeitherItsBondNorTheOtherPort) {
  auto kernel = machine();
  kernel.refuse_always(adds_eth1, kBusy);
  const auto applied = apply(wanting(two_objects()), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  ASSERT_THAT(applied->refused, SizeIs(1));
  EXPECT_EQ(applied->refused[0].object, "bond0 port eth1");
  EXPECT_EQ(applied->refused[0].why, (Error{"bond0: add port eth1: Device or resource busy", EBUSY}));
  EXPECT_THAT(lines(applied->done), ElementsAre("bond0: create bond active-backup, miimon 100ms",
                                                "bond0: add port eth0", "bond0: set up", "eth2: set up"));
  EXPECT_THAT(lines(applied->left), ElementsAre("bond0: add port eth1"));
  EXPECT_THAT(applied->futile, IsEmpty());
  EXPECT_FALSE(applied->complete());
}

TEST(Apply, APortThatIsInUseIsRefusedWithoutBeingTakenDown) {
  auto kernel = machine();
  ASSERT_TRUE(kernel.perform(SetLinkUp{"eth1", true}));
  ASSERT_TRUE(kernel.perform(AddAddress{"eth1", prefix("198.51.100.1/24"), Address{}}));
  kernel.set_in_use("eth1", true);
  const auto before = kernel.state().links.at("eth1");
  for (int i = 0; i < 2; ++i) {
    const auto applied = apply(wanting(two_objects()), kernel, Rollback::kObject);
    ASSERT_TRUE(applied);
    EXPECT_EQ(applied->refused.front().object, "bond0 port eth1");
    EXPECT_EQ(kernel.state().links.at("eth1"), before);
  }
  for (const auto& step : kernel.performed()) EXPECT_NE(describe(step), "eth1: set down");
  kernel.set_in_use("eth1", false);
  const auto applied = apply(wanting(two_objects()), kernel, Rollback::kObject);
  EXPECT_TRUE(applied && applied->complete());
}

TEST(Apply, ARefusedPortIsPutBackAsItWas) {
  auto kernel = machine();
  ASSERT_TRUE(kernel.perform(SetLinkUp{"eth1", true}));
  ASSERT_TRUE(kernel.perform(AddAddress{"eth1", prefix("198.51.100.1/24"), Address{}}));
  ASSERT_TRUE(kernel.perform(AddAddress{"eth1", prefix("2001:db8:9::1/64"), Address{}}));
  ASSERT_TRUE(kernel.perform(AddRoute{route_to("203.0.113.0/24"), route("eth1", "198.51.100.9", kBoot)}));
  const auto before = kernel.state();
  kernel.refuse_always(adds_eth1, {"Invalid argument", EINVAL});
  const auto applied = apply(wanting(two_objects()), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  EXPECT_EQ(kernel.state().links.at("eth1"), before.links.at("eth1"))
      << testing::PrintToString(lines(kernel.performed()));
  EXPECT_EQ(kernel.state().routes, before.routes);
  EXPECT_THAT(lines(applied->done), testing::Not(testing::Contains("eth1: set down")));
}

TEST(Apply, AnOptionThatIsRefusedAtTheCreationCostsOnlyItself) {
  auto kernel = machine();
  auto state = two_objects();
  state.links["bond0"].bond->set(BondOption::kResendIgmp, 7);
  state.links["bond0"].bond->set(BondOption::kNumGratArp, 3);
  state.links["bond0"].mtu = 9000;
  kernel.refuse_always(
      [](const Step& step) {
        const auto* create = as<CreateLink>(step);
        const auto* set = as<SetBondOption>(step);
        return (create != nullptr && create->wanted.bond->get(BondOption::kResendIgmp) == 7) ||
               (set != nullptr && set->option == BondOption::kResendIgmp);
      },
      {"invalid option value", EINVAL});
  const auto applied = apply(wanting(state), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  ASSERT_THAT(applied->refused, SizeIs(1));
  EXPECT_EQ(applied->refused.front().object, "bond0 option resend_igmp");
  const auto& bond0 = kernel.state().links.at("bond0");
  EXPECT_TRUE(bond0.up);
  EXPECT_EQ(bond0.mtu, 9000U);
  EXPECT_THAT(bond0.bond->ports, SizeIs(2));
  EXPECT_EQ(bond0.bond->get(BondOption::kNumGratArp), 3U);
}

TEST(Apply, WhatStandsOnARefusedBondWaitsWithoutAWord) {
  auto kernel = machine();
  auto state = two_objects();
  state.links["front"] = vlan("bond0", 7);
  state.links["front"].addresses[prefix("192.0.2.11/24")] = owned_by(kNetd);
  state.routes[route_to("0.0.0.0/0")] = route("front", "192.0.2.254", kNetd);
  kernel.refuse_always([](const Step& step) { return is<CreateLink>(step); }, kBusy);
  const auto applied = apply(wanting(state), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  ASSERT_THAT(applied->refused, SizeIs(1));
  EXPECT_EQ(applied->refused.front().object, "bond0");
  EXPECT_THAT(applied->futile, IsEmpty());
  EXPECT_TRUE(kernel.state().links.at("eth2").up);
  EXPECT_FALSE(kernel.state().links.at("eth0").up);
}

TEST(Apply, AMonitorIsNotLeftWhenTheOtherIsRefused) {
  auto kernel = machine();
  auto state = two_objects();
  ASSERT_TRUE(apply(wanting(state), kernel, Rollback::kObject));
  auto& wanted = *state.links["bond0"].bond;
  wanted.set(BondOption::kMiimon, 0);
  wanted.set(BondOption::kArpInterval, 500);
  wanted.arp_ip_target = {ip("192.0.2.254")};
  kernel.refuse_always(
      [](const Step& step) {
        return describe(step).find("set arp_interval 0s -> 500ms") != std::string::npos;
      },
      kBusy);
  const auto applied = apply(wanting(state), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->refused.front().object, "bond0 option arp_interval");
  EXPECT_EQ(kernel.state().links.at("bond0").bond->get(BondOption::kMiimon), 100U);
}

TEST(Apply, SaysWhatARefusedOptionCostsToTry) {
  auto kernel = machine();
  State state;
  state.links["bond0"] = bond(BondMode::k8023ad, {"eth0", "eth1"});
  ASSERT_TRUE(apply(wanting(state), kernel, Rollback::kObject));
  state.links["bond0"].bond->set(BondOption::kLacpRate, 1);
  kernel.refuse_always([](const Step& step) { return is<SetBondOption>(step); }, kBusy);
  const auto applied = apply(wanting(state), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->refused.front().object, "bond0 option lacp_rate");
  EXPECT_EQ(applied->refused.front().price, Price::kCut);
  EXPECT_TRUE(kernel.state().links.at("bond0").up);
  EXPECT_TRUE(kernel.state().links.at("eth0").up);
}

// A bond with addresses of both families and a default route of each.
State routed() {
  auto state = two_objects();
  auto& addresses = state.links["bond0"].addresses;
  addresses[prefix("192.0.2.11/24")] = addresses[prefix("2001:db8::11/64")] = owned_by(kNetd);
  state.routes[route_to("0.0.0.0/0")] = route("bond0", "192.0.2.254", kNetd);
  state.routes[route_to("::/0", 1024)] = route("bond0", "2001:db8::fe", kNetd);
  return state;
}

TEST(Apply, ARefusedRouteCostsNeitherItsBondNorTheOtherRoutes) {
  auto kernel = machine();
  auto state = routed();
  state.routes[route_to("::/0", 1024)].source = ip("2001:db8::11");
  kernel.set_tentative(ip("2001:db8::11"), true);
  const auto applied = apply(wanting(state), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  ASSERT_THAT(applied->refused, SizeIs(1));
  EXPECT_EQ(applied->refused[0].object, "route IPv6 default");
  EXPECT_TRUE(kernel.state().routes.contains(route_to("0.0.0.0/0")));
  EXPECT_THAT(lines(applied->left),
              ElementsAre("route IPv6 default via 2001:db8::fe dev bond0: add, source 2001:db8::11"));
  kernel.set_tentative(ip("2001:db8::11"), false);
  const auto again = apply(wanting(state), kernel, Rollback::kObject);
  ASSERT_TRUE(again && again->complete());
  EXPECT_THAT(again->done, SizeIs(1));
}

TEST(Apply, ARouteStaysWhenTheOneThatReplacesItIsRefused) {
  auto kernel = machine();
  auto state = routed();
  ASSERT_TRUE(apply(wanting(state), kernel, Rollback::kObject));
  state.routes.erase(route_to("0.0.0.0/0"));
  state.routes[route_to("0.0.0.0/0", 100)] = route("bond0", "203.0.113.254", kNetd);
  const auto applied = apply(wanting(state), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->refused.front().object, "route default metric 100");
  EXPECT_TRUE(kernel.state().routes.contains(route_to("0.0.0.0/0")));
}

TEST(Apply, IPv6ThatIsOffCostsTheBondNoIPv4) {
  auto kernel = machine();
  kernel.refuse_always(
      [](const Step& step) {
        const auto* add = as<AddAddress>(step);
        return add != nullptr && add->prefix.address.is_v6();
      },
      {"IPv6 is disabled on this device", EACCES});
  const auto applied = apply(wanting(routed()), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->refused.front().object, "bond0 address 2001:db8::11/64");
  EXPECT_TRUE(kernel.state().links.at("bond0").addresses.contains(prefix("192.0.2.11/24")));
  EXPECT_TRUE(kernel.state().routes.contains(route_to("0.0.0.0/0")));
  EXPECT_FALSE(kernel.state().routes.contains(route_to("::/0", 1024)));
}

// Each look is a dump of all links, addresses and routes.
TEST(Apply, ManyRefusedRoutesCostNoLookEach) {
  auto kernel = machine();
  auto state = routed();
  for (int i = 0; i < 50; ++i)
    state.routes[route_to(fmt::format("198.51.{}.0/24", i))] = route("bond0", "203.0.113.254", kNetd);
  const auto applied = apply(wanting(state), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  EXPECT_THAT(applied->refused, SizeIs(50));
  EXPECT_LE(kernel.looks().size(), 4U);
}

TEST(Apply, EverythingGoesBackAfterOneRefusal) {
  auto kernel = machine();
  const auto before = kernel.state();
  kernel.refuse_always([](const Step& step) { return describe(step) == "eth2: set up"; }, kBusy);
  const auto applied = apply(wanting(two_objects()), kernel, Rollback::kEverything);
  ASSERT_TRUE(applied);
  EXPECT_THAT(applied->done, IsEmpty());
  EXPECT_THAT(applied->refused, SizeIs(1));
  EXPECT_EQ(kernel.state(), before);
}

TEST(Apply, KeepGoingKeepsWhatWasDone) {
  auto kernel = machine();
  kernel.refuse_always(adds_eth1, kBusy);
  const auto applied = apply(wanting(two_objects()), kernel, Rollback::kNothing);
  ASSERT_TRUE(applied);
  EXPECT_TRUE(kernel.state().links.at("bond0").bond->ports.contains("eth0"));
  EXPECT_TRUE(kernel.state().links.at("eth2").up);
  EXPECT_THAT(lines(applied->left), ElementsAre("bond0: add port eth1"));
}

TEST(Apply, ALastingRefusalEndsSoon) {
  for (const auto rollback : {Rollback::kObject, Rollback::kEverything, Rollback::kNothing}) {
    auto kernel = machine();
    kernel.refuse_always([](const Step&) { return true; }, kBusy);
    const auto applied = apply(wanting(two_objects()), kernel, rollback);
    ASSERT_TRUE(applied);
    EXPECT_FALSE(applied->complete());
    EXPECT_LE(kernel.performs(), 4);
    EXPECT_LE(kernel.looks().size(), 6U);
  }
}

// A kernel that acknowledges and does nothing: libraries and modules have been seen to do so.
// ifup sets a bond up while the ifup of a card adds that to it.
TEST(Apply, WhatSomebodySetsUpMeanwhileStaysUp) {
  auto kernel = machine();
  auto start = two_objects();
  start.links["bond0"].up = false;
  start.links["bond0"].bond->ports.erase("eth1");
  ASSERT_TRUE(apply(wanting(start), kernel, Rollback::kObject));
  auto desired = wanting(start);
  desired.state.links["bond0"].bond->ports["eth1"] = {};
  desired.up_as_found = {"bond0"};
  const auto applied = apply(desired, kernel, Rollback::kEverything, {}, [&](const Step& step) {
    if (adds_eth1(step)) {
      EXPECT_TRUE(kernel.perform(LinkStep{SetLinkUp{"bond0", true}}));
    }
  });
  ASSERT_TRUE(applied && applied->complete());
  EXPECT_TRUE(kernel.state().links.at("bond0").up);
}

class DeafKernel : public Kernel {
 public:
  Result<Observed> observe(const Scope& /*scope*/) override { return Observed{}; }
  Status perform(const Step& /*step*/) override {
    ++performs;
    return {};
  }
  int performs = 0;
};

TEST(Apply, AStepThatChangesNothingIsNotRepeatedForEver) {
  DeafKernel kernel;
  const auto applied = apply(wanting(two_services()), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  EXPECT_EQ(kernel.performs, 4);
  EXPECT_THAT(applied->left, SizeIs(4));
}

TEST(Apply, ARefusedServiceDoesNotHoldUpTheOthers) {
  FakeKernel kernel;
  kernel.fail_next(kBusy);
  const auto applied = apply(wanting(two_services()), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->refused.front().object, "tcp 192.0.2.100:80");
  EXPECT_FALSE(kernel.state().services.contains(kFirst));
  EXPECT_TRUE(kernel.state().services.contains(kSecond));
}

TEST(Apply, ARollbackOfOneServiceLooksAtThatServiceOnly) {
  FakeKernel kernel;
  kernel.fail_step(2, kBusy);
  ASSERT_TRUE(apply(wanting(two_services()), kernel, Rollback::kObject));
  ASSERT_GE(kernel.looks().size(), 2U);
  EXPECT_FALSE(kernel.looks()[1].has(Look::kLinks));
  EXPECT_THAT(kernel.looks()[1].services, SizeIs(1));
}

TEST(Apply, AnIpvsScopeSeesNoLinks) {
  auto kernel = machine();
  auto state = two_services();
  state.links = two_objects().links;
  const auto applied = apply(wanting(state), kernel, Rollback::kObject, kIpvsOnly);
  ASSERT_TRUE(applied && applied->complete());
  for (const auto& look : kernel.looks()) EXPECT_FALSE(look.has(Look::kLinks));
  EXPECT_FALSE(kernel.state().links.contains("bond0"));
}

TEST(Apply, AScopeOfOneServiceLeavesTheOthers) {
  FakeKernel kernel;
  const auto applied = apply(wanting(two_services()), kernel, Rollback::kObject, {{Look::kIpvs}, {kSecond}});
  ASSERT_TRUE(applied && applied->complete());
  EXPECT_FALSE(kernel.state().services.contains(kFirst));
  EXPECT_TRUE(kernel.state().services.contains(kSecond));
}

TEST(Apply, RepairsASideEffectThatThePlanCouldNotSee) {
  auto kernel = machine();
  auto state = two_objects();
  auto& first = *state.links["bond0"].bond;
  first.set(BondOption::kUpdelay, 200);
  ASSERT_TRUE(apply(wanting(state), kernel, Rollback::kObject));
  // Without a monitor the delay shows as 0, and comes back with the monitor: the kernel kept 2 ticks.
  first.set(BondOption::kMiimon, 0);
  ASSERT_TRUE(apply(wanting(state), kernel, Rollback::kObject));
  first.set(BondOption::kMiimon, 100);
  first.set(BondOption::kUpdelay, 0);
  const auto applied = apply(wanting(state), kernel, Rollback::kObject);
  ASSERT_TRUE(applied && applied->complete());
  EXPECT_THAT(lines(applied->done),
              ElementsAre("bond0: set miimon 0s -> 100ms", "bond0: set updelay 200ms -> 0s"));
}

TEST(Apply, SaysWhenTheKernelCannotBeObserved) {
  FakeKernel kernel;
  kernel.fail_observe({"IPVS: not permitted", EPERM});
  const auto applied = apply(wanting(two_services()), kernel, Rollback::kObject);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, EPERM);
}

TEST(Apply, APortThatItsNewBondRefusesGoesBackToTheOldOne) {
  auto kernel = machine();
  State state;
  state.links["bond0"] = bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  state.links["bond1"] = bond(BondMode::kActiveBackup, {"eth2"});
  ASSERT_TRUE(apply(wanting(state), kernel, Rollback::kObject));
  const auto before = kernel.state();
  state.links["bond0"] = bond(BondMode::kActiveBackup, {"eth0"});
  state.links["bond1"] = bond(BondMode::kActiveBackup, {"eth1", "eth2"});
  kernel.refuse_always([](const Step& step) { return describe(step) == "bond1: add port eth1"; }, kBusy);
  const auto applied = apply(wanting(state), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  EXPECT_THAT(applied->done, IsEmpty());
  EXPECT_EQ(kernel.state(), before);
}

TEST(Apply, AMissingPortIsRefusedWithItsName) {
  auto kernel = machine();
  State state;
  state.links["bond0"] = bond(BondMode::kActiveBackup, {"eth0", "eth9"});
  const auto applied = apply(wanting(state), kernel, Rollback::kNothing);
  ASSERT_TRUE(applied);
  ASSERT_THAT(applied->refused, SizeIs(1));
  EXPECT_EQ(applied->refused[0].why, (Error{"bond0: add port eth9: No such device", ENODEV}));
}

}  // namespace
}  // namespace hawser::world
