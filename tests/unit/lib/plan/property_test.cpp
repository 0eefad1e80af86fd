// Whatever a file says and whatever is there: one apply leads to the other, and a refusal leads back.
#include <algorithm>
#include <cerrno>

#include <gtest/gtest.h>

#include "lib/plan/apply.h"
#include "lib/plan/object.h"
#include "lib/plan/simulate.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/plan/random_state.h"

namespace hawser::world {
namespace {

constexpr unsigned kCases = 300;
constexpr unsigned kRollbackCases = 25;  // each with a refusal at each of its steps

const Error kRefused{"refused by the test", EIO};

FakeKernel machine() {
  FakeKernel kernel;
  for (const auto* name : {"eth0", "eth1", "eth2", "eth3"}) kernel.plug_in(name);
  return kernel;
}

std::string text_of(const std::vector<Step>& steps) {
  std::string text;
  for (const auto& line : lines(steps)) text += line + "\n";
  return text;
}

std::string text_of(const Applied& applied) {
  auto text = "done:\n" + text_of(applied.done) + "left:\n" + text_of(applied.left);
  for (const auto& refusal : applied.refused)
    text += "refused " + refusal.object + ": " + refusal.why.text + "\n";
  return text;
}

// A kernel as an earlier file, and others, left it.
struct Case {
  explicit Case(unsigned seed) : random(seed) {
    auto kernel = machine();
    const auto first = apply(wanting(random.desired()), kernel, Rollback::kObject);
    EXPECT_TRUE(first && first->complete()) << "seed " << seed << "\n" << text_of(*first);
    auto state = kernel.state();
    for (const auto& [name, link] : state.links)
      if (link.kind != LinkKind::kPhysical && random.chance(60)) desired.journal.links.insert(name);
    for (const auto& [key, service] : state.services)
      if (random.chance(50)) desired.journal.services.insert(key);
    random.add_foreign(state);
    before = FakeKernel(state);
    desired.state = random.desired();
    desired.owner = Owner::kNetd;
    for (auto foreign = foreign_in_the_way(desired, state); !foreign.empty();
         foreign = foreign_in_the_way(desired, state))
      own(foreign.front().step);
  }

  // What would be in the way is ours after all.
  void own(const Step& step) {
    if (const auto* create = as<CreateLink>(step)) desired.journal.links.insert(create->link);
    if (const auto* place = as<SetMaster>(step)) desired.journal.links.insert(place->from);
  }

  RandomState random;
  FakeKernel before;
  Desired desired;
};

// Both ways, because what one side lacks only the other way's plan names.
std::string difference(const State& one, const State& other) {
  const Desired to_one{.state = one, .owner = Owner::kNone, .journal = {}};
  const Desired to_other{.state = other, .owner = Owner::kNone, .journal = {}};
  return "->\n" + text_of(plan(to_other, one)) + "<-\n" + text_of(plan(to_one, other));
}

// vipd puts its addresses back itself where they went with a link, and nobody else may.
State without_vips(State state) {
  for (auto& [name, link] : state.links)
    std::erase_if(link.addresses, [](const auto& entry) { return entry.second.protocol == kVipd; });
  return state;
}

// What may be gone: what hangs on a device that is down (IPv4 does not) or a port (vipd's IPv4 does not).
bool must_stay(const State& now, const std::string& device, const Prefix& prefix, bool is_vip) {
  const auto link = now.links.find(device);
  if (link == now.links.end()) return false;
  const bool is_port = !bond_of(now, device).empty();
  if (prefix.address.is_v6()) return link->second.up && !is_port;
  return is_vip || !is_port;
}

bool route_must_stay(const State& now, const std::string& device) {
  const auto link = now.links.find(device);
  return link != now.links.end() && link->second.up && bond_of(now, device).empty();
}

bool is_made_anew(const Case& c, const std::string& name) {
  const auto wanted = c.desired.state.links.find(name);
  const auto& there = c.before.state().links.at(name);
  return wanted != c.desired.state.links.end() &&
         (wanted->second.vlan != there.vlan || wanted->second.vrf_table != there.vrf_table);
}

void expect_foreign_untouched(const Case& c, const State& before, const State& now) {
  for (const auto& [name, link] : before.links)
    for (const auto& [prefix, address] : link.addresses) {
      if (address.protocol == kNetd || (address.protocol == kVipd && is_made_anew(c, name)) ||
          !must_stay(now, name, prefix, address.protocol == kVipd))
        continue;
      const auto& there = now.links.at(name).addresses;
      ASSERT_TRUE(there.contains(prefix)) << name << " lost " << to_string(prefix);
      EXPECT_EQ(there.at(prefix), address);
    }
  for (const auto& [key, route] : before.routes)
    if (route.protocol == kBoot && route_must_stay(now, route.device)) {
      EXPECT_TRUE(now.routes.contains(key)) << to_string(key);
    }
  for (const auto& [key, service] : before.services)
    if (!c.desired.state.services.contains(key) && !c.desired.journal.services.contains(key)) {
      ASSERT_TRUE(now.services.contains(key));
      EXPECT_EQ(now.services.at(key), service);
    }
}

TEST(PlanProperty, OneApplyLeadsToTheDesiredState) {
  for (unsigned seed = 0; seed < kCases; ++seed) {
    Case c(seed);
    auto kernel = c.before;
    const auto steps = plan(c.desired, kernel.observe({})->state);  // which knows the order of addresses
    const auto applied = apply(c.desired, kernel, Rollback::kObject);
    ASSERT_TRUE(applied && applied->complete()) << "seed " << seed << "\n" << text_of(*applied);
    ASSERT_EQ(text_of(plan(c.desired, kernel.state())), "") << "seed " << seed;
    ASSERT_EQ(text_of(applied->done), text_of(steps)) << "seed " << seed << ": the planner did not foresee\n"
                                                      << text_of(*applied);
    expect_foreign_untouched(c, c.before.state(), kernel.state());
    ASSERT_FALSE(HasFatalFailure() || HasNonfatalFailure()) << "seed " << seed << "\n" << text_of(*applied);
  }
}

TEST(PlanProperty, WhatIsSettledAndEqualNeedsNothing) {
  for (unsigned seed = 0; seed < kCases; ++seed) {
    Case c(seed);
    const auto state = c.before.state();
    ASSERT_EQ(text_of(plan({.state = state, .owner = Owner::kNone, .journal = {}}, state)), "")
        << "seed " << seed;
    ASSERT_EQ(settle(state, state), state) << "seed " << seed;
  }
}

TEST(PlanProperty, ARefusedStepLeadsBackToExactlyTheStateBefore) {
  for (unsigned seed = 0; seed < kRollbackCases; ++seed) {
    Case c(seed);
    const auto before = c.before.state();
    const auto steps = plan(c.desired, before);
    for (std::size_t step = 0; step < steps.size(); ++step) {
      auto kernel = c.before;
      kernel.fail_step(static_cast<int>(step), kRefused);
      const auto applied = apply(c.desired, kernel, Rollback::kEverything);
      ASSERT_TRUE(applied);
      ASSERT_EQ(applied->refused.size(), 1U);
      ASSERT_TRUE(applied->done.empty());
      ASSERT_TRUE(without_vips(settle(kernel.state(), before)) == without_vips(before))
          << "seed " << seed << " step " << step << " " << describe(steps[step]) << "\n"
          << difference(before, kernel.state()) << text_of(kernel.performed());
    }
  }
}

}  // namespace
}  // namespace hawser::world
