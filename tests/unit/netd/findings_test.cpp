#include "netd/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/reconcile/site.h"

namespace hawser::netd {
namespace {

using namespace site;
using testing::ElementsAre;
using testing::IsEmpty;

probes::Health health_of(probes::HealthState state, const std::string& words) {
  probes::Health health;
  health.state = state;
  health.words = words;
  health.in_a_row = 3;
  return health;
}

// The small site with both real servers in, and a card eth0 that the file names.
class Findings : public testing::Test {
 protected:
  Findings() {
    layout = lay_out(web());
    for (const auto& real : {kWeb1, kWeb2}) {
      health[probe(real)] = health_of(probes::HealthState::kUp, "status 200");
      table[kWeb].reals[real].weight = 100;
    }
    table[kWeb].scheduler = layout.at(kWeb).wanted.scheduler;
    Link card;
    card.up = true;
    network.network.links["eth0"] = card;
    observed.state.links["eth0"] = card;
    observed.links["eth0"].carrier = true;
    source.file = "hawser.toml";
  }
  [[nodiscard]] std::vector<Finding> all() const {
    return findings({.network = network,
                     .observed = observed,
                     .layout = layout,
                     .health = health,
                     .table = table,
                     .pools = pools,
                     .source = source,
                     .guard = guard,
                     .waiting = waiting,
                     .ready = ready});
  }
  void kill(const Endpoint& real) {
    health[probe(real)] = health_of(probes::HealthState::kDown, "connect: Connection refused");
    table[kWeb].reals.erase(real);
  }

  config::ResolvedPorts network;
  Observed observed;
  Layout layout;
  HealthTable health;
  std::map<ServiceKey, Service> table;
  Pools pools;
  ConfigStatus source;
  GuardStatus guard;
  std::vector<Waiting> waiting;
  bool ready = true;
};

TEST_F(Findings, AreNoneWhenAllIsAsItShouldBe) {
  EXPECT_THAT(all(), IsEmpty());
  EXPECT_EQ(overall(all()), Condition::kOk);
}

TEST_F(Findings, TheWorstCountsWhereverItStands) {
  const Finding degraded{"a", Condition::kDegraded, ""};
  const Finding dead{"b", Condition::kDead, ""};
  EXPECT_EQ(overall({degraded, dead, degraded}), Condition::kDead);
}

TEST_F(Findings, AnAddressOfTheFileThatAnotherHostHasTooIsSaid) {
  const auto six = *Prefix::parse("2001:db8::11/64");
  network.network.links["eth0"].addresses[six];
  observed.links["eth0"].undetected[six] = Detection::kGoingOn;
  EXPECT_THAT(all(), IsEmpty()) << "it passes in a second";
  observed.links["eth0"].undetected[six] = Detection::kFailed;
  EXPECT_THAT(all(), ElementsAre(Finding{"eth0", Condition::kDegraded,
                                         "2001:db8::11/64 answers nobody: duplicate address detection found "
                                         "it on another host"}));
  network.network.links["eth0"].addresses.clear();
  EXPECT_THAT(all(), IsEmpty()) << "not the file's";
}

TEST_F(Findings, AServiceWithARealServerOutIsDegraded) {
  kill(kWeb2);
  EXPECT_THAT(all(),
              ElementsAre(Finding{"web tcp 192.0.2.100:80", Condition::kDegraded,
                                  "1 of 2 real servers out of service: web2 198.51.100.22:8080: 3 checks "
                                  "failed (site: connect: Connection refused)"}));
  EXPECT_EQ(overall(all()), Condition::kDegraded);
}

TEST_F(Findings, AServiceWithNoRealServerInServiceIsDead) {
  kill(kWeb1);
  kill(kWeb2);
  const auto found = all();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().state, Condition::kDead);
  EXPECT_THAT(found.front().text,
              testing::StartsWith("no real server in service: web1 198.51.100.21:8080: 3"));
  EXPECT_EQ(overall(found), Condition::kDead);
}

TEST_F(Findings, AQuietRealServerIsOutToo) {
  health[probe(kWeb1)] = health_of(probes::HealthState::kDown, "status 500");
  table[kWeb].reals[kWeb1].weight = 0;
  ASSERT_EQ(all().size(), 1U);
  EXPECT_EQ(all().front().state, Condition::kDegraded);
}

TEST_F(Findings, ARealServerOfWeightZeroIsNone) {
  layout.at(kWeb).members.front().server.weight = 0;
  table[kWeb].reals[kWeb1].weight = 0;
  EXPECT_THAT(all(), IsEmpty());
}

TEST_F(Findings, ARealServerThatIsUpAndThatTheKernelDoesNotHaveIsNamed) {
  table[kWeb].reals.erase(kWeb1);
  ASSERT_EQ(all().size(), 1U);
  EXPECT_EQ(
      all().front().text,
      "1 of 2 real servers out of service: web1 198.51.100.21:8080: up, but the kernel does not have it");
}

TEST_F(Findings, AServiceThatTheKernelDoesNotHaveIsDead) {
  table.clear();
  waiting = {{"tcp 192.0.2.100:80", "tcp 192.0.2.100:80: add service: No such file or directory"}};
  const auto found = all();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].state, Condition::kDead);
  EXPECT_EQ(found[1],
            (Finding{"tcp 192.0.2.100:80", Condition::kDegraded, "add service: No such file or directory"}));
}

