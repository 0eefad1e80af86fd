#include "lib/plan/owed.h"

#include <gmock/gmock.h>

#include "lib/plan/plan.h"
#include "lib/plan/simulate.h"
#include "tests/unit/lib/plan/world.h"

namespace hawser::world {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;
using testing::Pair;

// bond0 of the file in another mode than it has, with addresses and routes of others on it.
class OwedByAPlan : public testing::Test {
 protected:
  OwedByAPlan() {
    for (const auto* name : {"eth0", "eth1"}) {
      there.links[name] = card(true);
      there.links[name].master = "bond0";
    }
    auto& bond0 = there.links["bond0"] = bond(BondMode::kActiveBackup, {"eth0", "eth1"});
    bond0.mtu = 1500;
    bond0.addresses[prefix("192.0.2.1/24")] = owned_by(kNetd);
    bond0.addresses[prefix("2001:db8::77/64")] = {};
    there.routes[theirs] = route("bond0", "192.0.2.77", kBoot);
    wanted.links["bond0"] = bond(BondMode::kBalanceXor, {"eth0", "eth1"});
    wanted.links["bond0"].addresses[prefix("192.0.2.1/24")] = {};
  }
  [[nodiscard]] Owed owed() const { return owed_by(plan_network({wanted, Owner::kNetd, {}}, there), wanted); }
  // Killed after so many steps: what the next plan starts from.
  [[nodiscard]] State cut_off_after(std::size_t steps) const {
    auto state = there;
    const auto plan = plan_network({wanted, Owner::kNetd, {}}, there);
    for (std::size_t i = 0; i < std::min(steps, plan.size()); ++i) simulate(state, plan[i]);
    return state;
  }
  [[nodiscard]] State finished_from(State state, const Owed& owed) const {
    for (const auto& step : plan_network({wanted, Owner::kNetd, {}, owed}, state)) simulate(state, step);
    return state;
  }

  const RouteKey theirs = route_to("203.0.113.0/24", 5);
  State there, wanted;
};

TEST_F(OwedByAPlan, IsWhatOthersHaveAndThePlanPutsBack) {
  EXPECT_THAT(owed().addresses, ElementsAre(Key(Pair("bond0", prefix("2001:db8::77/64")))));
  EXPECT_THAT(owed().routes, ElementsAre(Key(theirs)));
}

TEST_F(OwedByAPlan, IsNothingWhereNothingIsTakenDown) {
  wanted.links["bond0"].bond->mode = BondMode::kActiveBackup;
  wanted.links["bond0"].mtu = 1400;
  EXPECT_TRUE(owed().empty());
}

TEST_F(OwedByAPlan, IsPutBackByTheNextPlanWhereverTheFirstWasCutOff) {
  const auto length = plan_network({wanted, Owner::kNetd, {}}, there).size();
  bool was_lost = false;
  for (std::size_t steps = 0; steps <= length; ++steps) {
    const auto state = cut_off_after(steps);
    was_lost = was_lost || !state.routes.contains(theirs);
    const auto end = finished_from(state, owed());
    EXPECT_TRUE(end.routes.contains(theirs)) << steps;
    EXPECT_TRUE(end.links.at("bond0").addresses.contains(prefix("2001:db8::77/64"))) << steps;
  }
  EXPECT_TRUE(was_lost);
}

TEST_F(OwedByAPlan, IsNotPutWhereItsDeviceIsGoneOrAPortNow) {
  Owed owed;
  owed.addresses[{"eth9", prefix("198.51.100.1/24")}] = {};
  owed.addresses[{"eth0", prefix("198.51.100.2/24")}] = {};
  owed.routes[route_to("198.51.100.0/24")] = route("eth9", {}, kBoot);
  wanted.links["bond0"].bond->mode = BondMode::kActiveBackup;
  EXPECT_THAT(plan_network({wanted, Owner::kNetd, {}, owed}, there), IsEmpty());
}

}  // namespace
}  // namespace hawser::world
