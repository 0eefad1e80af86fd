#include "lib/config/problem_json.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace hawser::config {
namespace {

const std::vector<Problem> kProblems{{"/etc/h.toml", 3, 9, "bond.b.mode", "is missing"},
                                     {"/etc/h.toml", 0, 0, "", "/etc/h.toml: read: Permission denied"},
                                     {"", 0, 0, "", "net.ipv4.ip_forward is 0"}};

TEST(ProblemJson, HasNullForWhatDoesNotApply) {
  EXPECT_EQ(boost::json::value(problems_json(kProblems)), boost::json::parse(R"([
    {"file": "/etc/h.toml", "line": 3, "column": 9, "key": "bond.b.mode", "text": "is missing"},
    {"file": "/etc/h.toml", "line": null, "column": null, "key": null,
     "text": "/etc/h.toml: read: Permission denied"},
    {"file": null, "line": null, "column": null, "key": null, "text": "net.ipv4.ip_forward is 0"}])"));
}

TEST(ProblemJson, ComesBackAsItWas) {
  EXPECT_EQ(problems_from(problems_json(kProblems)), kProblems);
}

TEST(ProblemJson, OfAnotherVersionIsReadAsFarAsItCanBe) {
  EXPECT_TRUE(problems_from(boost::json::parse("{}")).empty());
  EXPECT_TRUE(problems_from(nullptr).empty());
  EXPECT_EQ(problems_from(boost::json::parse(R"([7, {"line": -1, "column": "x", "text": "y", "more": []}])")),
            (std::vector<Problem>{{"", 0, 0, "", "y"}}));
}

}  // namespace
}  // namespace hawser::config
