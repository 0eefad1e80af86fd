// What this kernel does not have is said, once, and holds nothing else up.
#include <cerrno>

#include <gmock/gmock.h>

#include "lib/plan/apply.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/plan/world.h"

namespace hawser::world {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

FakeKernel older_machine() {
  FakeKernel kernel;
  for (const auto* name : {"eth0", "eth1", "eth2"}) kernel.plug_in(name);
  kernel.lack(BondOption::kCoupledControl);
  kernel.lack(BondOption::kLacpStrict);
  kernel.lack_actor_port_prio();
  return kernel;
}

State lacp_bond(const std::string& name = "bond0", const std::vector<std::string>& ports = {"eth0", "eth1"}) {
  State state;
  state.links[name] = bond(BondMode::k8023ad, ports);
  return state;
}

// With options of which an older kernel has never heard, and one that every kernel has.
State young_bond() {
  auto state = lacp_bond();
  auto& bond = *state.links["bond0"].bond;
  bond.set(BondOption::kCoupledControl, 0);
  bond.set(BondOption::kLacpStrict, 1);
  bond.set(BondOption::kBroadcastNeighbor, 1);
  bond.set(BondOption::kResendIgmp, 7);
  bond.ports["eth1"].actor_port_prio = 10;
  return state;
}

std::vector<std::string> reasons(const std::vector<Refusal>& refused) {
  std::vector<std::string> texts;
  for (const auto& refusal : refused) texts.push_back(refusal.why.text);
  return texts;
}

State after(const Desired& desired, FakeKernel& kernel) {
  EXPECT_TRUE(apply(desired, kernel, Rollback::kObject)->complete());
  return kernel.observe({})->state;
}

TEST(Lacking, AKernelThatHasThemGetsThem) {
  FakeKernel kernel;
  for (const auto* name : {"eth0", "eth1"}) kernel.plug_in(name);
  const auto applied = apply(wanting(young_bond()), kernel, Rollback::kEverything);
  ASSERT_TRUE(applied && applied->complete());
  EXPECT_EQ(*kernel.state().links.at("bond0").bond, *young_bond().links.at("bond0").bond);
}

// For coupled_control the bond would have to go down: in vain.
TEST(Lacking, IsKnownFromTheBondAndNotTried) {
  auto kernel = older_machine();
  const auto there = after(wanting(lacp_bond()), kernel);
  EXPECT_THAT(reasons(in_the_way(wanting(young_bond()), there)),
              ElementsAre("bond0: set coupled_control on -> off: this kernel does not have it",
                          "bond0: set lacp_strict off -> on: this kernel does not have it",
                          "bond0: set port eth1: actor_port_prio 255 -> 10: this kernel does not have it"));
  EXPECT_THAT(lines(plan(wanting(young_bond()), there)),
              ElementsAre("bond0: set resend_igmp 1 -> 7", "bond0: set broadcast_neighbor off -> on"));
}

TEST(Lacking, ABondThatIsThereTellsForOneThatIsNot) {
  auto kernel = older_machine();
  const auto there = after(wanting(lacp_bond("other", {"eth2"})), kernel);
  auto state = young_bond();
  const auto known = in_the_way(wanting(state), there);
  EXPECT_THAT(known, SizeIs(3));
  EXPECT_EQ(known.front().object, "bond0 option coupled_control");
  EXPECT_THAT(lines(plan(wanting(state), there)),
              testing::Contains("bond0: create bond 802.3ad, resend_igmp 7, broadcast_neighbor on"));
}

TEST(Lacking, DefaultsAreNoWishes) {
  auto kernel = older_machine();
  const auto there = after(wanting(lacp_bond()), kernel);
  EXPECT_THAT(in_the_way(wanting(lacp_bond()), there), IsEmpty());
  auto other = State{};
  other.links["bond0"] = bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  other.links["bond0"].bond->set(BondOption::kCoupledControl, 0);  // not of this mode
  other.links["bond0"].bond->ports["eth0"].actor_port_prio = 3;
  EXPECT_THAT(in_the_way(wanting(other), there), IsEmpty());
}

// Nobody has a bond yet that could tell: making one does.
TEST(Lacking, HoldsUpNothingElseWhenTheBondIsMade) {
  auto kernel = older_machine();
  const auto applied = apply(wanting(young_bond()), kernel, Rollback::kObject);
  ASSERT_TRUE(applied);
  EXPECT_THAT(reasons(applied->refused),
              testing::UnorderedElementsAre(
                  "bond0: set coupled_control on -> off: this kernel does not have it",
                  "bond0: set lacp_strict off -> on: this kernel does not have it",
                  "bond0: set port eth1: actor_port_prio 255 -> 10: this kernel does not have it"));
  EXPECT_THAT(applied->left, IsEmpty());
  const auto& made = kernel.state().links.at("bond0");
  EXPECT_TRUE(made.up);
  EXPECT_THAT(made.bond->ports, SizeIs(2));
  EXPECT_EQ(made.bond->get(BondOption::kResendIgmp), 7U);
  EXPECT_EQ(made.bond->get(BondOption::kBroadcastNeighbor), 1U);
  // And at the next look nothing is tried again.
  const auto before = kernel.performs();
  const auto again = apply(wanting(young_bond()), kernel, Rollback::kObject);
  ASSERT_TRUE(again);
  EXPECT_THAT(again->refused, SizeIs(3));
  EXPECT_EQ(kernel.performs(), before);
}

TEST(Lacking, AllOrNothingIsNothing) {
  auto kernel = older_machine();
  const auto applied = apply(wanting(young_bond()), kernel, Rollback::kEverything);
  ASSERT_TRUE(applied);
  ASSERT_THAT(applied->refused, SizeIs(1));
  EXPECT_EQ(applied->refused.front().why.code, ENOSYS);
  EXPECT_FALSE(kernel.state().links.contains("bond0"));
  (void)after(wanting(lacp_bond()), kernel);
  const auto before = kernel.performs();
  EXPECT_THAT(apply(wanting(young_bond()), kernel, Rollback::kEverything)->refused, SizeIs(3));
  EXPECT_EQ(kernel.performs(), before) << "refused before anything is touched";
}

TEST(Lacking, OnePortsPriorityIsItsOwnUnitOfRefusal) {
  auto state = lacp_bond();
  state.links["bond0"].bond->ports["eth1"] = {.prio = 0, .queue_id = 2, .actor_port_prio = 10};
  FakeKernel kernel;
  for (const auto* name : {"eth0", "eth1"}) kernel.plug_in(name);
  const auto there = after(wanting(lacp_bond()), kernel);
  EXPECT_THAT(lines(plan(wanting(state), there)),
              ElementsAre("bond0: set port eth1: actor_port_prio 255 -> 10",
                          "bond0: set port eth1: queue_id 0 -> 2"));
  auto older = older_machine();
  const auto applied = apply(wanting(state), older, Rollback::kObject);
  ASSERT_TRUE(applied);
  ASSERT_THAT(applied->refused, SizeIs(1));
  EXPECT_EQ(applied->refused.front().object, "bond0 port eth1 actor_port_prio");
  EXPECT_EQ(older.state().links.at("bond0").bond->ports.at("eth1").queue_id, 2);
}

}  // namespace
}  // namespace hawser::world