TEST_F(Findings, AnotherSchedulerThanTheFilesIsDegraded) {
  layout.at(kWeb).wanted.scheduler = "mh";
  table[kWeb].scheduler = "wrr";
  EXPECT_THAT(all(), ElementsAre(Finding{"web tcp 192.0.2.100:80", Condition::kDegraded,
                                         "scheduler wrr instead of mh"}));
}

TEST_F(Findings, AFamilyWithoutARealServerIsDead) {
  layout.at(kWeb).members.clear();
  ASSERT_EQ(all().size(), 1U);
  EXPECT_EQ(all().front().state, Condition::kDead);
}

TEST_F(Findings, NamesThreeRealServersAndCountsTheRest) {
  auto& members = layout.at(kWeb).members;
  for (int i = 3; i <= 6; ++i) {
    auto member = members.front();
    member.name = fmt::format("web{}", i);
    member.real = at(fmt::format("198.51.100.{}:80", i));
    member.probes.clear();
    members.push_back(member);
  }
  EXPECT_THAT(all().front().text, testing::StartsWith("4 of 6 real servers out of service: web3 "));
  EXPECT_THAT(all().front().text, testing::EndsWith("; and 1 more"));
}

TEST_F(Findings, ADeviceOfTheFileThatIsNotThereOrDownOrWithoutCarrierIsDead) {
  observed.links["eth0"].carrier = false;
  EXPECT_THAT(all(), ElementsAre(Finding{"eth0", Condition::kDead, "it has no carrier"}));
  observed.state.links["eth0"].up = false;
  EXPECT_THAT(all(), ElementsAre(Finding{"eth0", Condition::kDead, "it is set down"}));
  observed.state.links.erase("eth0");
  EXPECT_THAT(all(), ElementsAre(Finding{"eth0", Condition::kDead, "there is no such device"}));
}

TEST_F(Findings, ASectionThatWaitsForItsDeviceIsDead) {
  network.missing_devices = {{"eth7", "eth7"}, {"front", "eth7"}};
  EXPECT_THAT(all(), ElementsAre(Finding{"eth7", Condition::kDead, "there is no such device"},
                                 Finding{"front", Condition::kDead, "eth7, which it is on, is missing"}));
}

TEST_F(Findings, APulledCableIsSaidOfTheDeviceAndNotOfTheVlanOnIt) {
  Link vlan;
  vlan.kind = LinkKind::kVlan;
  vlan.vlan = Vlan{.on = "eth0", .id = 100};
  vlan.up = true;
  network.network.links["front"] = vlan;
  observed.state.links["front"] = vlan;
  observed.links["front"].carrier = false;
  EXPECT_THAT(all(), ElementsAre(Finding{"front", Condition::kDead, "it has no carrier"}));
  observed.links["eth0"].carrier = false;
  EXPECT_THAT(all(), ElementsAre(Finding{"eth0", Condition::kDead, "it has no carrier"}));
}

TEST_F(Findings, ThePortOfABondIsTheBondsBusiness) {
  observed.state.links["eth0"].master = "bond0";
  observed.links["eth0"].carrier = false;
  EXPECT_THAT(all(), IsEmpty());
}

TEST_F(Findings, ABrokenFileIsNamedWithWhatIsInUse) {
  source.problems = {{"hawser.toml", 3, 9, "bond.bond0.mode", "unknown"}};
  EXPECT_THAT(all(),
              ElementsAre(Finding{
                  "hawser.toml", Condition::kDegraded,
                  "broken, the configuration before it stays in use: hawser.toml:3:9: bond.bond0.mode: "
                  "unknown"}));
  source.problems.push_back(source.problems.front());
  source.last_good = true;
  EXPECT_THAT(all(), ElementsAre(Finding{"hawser.toml", Condition::kDegraded,
                                         "broken, the last good file is in use: 2 problems, the first: "
                                         "hawser.toml:3:9: bond.bond0.mode: unknown"}));
}

TEST_F(Findings, ABondGuardThatDiedIsNamedAndOneThatIsNotNeededIsNot) {
  guard.state = GuardStatus::State::kRunning;
  EXPECT_THAT(all(), IsEmpty());
  guard.state = GuardStatus::State::kRestarting;
  ASSERT_EQ(all().size(), 1U);
  EXPECT_EQ(all().front().object, "bond guard");
}

TEST_F(Findings, WhatIsStartingIsNotYetOk) {
  ready = false;
  ASSERT_EQ(all().size(), 1U);
  EXPECT_EQ(overall(all()), Condition::kDegraded);
}

}  // namespace
}  // namespace hawser::netd
