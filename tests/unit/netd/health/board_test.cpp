#include "netd/health/board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/reconcile/site.h"

namespace hawser::netd {
namespace {

using namespace site;
using probes::HealthState;
using testing::ElementsAre;
using testing::IsEmpty;

probes::Verdict silence() {
  return {probes::Outcome::kBad, "no answer within 500ms", true};
}

class Board : public testing::Test {
 protected:
  Board() {
    board.subscribe([this](const auto& probe, TimePoint) { changed.push_back(probe.target); });
    const auto config = web();
    board.configure(probes_of(lay_out(config), config));
    for (const auto& real : {kWeb1, kWeb2}) say(real, good());
    changed.clear();
  }
  void say(const Endpoint& real, const probes::Verdict& verdict, int times = 1) {
    for (int i = 0; i < times; ++i) board.verdict(probe(real), verdict, now);
  }
  [[nodiscard]] HealthState state(const Endpoint& real) const { return board.table().at(probe(real)).state; }

  std::vector<std::string> lines;
  HealthBoard board{[this](const Event& event) { lines.push_back(line_of(event)); }};
  std::vector<Endpoint> changed;
  TimePoint now{std::chrono::seconds{1000}};
};

TEST_F(Board, TellsWhoSubscribedOfEveryChangeAndNothingElse) {
  say(kWeb1, bad(), 2);
  EXPECT_THAT(changed, IsEmpty());
  say(kWeb1, bad(), 2);
  EXPECT_THAT(changed, ElementsAre(kWeb1));
  say(kWeb1, good(), 2);
  EXPECT_THAT(changed, ElementsAre(kWeb1, kWeb1));
  say(at("203.0.113.9:80"), bad(), 3);
  EXPECT_THAT(changed, ElementsAre(kWeb1, kWeb1)) << "nobody asks that one";
}

TEST_F(Board, BelievesOneThatIsSilentAlone) {
  for (int i = 0; i < 3; ++i) say(kWeb1, silence()), say(kWeb2, good());
  EXPECT_EQ(state(kWeb1), HealthState::kDown);
  EXPECT_EQ(board.blind(), "");
}

// The way back is there for the one a moment before it is for the other.
TEST_F(Board, AsksAnewWhoeverIsSilentStillWhenTheFirstAnswers) {
  for (int i = 0; i < 5; ++i) say(kWeb1, silence()), say(kWeb2, silence());
  say(kWeb1, good());
  EXPECT_EQ(board.blind(), "");
  say(kWeb2, silence(), 2);
  EXPECT_EQ(state(kWeb2), HealthState::kUp) << "two of three";
  say(kWeb2, silence());
  EXPECT_EQ(state(kWeb2), HealthState::kDown);
}

TEST_F(Board, DoesNotBelieveThatAllFellSilentAtOnce) {
  for (int i = 0; i < 5; ++i) say(kWeb1, silence()), say(kWeb2, silence());
  EXPECT_EQ(state(kWeb1), HealthState::kUp);
  EXPECT_EQ(state(kWeb2), HealthState::kUp);
  EXPECT_THAT(lines,
              ElementsAre("probes: nothing that is probed answers this host: real servers stay as they "
                          "were (site of 198.51.100.21:8080: no answer within 500ms)"))
      << "once, not with every probe";
}

TEST_F(Board, BelievesThoseThatAreStillSilentWhenAnotherAnswers) {
  for (int i = 0; i < 5; ++i) say(kWeb1, silence()), say(kWeb2, silence());
  changed.clear();
  say(kWeb2, good());
  EXPECT_EQ(board.blind(), "");
  EXPECT_EQ(lines.back(), "probes: answered again");
  EXPECT_EQ(state(kWeb1), HealthState::kUp);
  say(kWeb1, silence(), 3);
  EXPECT_EQ(state(kWeb1), HealthState::kDown);
  EXPECT_EQ(state(kWeb2), HealthState::kUp);
  EXPECT_THAT(changed, ElementsAre(kWeb2, kWeb1));
}

// A refusal or an error comes from the other side: the way is there.
TEST_F(Board, BelievesThatAllAreDownWhereTheySaySo) {
  for (int i = 0; i < 3; ++i) say(kWeb1, bad()), say(kWeb2, bad());
  EXPECT_EQ(state(kWeb1), HealthState::kDown);
  EXPECT_EQ(state(kWeb2), HealthState::kDown);
}

TEST_F(Board, DoesNotCountOneThatWasDownBefore) {
  say(kWeb1, bad(), 3);
  for (int i = 0; i < 5; ++i) say(kWeb2, silence());
  EXPECT_EQ(state(kWeb2), HealthState::kDown) << "one address alone proves nothing";
}

TEST_F(Board, IsNotMadeBlindByProbesThatCouldNotRun) {
  for (int i = 0; i < 5; ++i) {
    say(kWeb1, {probes::Outcome::kNotRun, "socket: Too many open files"});
    say(kWeb2, silence());
  }
  EXPECT_EQ(board.blind(), "");
}

// What is held counts as down where somebody waits to answer instead.
TEST_F(Board, SaysToAPoolWithASorryServerWhatTheProbesSaid) {
  auto service = lay_out(web()).at(kWeb);
  for (int i = 0; i < 5; ++i) say(kWeb1, silence()), say(kWeb2, silence());
  const auto& web1 = service.members.front();
  EXPECT_EQ(judge(service, web1, board.table()).reason(),
            "kept as it was: nothing answers this host (site: no answer within 500ms)");
  service.members.push_back({"sorry", at("198.51.100.99:8080"), {}, {}, true});
  EXPECT_EQ(judge(service, service.members.front(), board.table()).reason(),
            "5 checks failed (site: no answer within 500ms)");
}

}  // namespace
}  // namespace hawser::netd
