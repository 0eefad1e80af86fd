// The first IPv4 address of a subnet takes the others with it when it goes: the plan knows, puts back what is
// wanted, and says the rest.
#include <gmock/gmock.h>

#include "lib/plan/apply.h"
#include "lib/plan/consequence.h"
#include "lib/plan/restore.h"
#include "lib/plan/simulate.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/plan/host.h"

namespace hawser::world {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Prefix kOld = prefix("192.0.2.9/24");
const Prefix kOurs = prefix("192.0.2.1/24");
const Prefix kForeign = prefix("192.0.2.5/24");

// kOld came first, then the others.
class PlannedSecondaries : public testing::Test {
 protected:
  PlannedSecondaries() {
    kernel.plug_in("eth0");
    (void)kernel.perform(SetLinkUp{"eth0", true});
    (void)kernel.perform(AddAddress{"eth0", kOld, owned_by(kNetd)});
    (void)kernel.perform(AddAddress{"eth0", kOurs, owned_by(kNetd)});
    (void)kernel.perform(AddAddress{"eth0", kForeign, {}});
    (void)kernel.perform(AddAddress{"eth0", prefix("192.0.2.77/32"), {}});
  }
  static State wanted() {
    State state;
    state.links["eth0"].up = true;
    state.links["eth0"].addresses[kOurs] = {};
    return state;
  }
  [[nodiscard]] Observed observed() { return *kernel.observe({}); }

  FakeKernel kernel;
};

TEST_F(PlannedSecondaries, AreForeseen) {
  auto state = observed().state;
  EXPECT_THAT(goes_along(state.links["eth0"], kOld), ElementsAre(kOurs, kForeign));
  EXPECT_THAT(goes_along(state.links["eth0"], kOurs), IsEmpty()) << "a secondary takes none along";
  simulate(state, RemoveAddress{"eth0", kOld});
  (void)kernel.perform(RemoveAddress{"eth0", kOld});
  EXPECT_EQ(state, observed().state);
  EXPECT_EQ(state.links["eth0"].addresses.size(), 1U);
}

TEST_F(PlannedSecondaries, StayWhereTheyArePromoted) {
  auto state = observed().state;
  state.links["eth0"].promotes_secondaries.value = true;
  EXPECT_THAT(goes_along(state.links["eth0"], kOld), IsEmpty());
  EXPECT_THAT(lines(plan(wanting(wanted()), state)), ElementsAre("eth0: remove address 192.0.2.9/24"));
}

TEST_F(PlannedSecondaries, ArePutBackAtOnceOursAndOthers) {
  EXPECT_THAT(lines(plan(wanting(wanted()), observed().state)),
              ElementsAre("eth0: remove address 192.0.2.9/24", "eth0: add address 192.0.2.1/24",
                          "eth0: add address 192.0.2.5/24"));
  const auto applied = apply(wanting(wanted()), kernel, Rollback::kObject);
  ASSERT_TRUE(applied && applied->complete());
  EXPECT_EQ(kernel.state().links.at("eth0").addresses.size(), 3U);
}

TEST_F(PlannedSecondaries, ArePutBackWhenTheirPrimaryIsMadeAnew) {
  auto file = wanted();
  file.links["eth0"].addresses[kOld].scope = 253;
  ASSERT_TRUE(apply(wanting(file), kernel, Rollback::kObject)->complete());
  EXPECT_EQ(kernel.state().links.at("eth0").addresses.size(), 4U);
}

// Or another one is the primary, which the host calls others from.
TEST_F(PlannedSecondaries, ComeBackInTheOrderThatTheyHad) {
  State before;
  auto& device = before.links["dummy0"] = of_kind(LinkKind::kDummy);
  for (const auto& one : {kOld, kOurs, kForeign})
    device.addresses[one].place.value = static_cast<std::uint32_t>(device.addresses.size() + 1);
  const std::vector<Step> planned{LinkStep{DeleteLink{"dummy0", LinkKind::kDummy}}};
  auto back = lines(way_back(before, {}, planned, Owner::kNone));
  ASSERT_GE(back.size(), 3U);
  back.erase(back.begin(), back.end() - 3);
  EXPECT_THAT(back, ElementsAre("dummy0: add address 192.0.2.9/24", "dummy0: add address 192.0.2.1/24",
                                "dummy0: add address 192.0.2.5/24"));
}

TEST_F(PlannedSecondaries, ThatOnlyTheirOwnerPutsBackAreSaid) {
  (void)kernel.perform(AddAddress{"eth0", prefix("192.0.2.100/24"), owned_by(kVipd)});
  const auto before = observed();
  std::vector<std::string> said;
  for (const auto& one : consequences(before, plan(wanting(wanted()), before.state)))
    said.push_back(describe(one));
  EXPECT_THAT(said, ElementsAre("eth0: loses address 192.0.2.100/24, which vipd holds"));
}

}  // namespace
}  // namespace hawser::world
