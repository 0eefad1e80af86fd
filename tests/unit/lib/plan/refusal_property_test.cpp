// Whatever the kernel refuses for good: all that does not rest on it arrives, what was refused is as it was,
// the smallest thing is named, and trying again changes nothing.
#include <cerrno>

#include <gtest/gtest.h>

#include "lib/plan/object.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/plan/refusal.h"

namespace hawser::world {
namespace {

constexpr unsigned kShards = 20;
constexpr unsigned kCasesOfAShard = 500;

const Error kRefused{"refused by the test", EIO};

std::string text_of(const std::vector<Step>& steps) {
  std::string text;
  for (const auto& line : lines(steps)) text += line + "\n";
  return text;
}

// A machine as an earlier file left it, a file, and what of its plan is refused.
struct Trial {
  explicit Trial(unsigned seed) : random(seed) {
    for (const auto* name : {"eth0", "eth1", "eth2", "eth3"}) kernel.plug_in(name);
    const auto first = apply(wanting(network()), kernel, Rollback::kObject);
    EXPECT_TRUE(first && first->complete());
    desired = wanting(network());
    for (const auto& [name, link] : kernel.state().links)
      if (link.kind != LinkKind::kPhysical) desired.journal.links.insert(name);
    before = kernel.state();
    const auto steps = plan(desired, before);
    for (int i = 1 + random.below(3); i > 0 && !steps.empty(); --i) {
      const auto& step = steps.at(static_cast<std::size_t>(random.below(static_cast<int>(steps.size()))));
      refusals.push_back(refusal_of(step, random));
    }
    kernel.refuse_always([this](const Step& step) { return refuses(step); }, kRefused);
  }

  [[nodiscard]] bool refuses(const Step& step) const {
    return std::ranges::any_of(refusals, [&](const auto& refusal) { return refusal(step); });
  }
  State network() {
    auto state = random.desired();
    state.services.clear();
    return state;
  }

  RandomState random;
  FakeKernel kernel;
  Desired desired;
  State before;
  std::vector<Refuses> refusals;
};

// Devices as they are, but for MACs: a bond that was empty for a moment has another one, as the kernel gives
// it.
State devices(State state) {
  state.routes.clear();
  for (auto& [name, link] : state.links) link.mac.reset();
  return state;
}

class RefusalProperty : public testing::TestWithParam<unsigned> {};

INSTANTIATE_TEST_SUITE_P(, RefusalProperty, testing::Range(0U, kShards));

TEST_P(RefusalProperty, WhatDoesNotRestOnARefusedUnitArrives) {
  for (unsigned seed = GetParam() * kCasesOfAShard; seed < (GetParam() + 1) * kCasesOfAShard; ++seed) {
    Trial t(seed);
    const auto steps = plan(t.desired, t.before);
    const auto applied = apply(t.desired, t.kernel, Rollback::kObject);
    ASSERT_TRUE(applied);
    const auto now = t.kernel.state();
    auto story =
        fmt::format("seed {}\nplan:\n{}performed:\n{}", seed, text_of(steps), text_of(t.kernel.performed()));
    for (const auto& [unit, step, why, price] : applied->refused) {
      story += "refused " + unit + ": " + why.text + "\n";
      ASSERT_TRUE(t.refuses(step) || is<CreateLink>(step)) << story << "that rests on another";
      ASSERT_EQ(unit, unit_of(step, t.desired.state, t.before)) << story;
    }
    ASSERT_EQ(text_of(applied->futile), "") << story;
    const auto rest = without(t.desired, applied->refused, t.before, now);
    ASSERT_EQ(text_of(plan(rest, now)), "") << story << "did not arrive";
    // The kernel itself does what it refuses us: a VLAN goes up, or away, with what it is on.
    const auto by_itself = [](const Refusal& refusal) {
      return is<SetLinkUp>(refusal.step) || is<DeleteLink>(refusal.step);
    };
    if (std::ranges::any_of(applied->refused, by_itself)) continue;
    const auto again = apply(t.desired, t.kernel, Rollback::kObject);
    ASSERT_TRUE(again);
    ASSERT_EQ(text_of(plan({.state = devices(now), .owner = Owner::kNone, .journal = {}}, t.kernel.state())),
              "")
        << story << "the second try changed something";
  }
}

}  // namespace
}  // namespace hawser::world
