#include "lib/reconcile/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/reconcile/site.h"

namespace hawser {
namespace {

using namespace site;
using probes::Health;
using probes::HealthState;
using testing::IsEmpty;

Health health(HealthState state, const std::string& words = "", int in_a_row = 1) {
  Health result;
  result.state = state;
  result.words = words;
  result.in_a_row = in_a_row;
  return result;
}

struct Together {
  config::Need need;
  HealthState first, second, wanted;
};

class NeedOfChecks : public testing::TestWithParam<Together> {};

TEST_P(NeedOfChecks, Decides) {
  const auto& given = GetParam();
  VirtualServer service;
  service.policy.need = given.need;
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

}  // namespace
}  // namespace hawser
