// Rules on a table: what is done, what is wrong, and what that ends with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lbctl/change/restore_verb.h"

namespace hawser::lbctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TableChange restored(const std::string& text, const State& there, const HowRestored& how = {}) {
  return change_by_rules("rules", parse_rules(text, no_names()), there, how);
}

State with_one_service() {
  State state;
  state.services[*ServiceKey::parse("tcp 192.0.2.100:80")] = Service{"rr", 0, 0, 32, "", {}};
  return state;
}

TEST(LbRestore, CarriesOutWhatTheRulesSay) {
  const auto change = restored("-A -f 7 -s rr\n-a -f 7 -r 198.51.100.21:0 -g\n", {});
  EXPECT_THAT(change.steps, SizeIs(2));
  EXPECT_THAT(change.problems, IsEmpty());
  EXPECT_TRUE(change.quiet);
  EXPECT_FALSE(change.goes_on);
  EXPECT_TRUE(restored("-A -f 7\n", {}, {false, true}).goes_on);
}

// In the order of the lines, whether the reader or the table says it.
TEST(LbRestore, ListsEveryProblemByItsLine) {
  const auto change = restored("-D -f 9\n-A -f 0\n-A -f 7\n-A -f 7\n-A -q\n", {});
  EXPECT_THAT(change.problems,
              ElementsAre(HasSubstr("rules:1: fwmark 9: no such service"), HasSubstr("rules:2: "),
                          HasSubstr("rules:4: fwmark 7: is in line 3 already"), HasSubstr("rules:5: ")));
  EXPECT_EQ(change.status, kConfiguration);
}

// The file is good, and this table has it otherwise.
TEST(LbRestore, WhatOnlyThisTableRefusesIsARefusal) {
  EXPECT_EQ(restored("-D -f 9\n", {}).status, kRefused);
  EXPECT_EQ(restored("-A -t 192.0.2.100:80 -s wlc\n", with_one_service()).status, kRefused);
  EXPECT_EQ(restored("-D -f 9\n-A -f 0\n", {}).status, kConfiguration);
}

TEST(LbRestore, ReplacesNoTableByNothing) {
  const auto change = restored("--set 60 60 60\n", with_one_service(), {true, false});
  EXPECT_THAT(change.steps, IsEmpty());
  EXPECT_THAT(change.problems, ElementsAre(HasSubstr("rules: has no service, and would take out every one")));
  EXPECT_EQ(change.status, kRefused);
  EXPECT_THAT(restored("--set 60 60 60\n", {}, {true, false}).problems, IsEmpty());
  EXPECT_THAT(restored("-A -f 7\n", with_one_service(), {true, false}).problems, IsEmpty());
  EXPECT_THAT(restored("--set 60 60 60\n", with_one_service()).problems, IsEmpty());
}

}  // namespace
}  // namespace hawser::lbctl
