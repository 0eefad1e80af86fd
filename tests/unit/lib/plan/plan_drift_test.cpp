// Every attribute that a state has, changed by somebody else: the plan names exactly what differs, and one
// apply repairs it.
#include <functional>

#include <gmock/gmock.h>

#include "lib/plan/plan.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/plan/host.h"

namespace hawser::world {
namespace {

using testing::IsEmpty;

struct Drift {
  std::string name;
  std::function<void(State&)> change;
  Lines expected;
};

State full_host() {
  auto state = host();
  auto& first = *state.links["bond0"].bond;
  first.primary = "eth0";
  first.ports["eth1"] = {.prio = 5, .queue_id = 1};
  state.links["front"].addresses[prefix("2001:db8::11/64")] = owned_by(kNetd);
  state.routes[route_to("198.51.100.0/24")] = route("front", "203.0.113.254", kNetd);
  auto& web = state.services[service("tcp 203.0.113.100:80")];
  web.netmask = 32;
  web.reals[endpoint("198.51.100.21:80")] = {};
  web.reals[endpoint("198.51.100.22:80")] = {};
  return state;
}

Service& web_of(State& state) {
  return state.services.at(service("tcp 203.0.113.100:80"));
}
RealServer& real_of(State& state) {
  return web_of(state).reals.at(endpoint("198.51.100.21:80"));
}
Address& address_of(State& state) {
  return state.links.at("front").addresses.at(prefix("2001:db8::11/64"));
}
Route& route_of(State& state) {
  return state.routes.at(route_to("198.51.100.0/24"));
}

const std::string kWeb = "tcp 203.0.113.100:80: ";
const std::string kReal = kWeb + "edit real server 198.51.100.21:80: ";
const std::string kAddress = "front: change address 2001:db8::11/64: ";
const std::string kRoute = "route 198.51.100.0/24: change ";

std::vector<Drift> network_drifts() {
  return {
      {"Mtu", [](State& s) { s.links["bond0"].mtu = 1499; }, {"bond0: set mtu 1499 -> 1500"}},
      {"Mac",
       [](State& s) { s.links["bond0"].mac = mac("02:00:00:00:00:01"); },
       {"bond0: set mac 02:00:00:00:00:01 -> 52:54:00:00:53:01"}},
      {"CardUp", [](State& s) { s.links["eth2"].up = true; }, {"eth2: set down"}},
      {"Primary",
       [](State& s) { s.links["bond0"].bond->primary = "eth1"; },
       {"bond0: set primary eth1 -> eth0"}},
      {"Prio",
       [](State& s) { s.links["bond0"].bond->ports["eth1"].prio = 0; },
       {"bond0: set port eth1: prio 0 -> 5"}},
      {"Queue",
       [](State& s) { s.links["bond0"].bond->ports["eth1"].queue_id = 0; },
       {"bond0: set port eth1: queue_id 0 -> 1"}},
      {"Targets",
       [](State& s) { s.links["bond0"].bond->arp_ip_target = {ip("192.0.2.9")}; },
       {"bond0: set arp_ip_target 192.0.2.9 -> none"}},
      {"Targets6",
       [](State& s) { s.links["bond0"].bond->ns_ip6_target = {ip("2001:db8::9")}; },
       {"bond0: set ns_ip6_target 2001:db8::9 -> none"}},
      {"Lifetime",
       [](State& s) { address_of(s).preferred_lifetime = 0; },
       {kAddress + "preferred_lifetime 0s -> forever"}},
      {"PrefixRoute",
       [](State& s) { address_of(s).no_prefix_route = true; },
       {kAddress + "no_prefix_route on -> off"}},
      {"Dad", [](State& s) { address_of(s).no_dad = true; }, {kAddress + "no_dad on -> off"}},
      {"Protocol", [](State& s) { address_of(s).protocol = 0; }, {}},
      {"ProtocolAndMore",
       [](State& s) {
         address_of(s).protocol = 0;
         address_of(s).preferred_lifetime = 0;
       },
       {kAddress + "preferred_lifetime 0s -> forever, protocol none -> netd"}},
      {"Address",
       [](State& s) { s.links["front"].addresses.erase(prefix("2001:db8::11/64")); },
       {"front: add address 2001:db8::11/64"}},
      {"Via",
       [](State& s) { route_of(s).via = ip("203.0.113.253"); },
       {kRoute + "via 203.0.113.253 -> 203.0.113.254"}},
      {"Device", [](State& s) { route_of(s).device = "bond0"; }, {kRoute + "dev bond0 -> front"}},
      {"Source",
       [](State& s) { route_of(s).source = ip("203.0.113.11"); },
       {kRoute + "source 203.0.113.11 -> none"}},
      {"Onlink", [](State& s) { route_of(s).onlink = true; }, {kRoute + "onlink on -> off"}},
      {"RouteMtu", [](State& s) { route_of(s).mtu = 1400; }, {kRoute + "mtu 1400 -> 0"}},
      {"RouteProtocol", [](State& s) { route_of(s).protocol = kBoot; }, {}},
      {"RouteProtocolAndMore",
       [](State& s) {
         route_of(s).protocol = kBoot;
         route_of(s).mtu = 1400;
       },
       {kRoute + "mtu 1400 -> 0, protocol boot -> netd"}},
  };
}

std::vector<Drift> ipvs_drifts() {
  return {
      {"Scheduler",
       [](State& s) { web_of(s).scheduler = "rr"; },
       {kWeb + "edit service: scheduler rr -> wlc"}},
      {"Persistence",
       [](State& s) {
         web_of(s).flags = 1;
         web_of(s).persistence_timeout = 60;
       },
       {kWeb + "edit service: persistence 1m -> none"}},
      {"Netmask",
       [](State& s) { web_of(s).netmask = 24; },
       {kWeb + "edit service: persistence_netmask /24 -> /32"}},
      {"Engine",
       [](State& s) { web_of(s).persistence_engine = "sip"; },
       {kWeb + "edit service: persistence_engine sip -> none"}},
      {"OnePacket", [](State& s) { web_of(s).flags = 4; }, {kWeb + "edit service: one_packet on -> off"}},
      {"Flags",
       [](State& s) { web_of(s).flags = 0x18; },
       {kWeb + "edit service: scheduler_flags flag-1+flag-2 -> none"}},
      {"Weight", [](State& s) { real_of(s).weight = 9; }, {kReal + "weight 9 -> 1"}},
      {"Forwarding",
       [](State& s) { real_of(s).forwarding = Forwarding::kDirect; },
       {kReal + "forwarding direct -> masquerade"}},
      {"Upper", [](State& s) { real_of(s).upper_threshold = 9; }, {kReal + "upper_threshold 9 -> 0"}},
      {"Lower", [](State& s) { real_of(s).lower_threshold = 9; }, {kReal + "lower_threshold 9 -> 0"}},
      {"Tunnel",
       [](State& s) { real_of(s).tunnel = {.type = TunnelType::kGue, .port = 6080, .flags = 1}; },
       {kReal + "tunnel gue:6080+checksum -> ipip"}},
      {"Real",
       [](State& s) { web_of(s).reals.erase(endpoint("198.51.100.22:80")); },
       {kWeb + "add real server 198.51.100.22:80: weight 1, forwarding masquerade"}},
  };
}

std::vector<Drift> drifts() {
  auto all = network_drifts();
  std::ranges::move(ipvs_drifts(), std::back_inserter(all));
  return all;
}

class DriftTest : public testing::TestWithParam<Drift> {};

TEST_P(DriftTest, PlanNamesExactlyWhatDiffersAndOneApplyRepairsIt) {
  auto observed = full_host();
  GetParam().change(observed);
  EXPECT_EQ(plan_of(full_host(), observed), GetParam().expected);
  FakeKernel kernel(observed);
  for (const auto& step : plan(wanting(full_host()), observed))
    EXPECT_TRUE(kernel.perform(step)) << describe(step);
  EXPECT_THAT(plan_of(full_host(), kernel.state()), IsEmpty());
}

std::string name_of_drift(const testing::TestParamInfo<Drift>& tested) {
  return tested.param.name;
}

INSTANTIATE_TEST_SUITE_P(EveryAttribute, DriftTest, testing::ValuesIn(drifts()), name_of_drift);

}  // namespace
}  // namespace hawser::world
