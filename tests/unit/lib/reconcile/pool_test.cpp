#include "lib/reconcile/pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/reconcile/site.h"

namespace hawser {
namespace {

using namespace site;
using probes::Health;
using probes::HealthState;
using probes::ProbeKey;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;

Health health(HealthState state, const std::string& words = "", int in_a_row = 1) {
  Health result;
  result.state = state;
  result.words = words;
  result.in_a_row = in_a_row;
  return result;
}

VirtualServer only_virtual(const config::Config& config) {
  return lay_out(config).at(kWeb);
}

TEST(Layout, PutsEveryRealServerBehindItsService) {
  const auto layout = lay_out(web());
  ASSERT_THAT(layout, ElementsAre(Key(kWeb)));
  const auto& service = layout.at(kWeb);
  EXPECT_EQ(service.service, "web");
  ASSERT_EQ(service.members.size(), 2U);
  EXPECT_EQ(service.members[0].name, "web1");
  EXPECT_EQ(service.members[0].real, kWeb1);
  EXPECT_EQ(service.members[0].server.weight, 100U);
  EXPECT_THAT(service.members[0].probes, ElementsAre(probe(kWeb1)));
}

TEST(Layout, GivesEachVirtualAddressTheRealAddressesOfItsFamily) {
  auto config = web();
  config.services["web"].keys.push_back(key("tcp [2001:db8::100]:80"));
  config.pools["web"].reals[0].addresses.push_back(*IpAddress::parse("2001:db8:1::21"));
  const auto layout = lay_out(config);
  const auto& v6 = layout.at(key("tcp [2001:db8::100]:80"));
  ASSERT_EQ(v6.members.size(), 1U);
  EXPECT_EQ(v6.members[0].real, at("[2001:db8:1::21]:8080"));
  EXPECT_EQ(layout.at(kWeb).members.size(), 2U);
}

TEST(Layout, TakesThePortOfTheServiceWhereTheRealServerHasNone) {
  auto config = web();
  config.pools["web"].reals[0].port.reset();
  EXPECT_EQ(only_virtual(config).members[0].real, at("198.51.100.21:80"));
}

TEST(Layout, ProbesWhereTheCheckSays) {
  auto config = web();
  config.checks["site"].port = 9000;
  EXPECT_THAT(only_virtual(config).members[0].probes, ElementsAre(probe(at("198.51.100.21:9000"))));
  config.checks["site"].address = *IpAddress::parse("203.0.113.9");
  EXPECT_THAT(only_virtual(config).members[0].probes, ElementsAre(probe(at("203.0.113.9:9000"))));
}

TEST(Layout, ProbesATargetOnceForAllServicesThatUseIt) {
  auto config = web();
  config.services["web"].keys.push_back(key("tcp 192.0.2.100:443"));
  const auto layout = lay_out(config);
  EXPECT_THAT(probes_of(layout, config), ElementsAre(Key(probe(kWeb1)), Key(probe(kWeb2))));
  EXPECT_THAT(users_of(layout).at(probe(kWeb1)), ElementsAre(kWeb, key("tcp 192.0.2.100:443")));
}

struct Together {
  config::Need need;
  HealthState first, second, wanted;
};

class NeedOfChecks : public testing::TestWithParam<Together> {};

TEST_P(NeedOfChecks, Decides) {
  const auto& given = GetParam();
  VirtualServer service;
  service.need = given.need;
  const Member member{"web1", kWeb1, {}, {probe(kWeb1, "a"), probe(kWeb1, "b")}};
  const HealthTable table{{probe(kWeb1, "a"), health(given.first)},
                          {probe(kWeb1, "b"), health(given.second)}};
  EXPECT_EQ(judge(service, member, table).state, given.wanted);
}

constexpr auto kUp = HealthState::kUp;
constexpr auto kDown = HealthState::kDown;
constexpr auto kUnknown = HealthState::kUnknown;
INSTANTIATE_TEST_SUITE_P(All, NeedOfChecks,
                         testing::Values(Together{config::Need::kAll, kUp, kUp, kUp},
                                         Together{config::Need::kAll, kUp, kDown, kDown},
                                         Together{config::Need::kAll, kUnknown, kDown, kDown},
                                         Together{config::Need::kAll, kUp, kUnknown, kUnknown},
                                         Together{config::Need::kAny, kDown, kDown, kDown},
                                         Together{config::Need::kAny, kUp, kDown, kUp},
                                         Together{config::Need::kAny, kUnknown, kUp, kUp},
                                         Together{config::Need::kAny, kDown, kUnknown, kUnknown}));

TEST(Judgement, SaysWhy) {
  const VirtualServer service;
  const Member one{"web1", kWeb1, {}, {probe(kWeb1)}};
  EXPECT_EQ(judge(service, one, {{probe(kWeb1), health(kDown, "connect: Connection refused", 3)}}).reason(),
            "3 checks failed (site: connect: Connection refused)");
  EXPECT_EQ(judge(service, one, {{probe(kWeb1), health(kUp, "status 200", 1)}}).reason(),
            "1 check succeeded (site: status 200)");
  EXPECT_EQ(judge(service, one, {}).reason(), "no result yet");
  EXPECT_EQ(
      judge(service, one, {{probe(kWeb1), health(kUnknown, "connect: Connection refused", 2)}}).reason(),
      "undecided yet (site: connect: Connection refused)");
  EXPECT_EQ(judge(service, Member{"web1", kWeb1, {}, {}}, {}).reason(), "no checks");
}

TEST(Judgement, NamesEveryCheckThatFails) {
  const VirtualServer service;
  const Member member{"web1", kWeb1, {}, {probe(kWeb1, "a"), probe(kWeb1, "b"), probe(kWeb1, "c")}};
  const HealthTable table{{probe(kWeb1, "a"), health(kDown, "x")},
                          {probe(kWeb1, "b"), health(kUp, "y")},
                          {probe(kWeb1, "c"), health(kDown, "z")}};
  EXPECT_EQ(judge(service, member, table).reason(), "checks failed (a: x; c: z)");
}

// A site whose first check lives through these verdicts.
Health after(const std::vector<probes::Verdict>& verdicts) {
  Health health;
  for (const auto& one : verdicts) health = probes::observe({3, 2}, health, one, {}).health;
  return health;
}

TEST(Judgement, SaysWhyItIsSoAndNotWhatTheLastResultWas) {
  const VirtualServer service;
  const Member one{"web1", kWeb1, {}, {probe(kWeb1)}};
  const auto reason = [&](const Health& health) {
    return judge(service, one, {{probe(kWeb1), health}}).reason();
  };
  EXPECT_EQ(reason(after({bad(), bad(), bad(), good()})),
            "recovering: 1 of 2 good results (last failure: site: connect: Connection refused)");
  EXPECT_EQ(reason(after({good(), good(), bad()})),
            "failing: 1 of 3 bad results (site: connect: Connection refused)");
  const probes::Verdict not_run{probes::Outcome::kNotRun, "socket: Too many open files"};
  EXPECT_EQ(reason(after({bad(), bad(), bad(), not_run})),
            "3 checks failed (site: connect: Connection refused)");
  EXPECT_EQ(reason(probes::inherit(after({bad(), bad(), bad()}))),
            "down before the file changed (site: connect: Connection refused)");
}

TEST(Judgement, SaysOfSeveralChecksWhichRecovers) {
  const VirtualServer service;
  const Member both{"web1", kWeb1, {}, {probe(kWeb1, "a"), probe(kWeb1, "b")}};
  const HealthTable table{{probe(kWeb1, "a"), after({bad(), bad(), bad(), good()})},
                          {probe(kWeb1, "b"), after({bad(), bad(), bad()})}};
  EXPECT_EQ(
      judge(service, both, table).reason(),
      "checks failed (a: recovering: 1 of 2 good results, last failure: connect: Connection refused; b: "
      "connect: Connection refused)");
}

TEST(DesiredService, HoldsThoseThatAreUp) {
  const auto service = only_virtual(web());
  const HealthTable table{{probe(kWeb1), health(kUp)}, {probe(kWeb2), health(kDown)}};
  const auto wanted = desired_service(service, table, nullptr);
  ASSERT_THAT(wanted.reals, ElementsAre(Key(kWeb1)));
  EXPECT_EQ(wanted.reals.at(kWeb1).weight, 100U);
  EXPECT_EQ(wanted.scheduler, "wlc");
}

TEST(DesiredService, QuietsWhereThePoolSaysSo) {
  auto config = web();
  config.pools["web"].on_failure = config::OnFailure::kQuiesce;
  const HealthTable table{{probe(kWeb1), health(kUp)}, {probe(kWeb2), health(kDown)}};
  const auto wanted = desired_service(only_virtual(config), table, nullptr);
  EXPECT_EQ(wanted.reals.at(kWeb1).weight, 100U);
  EXPECT_EQ(wanted.reals.at(kWeb2).weight, 0U);
}

TEST(DesiredService, LeavesOutWhatWasNeverProbed) {
  EXPECT_THAT(desired_service(only_virtual(web()), {}, nullptr).reals, IsEmpty());
}

TEST(DesiredService, LeavesWhatTheKernelHasAsItIsUntilTheFirstResult) {
  const auto service = only_virtual(web());
  Service present;
  present.reals[kWeb1].weight = 7;
  present.reals[at("198.51.100.99:8080")].weight = 1;
  const auto wanted = desired_service(service, {}, &present);
  ASSERT_THAT(wanted.reals, ElementsAre(Key(kWeb1)));
  EXPECT_EQ(wanted.reals.at(kWeb1).weight, 7U);
  const HealthTable down{{probe(kWeb1), health(kDown)}};
  EXPECT_THAT(desired_service(service, down, &present).reals, IsEmpty());
  const HealthTable up{{probe(kWeb1), health(kUp)}};
  EXPECT_EQ(desired_service(service, up, &present).reals.at(kWeb1).weight, 100U);
}

TEST(DesiredService, StaysWhenAllRealServersAreDown) {
  const HealthTable table{{probe(kWeb1), health(kDown)}, {probe(kWeb2), health(kDown)}};
  const auto state = desired_services(lay_out(web()), table, {});
  ASSERT_THAT(state.services, ElementsAre(Key(kWeb)));
  EXPECT_THAT(state.services.at(kWeb).reals, IsEmpty());
}

TEST(DesiredService, KeepsARealServerWithoutChecksIn) {
  auto config = web();
  config.pools["web"].reals[0].checks.clear();
  EXPECT_THAT(desired_service(only_virtual(config), {}, nullptr).reals, ElementsAre(Key(kWeb1)));
}

TEST(CarriedHealth, IsKeptForWhatIsAskedTheSameWay) {
  const auto probes = probes_of(lay_out(web()), web());
  const HealthTable old{{probe(kWeb1), health(kUp, "status 200", 9)}};
  const auto carried = carry_over(old, probes, probes);
  EXPECT_EQ(carried.at(probe(kWeb1)), old.at(probe(kWeb1)));
  EXPECT_EQ(carried.at(probe(kWeb2)).state, kUnknown);
}

TEST(CarriedHealth, OfAChangedCheckIsTheLastVerdictUntilItsFirstOwnResult) {
  const auto before = probes_of(lay_out(web()), web());
  auto changed = web();
  changed.checks["site"].timeout = Milliseconds{100};
  const auto after = probes_of(lay_out(changed), changed);
  const HealthTable old{{probe(kWeb1), health(kUp, "status 200", 9)}};
  const auto carried = carry_over(old, before, after).at(probe(kWeb1));
  EXPECT_EQ(carried.state, kUp);
  EXPECT_TRUE(carried.inherited);
}

TEST(CarriedHealth, IsForgottenForWhatIsNotAskedAnyMore) {
  const auto probes = probes_of(lay_out(web()), web());
  EXPECT_THAT(carry_over({{probe(kWeb1), health(kUp)}}, probes, {}), IsEmpty());
}

TEST(AssumedHealth, TakesEveryRealServerAsConfigured) {
  const auto layout = lay_out(web());
  const auto state = desired_services(layout, assume_up(probes_of(layout, web())), {});
  EXPECT_THAT(state.services.at(kWeb).reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
}

}  // namespace
}  // namespace hawser
