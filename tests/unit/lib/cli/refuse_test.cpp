// What is on stdout and on stderr when a verb fails.
#include "lib/cli/refuse.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "tests/unit/lib/cli/said.h"

namespace hawser::cli {
namespace {

using test::said_by;

TEST(Refuse, IsALineForPeople) {
  const auto said = said_by([] { return refuse(Arguments{}, "netd", Error{"no \"such\" file", 2}); });
  EXPECT_EQ(said.code, kRefused);
  EXPECT_EQ(said.out, "");
  EXPECT_EQ(said.err, "netd: no \"such\" file\n");
}

TEST(Refuse, IsOneDocumentForProgramsAndNothingElse) {
  Arguments arguments;
  arguments.json = true;
  const auto said = said_by([&] { return refuse(arguments, "netd", "no \"such\" file"); });
  EXPECT_EQ(said.code, kRefused);
  EXPECT_EQ(said.err, "");
  EXPECT_EQ(boost::json::parse(said.out),
            boost::json::parse(R"({"format": 1, "error": {"text": "no \"such\" file"}})"));
}

TEST(Refuse, NamesTheProgramOnce) {
  EXPECT_EQ(said_by([] { return refuse(Arguments{}, "", "netd: broken"); }).err, "netd: broken\n");
}

TEST(Run, AnswersAWrongCommandLineAndAnExceptionInTheFormThatWasAsked) {
  const Program program{
      .name = "lbctl",
      .summary = "",
      .options = {Common::kJson},
      .verbs = {{"show", "", "", [](const Arguments&) -> int { throw std::runtime_error("out of luck"); }}}};
  const auto run_with = [&](std::vector<const char*> words) {
    return said_by([&] { return run(program, static_cast<int>(words.size()), words.data()); });
  };
  const auto wrong = run_with({"lbctl", "--json", "shwo"});
  EXPECT_EQ(wrong.code, kUsage);
  EXPECT_EQ(wrong.err, "");
  EXPECT_EQ(boost::json::parse(wrong.out).at("error").at("text").as_string(),
            "lbctl: unknown verb 'shwo': did you mean 'show'?");
  const auto thrown = run_with({"lbctl", "show", "--json"});
  EXPECT_EQ(thrown.code, kRefused);
  EXPECT_EQ(boost::json::parse(thrown.out).at("error").at("text").as_string(), "out of luck");
}

}  // namespace
}  // namespace hawser::cli
