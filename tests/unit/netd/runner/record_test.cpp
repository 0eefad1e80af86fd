#include "netd/runner/record.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "tests/unit/documented.h"

namespace hawser::netd {
namespace {

using run::Action;
using run::End;
using testing::HasSubstr;

Ran ran(Action action, run::Outcome outcome) {
  return {.request = {.object = "provider.dc",
                      .step = {},
                      .action = action,
                      .address = "203.0.113.100",
                      .target = action == Action::kSet ? "srv2" : ""},
          .outcome = std::move(outcome),
          .at = std::chrono::system_clock::time_point(std::chrono::seconds(1'795'651'200))};
}

run::Outcome exited(int status, std::string output = {}, std::string errors = {}) {
  return {.end = End::kExited,
          .number = status,
          .took = Milliseconds(1200),
          .output = std::move(output),
          .errors = std::move(errors),
          .cut = false,
          .text = fmt::format("exit status {}", status)};
}

run::Outcome ended(End end, std::string text) {
  return {.end = end,
          .number = 0,
          .took = Milliseconds(5000),
          .output = {},
          .errors = {},
          .cut = false,
          .text = std::move(text)};
}

TEST(RunnerEvent, OfASwitchIsALineWithItsEndAndItsLastWord) {
  const auto event = event_of(ran(Action::kSet, exited(0)), nullptr);
  ASSERT_TRUE(event);
  EXPECT_EQ(line_of(*event), "provider.dc: set 203.0.113.100 -> srv2: exit status 0 after 1s");
  EXPECT_EQ(event->level, Level::kInfo);
  const auto failed =
      event_of(ran(Action::kSet, exited(75, "", "trying\ncurl: (28) \x1b[1mtimeout\n")), nullptr);
  ASSERT_TRUE(failed);
  EXPECT_EQ(line_of(*failed),
            "provider.dc: set 203.0.113.100 -> srv2: exit status 75 after 1s (curl: (28) ?[1mtimeout)");
  EXPECT_EQ(failed->level, Level::kWarning);
}

TEST(RunnerEvent, OfASwitchIsToldEachTime) {
  Record before;
  before.add(ran(Action::kSet, exited(0)));
  EXPECT_TRUE(event_of(ran(Action::kSet, exited(0)), &before));
}

TEST(RunnerEvent, OfAskingIsToldOnlyWhenTheAnswerIsAnother) {
  Record before;
  EXPECT_TRUE(event_of(ran(Action::kGet, exited(0, "srv1\n")), &before));
  before.add(ran(Action::kGet, exited(0, "srv1\n")));
  before.add(ran(Action::kSet, exited(0)));
  EXPECT_FALSE(event_of(ran(Action::kGet, exited(0, "srv1\n")), &before));
  EXPECT_TRUE(event_of(ran(Action::kGet, exited(0, "srv2\n")), &before));
  EXPECT_TRUE(event_of(ran(Action::kGet, exited(3, "srv1\n")), &before));
  auto other = ran(Action::kGet, exited(0, "srv1\n"));
  other.request.address = "203.0.113.101";
  EXPECT_TRUE(event_of(other, &before)) << "another address";
}

TEST(RunnerEvent, OfAskingIsAWarningOnlyWhereItDidNotEndByItself) {
  EXPECT_EQ(event_of(ran(Action::kGet, exited(3)), nullptr)->level, Level::kInfo);
  EXPECT_EQ(event_of(ran(Action::kGet, ended(End::kTimedOut, "not ended within 5s: killed")), nullptr)->level,
            Level::kWarning);
  Record before;
  before.add(ran(Action::kGet, ended(End::kNotStarted, "not started: one thing")));
  EXPECT_TRUE(event_of(ran(Action::kGet, ended(End::kNotStarted, "not started: another")), &before));
  EXPECT_FALSE(event_of(ran(Action::kGet, ended(End::kNotStarted, "not started: one thing")), &before));
}

TEST(RunnerRecord, KeepsTheLastTenNewestFirst) {
  Record record;
  for (int status = 0; status < 12; ++status) record.add(ran(Action::kSet, exited(status)));
  ASSERT_EQ(record.results.size(), 10U);
  EXPECT_EQ(record.results.front().outcome.number, 11);
  EXPECT_EQ(record.results.back().outcome.number, 2);
}

class RunnerStatus : public testing::Test {
 protected:
  RunnerStatus() {
    catalogue.objects["provider.dc"] = {.program = "/usr/local/sbin/move",
                                        .limit = Milliseconds(5000),
                                        .addresses = {*IpAddress::parse("203.0.113.100")},
                                        .targets = {"srv1", "srv2"}};
  }
  [[nodiscard]] boost::json::object status() const {
    return runner_status_json({.catalogue = catalogue,
                               .source = source,
                               .records = records,
                               .running = running,
                               .waiting = waiting,
                               .loop = loop});
  }

  Catalogue catalogue{.node = "lb1", .objects = {}};
  answer::ConfigStatus source{.file = "/etc/hawser/hawser.toml", .last_good = false, .problems = {}};
  std::map<std::string, Record> records;
  std::map<std::string, Running> running;
  std::map<std::string, std::size_t> waiting;
  Latencies loop;
};

TEST_F(RunnerStatus, HasNoKeyThatIsNotDocumented) {
  records["provider.dc"].add(ran(Action::kSet, exited(0)));
  running["provider.dc"] = {ran(Action::kGet, {}).request, {}};
  waiting["provider.dc"] = 2;
  source.problems.push_back(
      {.file = "hawser.toml", .line = 3, .column = 1, .key = "vip", .what = "is wrong"});
  EXPECT_THAT(test::undocumented(status()), testing::IsEmpty());
}

TEST_F(RunnerStatus, ShowsPeopleWhatRunsAndHowTheLastOneEnded) {
  records["provider.dc"].add(ran(Action::kSet, exited(0)));
  waiting["provider.dc"] = 2;
  running["provider.dc"] = {ran(Action::kGet, {}).request,
                            std::chrono::system_clock::time_point(std::chrono::seconds(1'795'651'260))};
  EXPECT_EQ(
      runner_status_text(status()),
      "configuration  /etc/hawser/hawser.toml (current)\n"
      "\n"
      "OBJECT       PROGRAM               RUNNING                                            WAITING  LAST "
      "RESULT\n"
      "provider.dc  /usr/local/sbin/move  get 203.0.113.100, since 2026-11-26T00:01:00.000Z        2  set "
      "203.0.113.100 -> srv2: exit status 0 after 1s, at 2026-11-26T00:00:00.000Z\n");
}

TEST_F(RunnerStatus, SaysThatNothingIsRunHere) {
  catalogue.objects.clear();
  EXPECT_THAT(runner_status_text(status()), testing::EndsWith("\nnothing of the file is run here\n"));
}

TEST_F(RunnerStatus, IsDegradedWhileTheFileIsBroken) {
  EXPECT_EQ(status().at("state"), "ok");
  source.problems.push_back(
      {.file = "hawser.toml", .line = 3, .column = 1, .key = "vip", .what = "is wrong"});
  EXPECT_EQ(status().at("state"), "degraded");
  EXPECT_THAT(
      runner_status_text(status()),
      HasSubstr("/etc/hawser/hawser.toml: degraded: broken, the configuration before it stays in use: "
                "hawser.toml:3:1: vip: is wrong\n"));
}

TEST_F(RunnerStatus, ShowsWhatStillRunsThoughTheFileHasItNoMore) {
  catalogue.objects.clear();
  running["provider.dc"] = {ran(Action::kSet, {}).request, {}};
  const auto all = status();
  ASSERT_EQ(all.at("objects").as_array().size(), 1U);
  EXPECT_EQ(all.at("objects").as_array().front().at("running").at("words"), "set 203.0.113.100 -> srv2");
}

}  // namespace
}  // namespace hawser::netd
