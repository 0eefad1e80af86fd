// Several routes under one key ("ip route append"): each is lost and put back by itself, in its place.
#include <gmock/gmock.h>

#include "lib/plan/draft.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/plan/host.h"

namespace hawser::world {
namespace {

using testing::ElementsAre;

RouteKey nth(const char* to, std::uint8_t place, std::uint32_t metric = 0) {
  auto key = route_to(to, metric);
  key.nth = place;
  return key;
}

// Three cards with a route to one network each.
class RouteOrder : public testing::TestWithParam<const char*> {
 protected:
  RouteOrder() {
    for (const auto* name : {"eth0", "eth1", "eth2"}) {
      kernel.plug_in(name);
      do_it(SetLinkUp{name, true});
    }
    for (std::uint8_t i = 0; i < 3; ++i) do_it(AddRoute{nth(GetParam(), i), by(i)});
    before = kernel.state();
  }
  static Route by(int card) { return route(fmt::format("eth{}", card), {}, kBoot); }
  void do_it(const Step& step) {
    const auto done = kernel.perform(step);
    EXPECT_TRUE(done) << done.error().text;
  }
  void go_back() {
    for (const auto& step : towards_network(kernel.observe({})->state, before, Owner::kNetd)) do_it(step);
  }
  [[nodiscard]] std::vector<std::string> devices() const {
    std::vector<std::string> names;
    for (const auto& [key, one] : kernel.state().routes) names.push_back(one.device);
    return names;
  }

  FakeKernel kernel;
  State before;
};

INSTANTIATE_TEST_SUITE_P(, RouteOrder, testing::Values("198.51.100.0/24", "2001:db8:5::/48"),
                         [](const auto& tested) { return tested.index == 0 ? "Ipv4" : "Ipv6"; });

// As within one plan: who comes back is known by its place.
TEST_P(RouteOrder, APlanThatCostsOneOfThemPutsItBackInItsPlace) {
  for (const auto* name : {"eth0", "eth1", "eth2"}) {
    Draft draft(before, Owner::kNetd);
    for (const Step& step : {Step{SetLinkUp{name, false}}, Step{SetLinkUp{name, true}}}) draft.take(step);
    make_routes(draft, before);
    EXPECT_EQ(draft.now().routes, before.routes);
    for (const auto& step : draft.finish()) do_it(step);
    EXPECT_THAT(devices(), ElementsAre("eth0", "eth1", "eth2")) << name;
  }
}

// As by a later look, which numbers what is left anew.
TEST_P(RouteOrder, WhatWasLostBeforeALookIsPutBackToo) {
  for (const auto* name : {"eth0", "eth1", "eth2"}) {
    do_it(SetLinkUp{name, false});
    do_it(SetLinkUp{name, true});
    ASSERT_EQ(devices().size(), 2U);
    go_back();
    EXPECT_THAT(devices(), ElementsAre("eth0", "eth1", "eth2")) << name;
  }
}

TEST_P(RouteOrder, ChangingOneReplacesNoOther) {
  before.routes.at(nth(GetParam(), 1, before.routes.begin()->first.metric)).mtu = 1300;
  go_back();
  EXPECT_EQ(kernel.state().routes, before.routes);
}

}  // namespace
}  // namespace hawser::world
