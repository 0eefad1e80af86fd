// Routes that others made, through `ip`: what we put back is what was there, in every attribute.
#include <gmock/gmock.h>

#include "lib/plan/draft.h"
#include "lib/plan/simulate.h"
#include "tests/contract/host.h"
#include "tests/contract/tools.h"

namespace hawser::contract {
namespace {

class ForeignRoutes : public HostTest {
 public:
  void SetUp() override {
    for (const auto* card : {"eth0", "eth1"}) plug_in_and_up(card);
    run("ip address add 192.0.2.11/24 dev eth0 && ip address add 203.0.113.11/24 dev eth1");
    run("ip address add 2001:db8::11/64 dev eth0 nodad && ip address add 2001:db8:1::11/64 dev eth1 nodad");
  }
  // Everything that a device with its number shows of its routes, in all tables, as people read it.
  static std::string shown() {
    return run(
        "(ip -d route show table all; ip -6 -d route show table all) | grep -v 'table local' | "
        "grep -v 'proto kernel' | sort");
  }
  // As the planner does it: what was there and is no longer.
  void put_back(const State& before) const {
    const auto now = observe().state;
    for (const auto& [key, route] : before.routes)
      if (!is_kernel_made(route) && !now.routes.contains(key)) perform(AddRoute{key, route});
  }
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ForeignRoutes);
INSTANTIATE_TEST_SUITE_P(, ForeignRoutes, testing::ValuesIn(real_hosts(Need::kNothing)), name_of_host);

constexpr const char* kDown =
    "ip link set eth0 down && ip link set eth0 up && ip address replace "
    "2001:db8::11/64 dev eth0 nodad";

// Without the kernel's own: each device has fe80::/64, and they come back in the order of the devices.
std::map<RouteKey, Route> of_people(std::map<RouteKey, Route> routes) {
  std::erase_if(routes, [](const auto& entry) { return is_kernel_made(entry.second); });
  return routes;
}

TEST_P(ForeignRoutes, ComeBackInEveryAttribute) {
  for (const auto* route : {
           "default via 192.0.2.254 dev eth0 proto dhcp src 192.0.2.11 metric 100",
           "198.51.100.0/25 via 192.0.2.1 dev eth0 mtu lock 1400 advmss 1200 window 20000 rtt 300ms "
           "initcwnd 20 initrwnd 30 hoplimit 63 quickack 1 congctl reno",
           "198.51.100.128/26 dev eth0 scope global",
           "198.51.100.192/27 via 192.0.2.1 dev eth0 tos 0x10",
           "198.51.100.192/27 via 192.0.2.2 dev eth0 table 100 realms 3/7",
           "198.51.100.224/27 nexthop via 192.0.2.3 dev eth0 weight 5 nexthop via 192.0.2.4 dev eth0 weight "
           "2",
           "198.51.100.250/32 via inet6 2001:db8::fe dev eth0",
       })
    run(std::string("ip route add ") + route);
  for (const auto* route : {
           "default via 2001:db8::fe dev eth0 metric 512 pref high",
           "2001:db8:2::/48 via 2001:db8::fd dev eth0 mtu 1400 hoplimit 60",
           "2001:db8:3::/48 nexthop via 2001:db8::fc dev eth0 weight 3 nexthop via 2001:db8::fb dev eth0",
           "2001:db8:4::/48 dev eth0 table 100",
       })
    run(std::string("ip -6 route add ") + route);
  const auto before = observe().state;
  const auto text = shown();
  run(kDown);
  ASSERT_NE(shown(), text);
  put_back(before);
  EXPECT_EQ(shown(), text);
  EXPECT_EQ(of_people(observe().state.routes), of_people(before.routes));
}

TEST_P(ForeignRoutes, ComeBackOnADeviceThatHasAnotherNumberNow) {
  run("ip route add 198.51.100.0/24 nexthop via 192.0.2.3 dev eth0 weight 5 nexthop via 203.0.113.3 dev "
      "eth1");
  const auto before = observe().state;
  run("ip link set eth0 down && ip link set eth0 name old && ip link add eth0 type veth peer name far && ip "
      "link set far up && ip link set eth0 up && ip address del 192.0.2.11/24 dev old && ip address add "
      "192.0.2.11/24 dev eth0 && ip route del 198.51.100.0/24");
  put_back(before);
  const auto text = run("ip route show 198.51.100.0/24");
  EXPECT_THAT(text, testing::HasSubstr("nexthop via 192.0.2.3 dev eth0 weight 5"));
  EXPECT_THAT(text, testing::HasSubstr("nexthop via 203.0.113.3 dev eth1 weight 1"));
}

TEST_P(ForeignRoutes, OfOneKeyComeBackInTheirOrder) {
  run("ip route add 198.51.100.0/24 via 192.0.2.1 dev eth0");
  run("ip route append 198.51.100.0/24 via 192.0.2.2 dev eth0");
  const auto before = observe().state;
  const auto text = shown();
  run(kDown);
  put_back(before);
  EXPECT_EQ(shown(), text);
}

TEST_P(ForeignRoutes, ComeBackWithTheTimeThatTheyHadLeft) {
  run("ip -6 route add 2001:db8:5::/48 dev eth0 expires 1000");
  const auto before = observe().state;
  run(kDown);
  put_back(before);
  const auto text = run("ip -6 route show 2001:db8:5::/48");
  EXPECT_THAT(text, testing::ContainsRegex("expires (99[0-9]|1000)sec"));
}

TEST_P(ForeignRoutes, OverSeveralDevicesStayWhileOneOfThemIsUp) {
  run("ip route add 198.51.100.0/24 nexthop via 192.0.2.3 dev eth0 nexthop via 203.0.113.3 dev eth1");
  run("ip -6 route add 2001:db8:3::/48 nexthop via 2001:db8::fc dev eth0 nexthop via 2001:db8:1::fc dev "
      "eth1");
  const auto before = observe().state;
  auto simulated = before;
  simulate(simulated, SetLinkUp{"eth0", false});
  perform(SetLinkUp{"eth0", false});
  auto now = observe().state;
  for (auto* state : {&simulated, &now})
    std::erase_if(state->routes, [](const auto& entry) { return is_kernel_made(entry.second); });
  EXPECT_EQ(now.routes, simulated.routes);
  EXPECT_EQ(now.routes.size(), 2U);
  simulate(simulated, SetLinkUp{"eth1", false});
  perform(SetLinkUp{"eth1", false});
  now = observe().state;
  std::erase_if(now.routes, [](const auto& entry) { return is_kernel_made(entry.second); });
  EXPECT_EQ(now.routes, simulated.routes);
  EXPECT_TRUE(now.routes.empty());
}

TEST_P(ForeignRoutes, OfANextHopObjectComeBackAsItsWays) {
  run("ip nexthop add id 7 via 192.0.2.7 dev eth0");
  run("ip route add 198.51.100.0/24 nhid 7");
  const auto before = observe().state;
  const auto key = RouteKey{254, *Prefix::parse("198.51.100.0/24"), 0};
  ASSERT_TRUE(before.routes.contains(key));
  EXPECT_EQ(before.routes.at(key).rest->nexthop_id, 7U);
  run(kDown);
  put_back(before);
  EXPECT_THAT(run("ip route show 198.51.100.0/24"), testing::HasSubstr("via 192.0.2.7 dev eth0"));
}

// ---- several routes under one key, on both kernels

class RouteOrder : public HostTest {
 public:
  void SetUp() override {
    for (const auto* card : {"eth0", "eth1", "eth2"}) plug_in_and_up(card);
  }
  static RouteKey nth(const char* to, std::uint8_t place) {
    RouteKey key{254, *Prefix::parse(to), 1024};
    key.nth = place;
    return key;
  }
  static Route over(const std::string& device) {
    Route route;
    route.device = device;
    route.protocol = 3;  // what `ip` writes
    return route;
  }
  // A route to one network over each card.
  State three(const char* to) const {
    for (std::uint8_t i = 0; i < 3; ++i) perform(AddRoute{nth(to, i), over(fmt::format("eth{}", i))});
    return of_people();
  }
  State of_people() const {
    auto state = observe().state;
    std::erase_if(state.routes, [](const auto& entry) { return is_kernel_made(entry.second); });
    return state;
  }
  std::vector<std::string> devices() const {
    std::vector<std::string> names;
    for (const auto& [key, route] : of_people().routes) names.push_back(route.device);
    return names;
  }
};

INSTANTIATE_TEST_SUITE_P(, RouteOrder, testing::ValuesIn(hosts(Need::kNothing)), name_of_host);

constexpr std::array<const char*, 2> kNetworks{"198.51.100.0/24", "2001:db8:5::/48"};

TEST_P(RouteOrder, APlanThatCostsOneOfThemPutsItBackInItsPlace) {
  for (const auto* network : kNetworks) {
    const auto before = three(network);
    for (const auto* name : {"eth0", "eth1", "eth2"}) {
      Draft draft(before, Owner::kNetd);
      draft.take(SetLinkUp{name, false});
      draft.take(SetLinkUp{name, true});
      make_routes(draft, before);
      for (const auto& step : draft.finish()) perform(step);
      EXPECT_THAT(devices(), testing::ElementsAre("eth0", "eth1", "eth2")) << network << " " << name;
    }
    for (const auto& [key, route] : before.routes) perform(RemoveRoute{key, route});
  }
}

TEST_P(RouteOrder, WhatWasLostBeforeALookIsPutBackToo) {
  for (const auto* network : kNetworks) {
    const auto before = three(network);
    for (const auto* name : {"eth0", "eth1", "eth2"}) {
      perform(SetLinkUp{name, false});
      perform(SetLinkUp{name, true});
      ASSERT_EQ(devices().size(), 2U);
      for (const auto& step : towards_network(of_people(), before, Owner::kNetd))
        if (!is<SetMac>(step)) perform(step);
      EXPECT_THAT(devices(), testing::ElementsAre("eth0", "eth1", "eth2")) << network << " " << name;
    }
    for (const auto& [key, route] : before.routes) perform(RemoveRoute{key, route});
  }
}

TEST_P(RouteOrder, ReplacingReplacesTheFirstOfThem) {
  (void)three(kNetworks[0]);
  auto route = over("eth2");
  route.mtu = 1300;
  perform(ChangeRoute{nth(kNetworks[0], 0), over("eth0"), route});
  EXPECT_THAT(devices(), testing::ElementsAre("eth2", "eth1", "eth2"));
}

}  // namespace
}  // namespace hawser::contract
