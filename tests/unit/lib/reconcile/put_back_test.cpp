#include "lib/reconcile/put_back.h"

#include <cerrno>

#include <gmock/gmock.h>

#include "lib/plan/apply.h"
#include "lib/plan/plan.h"
#include "lib/reconcile/patient_kernel.h"
#include "tests/support/fake/fake_kernel.h"

namespace hawser {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PutBack : public testing::Test {
 protected:
  PutBack() {
    for (const auto* card : {"eth0", "eth1", "eth2"}) {
      kernel.plug_in(card);
      kernel.set_carrier(card, true);
    }
    Link bond;
    bond.kind = LinkKind::kBond;
    bond.up = true;
    bond.bond = kernel_default_bond(BondMode::kActiveBackup);
    make(CreateLink{"bond0", bond});
    for (const auto* card : {"eth0", "eth1"}) make(SetMaster{card, "", "bond0"});
    for (const auto* link : {"bond0", "eth0", "eth1"}) make(SetLinkUp{link, true});
    make(SetActivePort{"bond0", "eth1"});
    before = look();
  }
  void make(const Step& step) {
    const auto done = kernel.perform(step);
    ASSERT_TRUE(done) << done.error().text;
  }
  Observed look() { return kernel.observe(kNetworkOnly).value(); }
  std::string active() { return look().links.at("bond0").active_port; }

  // As a mode change does it: what carried leaves, and the kernel takes the other one.
  std::vector<Step> release_and_join_anew() {
    const std::vector<Step> steps{SetMaster{"eth1", "bond0", ""}, SetMaster{"eth1", "", "bond0"}};
    for (const auto& step : steps) make(step);
    return steps;
  }

  FakeKernel kernel;
  Observed before;
};

TEST_F(PutBack, APortThatHadTheActiveRoleHasItAgain) {
  const std::vector<Step> planned{SetMaster{"eth1", "bond0", ""}};
  make(planned.front());
  ASSERT_EQ(active(), "eth0");
  ASSERT_TRUE(put_back(kernel, before, planned, Owner::kNone));
  EXPECT_EQ(look().state, before.state);
  EXPECT_EQ(active(), "eth1");
}

// In the mode that comes back they cannot be set any more.
TEST_F(PutBack, WhatOnlyTheOtherModeTakesIsAsItWasToo) {
  Desired lacp;
  lacp.state = before.state;
  lacp.state.links.at("bond0").bond->mode = BondMode::k8023ad;
  for (const auto& [option, value] : std::map<BondOption, std::uint32_t>{
           {BondOption::kLacpRate, 1}, {BondOption::kLacpActive, 0}, {BondOption::kAdSelect, 2}})
    lacp.state.links.at("bond0").bond->set(option, value);
  const auto planned = plan_network(lacp, before.state);
  const auto applied = apply(lacp, kernel, Rollback::kEverything, kNetworkOnly);
  ASSERT_TRUE(applied && applied->complete());
  ASSERT_NE(look().state, before.state);
  EXPECT_TRUE(put_back(kernel, before, planned, Owner::kNone));
  EXPECT_EQ(look().state, before.state);
  EXPECT_EQ(active(), "eth1");
}

// Wherever it was refused.
TEST_F(PutBack, APlanThatIsRolledBackLeavesNothingOfTheOtherMode) {
  Desired lacp;
  lacp.state = before.state;
  lacp.state.links.at("bond0").bond->mode = BondMode::k8023ad;
  lacp.state.links.at("bond0").bond->set(BondOption::kLacpRate, 1);
  const auto steps = static_cast<int>(plan_network(lacp, before.state).size());
  for (int step = 0; step < steps; ++step) {
    kernel.fail_step(step, {"refused", EIO});
    ASSERT_TRUE(apply(lacp, kernel, Rollback::kEverything, kNetworkOnly));
    EXPECT_EQ(look().state, before.state) << step;
  }
}

TEST_F(PutBack, NothingIsLeftToDoTheSecondTime) {
  const std::vector<Step> planned{SetMaster{"eth1", "bond0", ""}};
  make(planned.front());
  ASSERT_TRUE(put_back(kernel, before, planned, Owner::kNone));
  const int until_now = kernel.performs();
  ASSERT_TRUE(put_back(kernel, before, planned, Owner::kNone));
  EXPECT_EQ(kernel.performs(), until_now);
}

TEST_F(PutBack, RolesOfOtherBondsAreTheirOwnMatter) {
  make(SetActivePort{"bond0", "eth0"});  // by somebody else, meanwhile
  EXPECT_THAT(lost_roles(before, look(), std::vector<Step>{SetMtu{"eth2", 1500, 9000}}), IsEmpty());
  EXPECT_THAT(lost_roles(before, look(), std::vector<Step>{SetMtu{"eth1", 1500, 9000}}),
              ElementsAre(SetActivePort{"bond0", "eth1"}));
}

TEST_F(PutBack, ARoleIsNotGivenToWhatIsNoPortAnyMore) {
  make(SetMaster{"eth1", "bond0", ""});
  EXPECT_THAT(lost_roles(before, look(), std::vector<Step>{SetLinkUp{"bond0", false}}), IsEmpty());
}

TEST_F(PutBack, TheRoleWaitsUntilTheBondHasSeenTheCarrier) {
  const auto planned = release_and_join_anew();
  kernel.set_carrier("eth1", false);
  int pauses = 0;
  PatientKernel patient(kernel, [&](Milliseconds) {
    if (++pauses == 3) kernel.set_carrier("eth1", true);
  });
  EXPECT_TRUE(give_roles_back(patient, before, planned));
  EXPECT_EQ(pauses, 3);
  EXPECT_EQ(active(), "eth1");
}

TEST_F(PutBack, ARoleThatCannotBeGivenBackIsSaid) {
  const auto planned = release_and_join_anew();
  kernel.set_carrier("eth1", false);
  PatientKernel patient(kernel, [](Milliseconds) {});
  const auto done = put_back(patient, before, planned, Owner::kNone);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, EINVAL);
}

}  // namespace
}  // namespace hawser
