// Whatever a plan costs is said, and nothing else: held against what the fake kernel has after it.
#include <gtest/gtest.h>

#include "lib/plan/apply.h"
#include "lib/plan/consequence.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/plan/random_state.h"

namespace hawser::world {
namespace {

constexpr unsigned kCases = 300;

struct Case {
  explicit Case(unsigned seed) : random(seed) {
    FakeKernel kernel;
    for (const auto* name : {"eth0", "eth1", "eth2", "eth3"}) kernel.plug_in(name);
    EXPECT_TRUE(apply(wanting(random.desired()), kernel, Rollback::kObject));
    auto state = kernel.state();
    Journal journal;
    for (const auto& [name, link] : state.links)
      if (link.kind != LinkKind::kPhysical && random.chance(60)) journal.links.insert(name);
    random.add_foreign(state);
    before = FakeKernel(state);
    desired = wanting(random.desired(), journal);
  }

  RandomState random;
  FakeKernel before;
  Desired desired;
};

std::set<IpAddress> addresses(const State& state) {
  std::set<IpAddress> all;
  for (const auto& [name, link] : state.links)
    for (const auto& [prefix, address] : link.addresses) all.insert(prefix.address);
  return all;
}

struct Gone {
  std::set<IpAddress> addresses;
  std::set<RouteKey> routes;
};

Gone said(const std::vector<Step>& steps, const std::vector<Consequence>& costs, const State& now) {
  Gone gone;
  for (const auto& step : steps) {
    if (const auto* address = as<RemoveAddress>(step)) gone.addresses.insert(address->prefix.address);
    if (const auto* route = as<RemoveRoute>(step)) gone.routes.insert(route->key);
  }
  std::erase_if(gone.addresses, [&](const auto& address) { return addresses(now).contains(address); });
  std::erase_if(gone.routes, [&](const auto& key) { return now.routes.contains(key); });
  for (const auto& cost : costs) {
    if (const auto* address = std::get_if<LostAddress>(&cost)) gone.addresses.insert(address->prefix.address);
    if (const auto* route = std::get_if<LostRoute>(&cost)) gone.routes.insert(route->key);
  }
  return gone;
}

Gone happened(const State& before, const State& now) {
  Gone gone{addresses(before), {}};
  for (const auto& address : addresses(now)) gone.addresses.erase(address);
  for (const auto& [key, route] : before.routes)
    if (!now.routes.contains(key)) gone.routes.insert(key);
  return gone;
}

// Where an address answered with one MAC and answers with another.
std::set<std::string> moved(const State& before, const State& now) {
  std::map<IpAddress, MacAddress> was;
  for (const auto& [name, link] : before.links)
    for (const auto& [prefix, address] : link.addresses) was.emplace(prefix.address, *link.mac);
  std::set<std::string> links;
  for (const auto& [name, link] : now.links)
    for (const auto& [prefix, address] : link.addresses)
      if (address.protocol != kVipd && was.contains(prefix.address) && was.at(prefix.address) != *link.mac)
        links.insert(name);
  return links;
}

TEST(ConsequenceProperty, WhatGoesOrMovesIsSaidAndNothingElse) {
  unsigned complete = 0;
  for (unsigned seed = 0; complete < kCases; ++seed) {
    ASSERT_LT(seed, 20 * kCases);
    Case c(seed);
    const auto observed = c.before.observe({});
    ASSERT_TRUE(observed);
    const auto steps = plan(c.desired, observed->state);
    const auto costs = consequences(*observed, steps);
    auto kernel = c.before;
    const auto applied = apply(c.desired, kernel, Rollback::kObject);
    ASSERT_TRUE(applied) << "seed " << seed;
    // Where somebody else's devices are in the way not all of it can be done.
    if (!foreign_in_the_way(c.desired, observed->state).empty()) continue;
    ASSERT_TRUE(applied->complete()) << "seed " << seed;
    ++complete;
    std::string text;
    for (const auto& step : steps) text += describe(step) + "\n";
    for (const auto& cost : costs) text += describe(cost) + "\n";
    const auto words = said(steps, costs, kernel.state());
    const auto deeds = happened(observed->state, kernel.state());
    ASSERT_EQ(words.addresses, deeds.addresses) << "seed " << seed << "\n" << text;
    ASSERT_TRUE(words.routes == deeds.routes) << "seed " << seed << "\n" << text;
    std::set<std::string> links;
    for (const auto& cost : costs)
      if (const auto* mac = std::get_if<MovedMac>(&cost)) links.insert(mac->link);
    ASSERT_EQ(links, moved(observed->state, kernel.state())) << "seed " << seed << "\n" << text;
  }
}

}  // namespace
}  // namespace hawser::world
