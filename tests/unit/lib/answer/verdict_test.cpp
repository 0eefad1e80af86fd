#include "lib/answer/verdict.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "tests/unit/lib/cli/said.h"

namespace hawser::answer {
namespace {

namespace json = boost::json;

const config::Problem kProblem{"t.toml", 1, 2, "k", "is missing"};
const config::Problem kNote{"t.toml", 3, 4, "n", "has no effect"};

using test::said_by;

cli::Arguments for_programs() {
  cli::Arguments arguments;
  arguments.json = true;
  return arguments;
}

TEST(Verdict, OfABadFileIsALineForEachThing) {
  const auto said = said_by([] { return refuse({}, {{kProblem}, {kNote}}); });
  EXPECT_EQ(said.code, kConfiguration);
  EXPECT_EQ(said.out, "");
  EXPECT_EQ(said.err, "t.toml:3:4: n: note: has no effect\nt.toml:1:2: k: is missing\n");
}

TEST(Verdict, OfABadFileIsOneDocumentWithProblemsAndNotes) {
  const auto said = said_by([] { return refuse(for_programs(), {{kProblem}, {kNote}}); });
  EXPECT_EQ(said.code, kConfiguration);
  EXPECT_EQ(said.err, "");
  EXPECT_EQ(json::parse(said.out), json::parse(R"({"format": 1, "good": false,
    "problems": [{"file": "t.toml", "line": 1, "column": 2, "key": "k", "text": "is missing"}],
    "notes": [{"file": "t.toml", "line": 3, "column": 4, "key": "n", "text": "has no effect"}]})"));
}

TEST(Verdict, OfAGoodFileSaysItsNotesToo) {
  const auto said = said_by([] { return accept({}, {{}, {kNote}}, "t.toml: good\n"); });
  EXPECT_EQ(said.code, kDone);
  EXPECT_EQ(said.out, "t.toml: good\n");
  EXPECT_EQ(said.err, "t.toml:3:4: n: note: has no effect\n");
}

TEST(Verdict, OfAGoodFileHasWhatTheVerbAdds) {
  const auto said = said_by([] { return accept(for_programs(), {}, "t.toml: good\n", {{"node", "lb1"}}); });
  EXPECT_EQ(said.code, kDone);
  EXPECT_EQ(json::parse(said.out),
            json::parse(R"({"format": 1, "good": true, "problems": [], "notes": [], "node": "lb1"})"));
}

TEST(Verdict, ShowsNoControlCharactersOfAFileOnATerminal) {
  auto problem = kProblem;
  problem.what = "\x1b[2Jgone";
  EXPECT_EQ(said_by([&] { return refuse({}, {{problem}, {}}); }).err, "t.toml:1:2: k: ?[2Jgone\n");
}

}  // namespace
}  // namespace hawser::answer
