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

TEST(Apply, ARefusedObjectIsGoneAgainAndTheOthersAreDone) {
  auto kernel = machine();
  kernel.refuse_always(adds_eth1, kBusy);
  const auto applied = apply(wanting(two_objects()), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  ASSERT_THAT(applied->refused, SizeIs(1));
  EXPECT_EQ(applied->refused[0].object, "bond0");
  EXPECT_EQ(applied->refused[0].why, (Error{"bond0: add port eth1: Device or resource busy", EBUSY}));
  EXPECT_FALSE(kernel.state().links.contains("bond0"));
  EXPECT_FALSE(kernel.state().links.at("eth0").up);
  EXPECT_THAT(lines(applied->done), ElementsAre("eth2: set up"));
  EXPECT_THAT(lines(applied->left), SizeIs(4));
  EXPECT_FALSE(applied->complete());
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
  EXPECT_EQ(applied->refused.front().object, "route default");
  EXPECT_TRUE(kernel.state().routes.contains(route_to("0.0.0.0/0")));
}

TEST(Apply, IPv6ThatIsOffCostsTheBondNoIPv4) {
  auto kernel = machine();
  kernel.refuse_always(
      [](const Step& step) {
        const auto* add = std::get_if<AddAddress>(&step);
        return add != nullptr && add->prefix.address.is_v6();
      },
      {"IPv6 is disabled on this device", EACCES});
  const auto applied = apply(wanting(routed()), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->refused.front().object, "bond0 IPv6 addresses");
  EXPECT_TRUE(kernel.state().links.at("bond0").addresses.contains(prefix("192.0.2.11/24")));
  EXPECT_TRUE(kernel.state().routes.contains(route_to("0.0.0.0/0")));
  EXPECT_FALSE(kernel.state().routes.contains(route_to("::/0", 1024)));
}

TEST(Apply, ARefusedBondTakesItsRoutesBackWithIt) {
  auto kernel = machine();
  auto state = routed();
  ASSERT_TRUE(apply(wanting(state), kernel, Rollback::kObject));
  const auto before = kernel.state();
  state.links["bond0"].addresses.erase(prefix("192.0.2.11/24"));
  state.links["bond0"].addresses[prefix("198.51.100.11/24")] = owned_by(kNetd);
  state.routes[route_to("203.0.113.0/24")] = route("bond0", "198.51.100.254", kNetd);
  state.routes.erase(route_to("0.0.0.0/0"));
  const auto steps = plan(wanting(state), before);
  const auto is_removal = [](const Step& step) { return std::holds_alternative<RemoveAddress>(step); };
  kernel.fail_step(static_cast<int>(std::ranges::find_if(steps, is_removal) - steps.begin()), kBusy);
  const auto applied = apply(wanting(state), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  ASSERT_FALSE(applied->refused.empty());
  EXPECT_EQ(applied->refused.front().object, "bond0");
  EXPECT_FALSE(kernel.state().routes.contains(route_to("203.0.113.0/24")));
  EXPECT_TRUE(kernel.state().routes.contains(route_to("0.0.0.0/0")));
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
  EXPECT_THAT(lines(applied->left), ElementsAre("bond0: add port eth1", "bond0: set up"));
}

TEST(Apply, ALastingRefusalEndsSoon) {
  for (const auto rollback : {Rollback::kObject, Rollback::kEverything, Rollback::kNothing}) {
    auto kernel = machine();
    kernel.refuse_always([](const Step&) { return true; }, kBusy);
    const auto applied = apply(wanting(two_objects()), kernel, rollback);
    ASSERT_TRUE(applied);
    EXPECT_FALSE(applied->complete());
    EXPECT_LE(kernel.performs(), 2);
    EXPECT_LE(kernel.looks().size(), 6U);
  }
}

// A kernel that acknowledges and does nothing: libraries and modules have been seen to do so.
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
  EXPECT_FALSE(kernel.looks()[1].network);
  EXPECT_THAT(kernel.looks()[1].services, SizeIs(1));
}

TEST(Apply, AnIpvsScopeSeesNoLinks) {
  auto kernel = machine();
  auto state = two_services();
  state.links = two_objects().links;
  const auto applied =
      apply(wanting(state), kernel, Rollback::kObject, {.network = false, .ipvs = true, .services = {}});
  ASSERT_TRUE(applied && applied->complete());
  for (const auto& look : kernel.looks()) EXPECT_FALSE(look.network);
  EXPECT_FALSE(kernel.state().links.contains("bond0"));
}

TEST(Apply, AScopeOfOneServiceLeavesTheOthers) {
  FakeKernel kernel;
  const auto applied = apply(wanting(two_services()), kernel, Rollback::kObject,
                             {.network = false, .ipvs = true, .services = {kSecond}});
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

TEST(Apply, BondsThatExchangeAPortGoBackTogether) {
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
