// The contract of programs that speak for a provider, exit status by exit status.
#include "vipd/provider/exec.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vipd/provider/run_program.h"

namespace hawser::vipd::provider {
namespace {

using testing::Contains;
using testing::HasSubstr;

const auto kAddress = *IpAddress::parse("203.0.113.100");

Answer answer_to(Ask ask, unsigned status, std::string printed = "", std::string errors = "") {
  Exec exec;
  (void)exec.begin({ask, kAddress, "lb1"});
  return std::get<Answer>(exec.heard({status, {}, std::move(printed), {}, std::move(errors)}));
}

TEST(ProviderExec, RunsOneProgramThreeWays) {
  Exec exec;
  EXPECT_EQ(std::get<ProgramCall>(exec.begin({Ask::kGet, kAddress, "lb1"})),
            (ProgramCall{"get", kAddress, "lb1"}));
  EXPECT_EQ(std::get<ProgramCall>(exec.begin({Ask::kSet, kAddress, "lb1"})),
            (ProgramCall{"set", kAddress, "lb1"}));
  EXPECT_EQ(std::get<ProgramCall>(exec.begin({Ask::kSet, kAddress, ""})),
            (ProgramCall{"unroute", kAddress, ""}));
}

TEST(ProviderExec, TheFirstLineIsWhereItLeads) {
  EXPECT_EQ(answer_to(Ask::kGet, 0, "lb1\nand more\n"), (Answer{Meaning::kRouted, "lb1", "", {}}));
  EXPECT_EQ(answer_to(Ask::kGet, 0, "-\n"), (Answer{Meaning::kRouted, "", "", {}}));
  EXPECT_EQ(answer_to(Ask::kGet, 3, "lb2\n"), (Answer{Meaning::kRouted, "lb2", "", {}}));
  EXPECT_EQ(answer_to(Ask::kGet, 3), (Answer{Meaning::kRouted, "elsewhere", "", {}}));
}

// A script whose curl failed prints nothing and ends with 0: taken for "nobody" it would cause a switch.
TEST(ProviderExec, NothingPrintedIsUnknown) {
  for (const auto* printed : {"", "\n", "\nlb1\n", "two words\n", "\x1b[31mlb1\n"}) {
    const auto answer = answer_to(Ask::kGet, 0, printed);
    EXPECT_EQ(answer.meaning, Meaning::kUnknown) << printed;
    EXPECT_EQ(answer.target, "") << printed;
  }
  EXPECT_EQ(answer_to(Ask::kGet, 0, std::string(256, 'x')).meaning, Meaning::kUnknown);
}

struct Ended {
  unsigned status;
  Meaning read, switched;
};

TEST(ProviderExec, EachExitStatusHasItsMeaning) {
  const std::vector<Ended> all{
      {0, Meaning::kRouted, Meaning::kDone},
      {64, Meaning::kRefused, Meaning::kRefused},
      {65, Meaning::kRefused, Meaning::kRefused},
      {66, Meaning::kRefused, Meaning::kRefused},
      {67, Meaning::kRefused, Meaning::kRefused},
      {68, Meaning::kRefused, Meaning::kRefused},
      {69, Meaning::kUnreached, Meaning::kUnreached},
      {75, Meaning::kBusy, Meaning::kBusy},
      {77, Meaning::kDenied, Meaning::kDenied},
      {78, Meaning::kRefused, Meaning::kRefused},
      {3, Meaning::kRouted, Meaning::kUnknown},
      // What a script ends with by accident.
      {1, Meaning::kUnknown, Meaning::kUnknown},
      {2, Meaning::kUnknown, Meaning::kUnknown},
      {22, Meaning::kUnknown, Meaning::kUnknown},
      {28, Meaning::kUnknown, Meaning::kUnknown},
      {126, Meaning::kUnknown, Meaning::kUnknown},
      {127, Meaning::kUnknown, Meaning::kUnknown},
      {255, Meaning::kUnknown, Meaning::kUnknown},
  };
  for (const auto& one : all) {
    EXPECT_EQ(answer_to(Ask::kGet, one.status, "lb1").meaning, one.read) << one.status;
    EXPECT_EQ(answer_to(Ask::kSet, one.status, "lb1").meaning, one.switched) << one.status;
  }
}

TEST(ProviderExec, WhatItSaysOfItselfIsOnItsLastLine) {
  EXPECT_EQ(answer_to(Ask::kSet, 22, "", "trying\ncurl: (22) \x1b error\n").text,
            "exit status 22: curl: (22) ? error");
  EXPECT_EQ(answer_to(Ask::kSet, 1).text, "exit status 1");
}

TEST(ProviderProgram, IsToldWhatIsWantedAndNothingElse) {
  ::setenv("HAWSER_PROVIDER_CREDENTIALS", "file:/secret", 1);
  const ProgramCall run{"set", kAddress, "lb1"};
  const auto image = image_of("/usr/local/sbin/route", run, "Europe/Berlin");
  EXPECT_EQ(image.words, (std::vector<std::string>{"/usr/local/sbin/route", "set", "lb1"}));
  EXPECT_EQ(image.environment.size(), 6U);
  for (const auto* one :
       {"HAWSER_ACTION=set", "HAWSER_ADDRESS=203.0.113.100", "HAWSER_TARGET=lb1", "TZ=Europe/Berlin"})
    EXPECT_THAT(image.environment, Contains(one));
  EXPECT_EQ(boost::json::parse(image.input),
            boost::json::parse(R"({"format":1,"action":"set","address":"203.0.113.100","target":"lb1"})"));
  const auto unrouted = image_of("/route", {"unroute", kAddress, ""}, nullptr);
  EXPECT_EQ(unrouted.words, (std::vector<std::string>{"/route", "unroute"}));
  EXPECT_THAT(unrouted.input, HasSubstr("\"target\":null"));
}

TEST(ProviderProgram, OnlyAnExitIsAnAnswer) {
  const std::vector<std::pair<run::End, Reached>> all{
      {run::End::kExited, Reached::kAnswered}, {run::End::kSignalled, Reached::kSent},
      {run::End::kTimedOut, Reached::kSent},   {run::End::kStopped, Reached::kSent},
      {run::End::kLost, Reached::kSent},       {run::End::kNotStarted, Reached::kNot}};
  for (const auto& [end, reached] : all) {
    run::Outcome outcome;
    outcome.end = end;
    outcome.number = 75;
    outcome.output = "lb1\n";
    outcome.text = "in words";
    const auto exchange = exchange_of(outcome);
    EXPECT_EQ(exchange.reached, reached) << name_of(end);
    EXPECT_EQ(exchange.why, reached == Reached::kAnswered ? "" : "the program: in words") << name_of(end);
    EXPECT_EQ(exchange.reply.status, reached == Reached::kAnswered ? 75U : 0U) << name_of(end);
  }
}

TEST(ProviderProgram, WhatTheRunnerDidNotBeginSurelyDidNotHappen) {
  for (const auto& [heard, reached] : {std::pair{run::Heard::kNotBegun, Reached::kNot},
                                       {run::Heard::kBusy, Reached::kNot},
                                       {run::Heard::kUnknown, Reached::kSent}})
    EXPECT_EQ(exchange_of(run::Answer{heard, {}, "in words"}).reached, reached);
}

}  // namespace
}  // namespace hawser::vipd::provider
