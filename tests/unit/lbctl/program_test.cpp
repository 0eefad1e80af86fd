// What is said to who types ipvsadm's words.
#include "lbctl/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::lbctl {
namespace {

using testing::HasSubstr;

std::string answer_to(const std::vector<std::string>& words) {
  const auto parsed = cli::parse(program(), words);
  return parsed ? "accepted" : parsed.error().text;
}

TEST(LbctlProgram, KnowsTheWordsOfIpvsadm) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"-L", "-n"}, {"-Ln"}, {"-ln"}, {"list"}})
    EXPECT_THAT(answer_to(words), HasSubstr(": write 'lbctl show'\n")) << words.front();
  EXPECT_THAT(answer_to({"-A", "-t", "192.0.2.1:80"}), HasSubstr("'-A': services are those of the file"));
  EXPECT_THAT(answer_to({"-a", "-t", "192.0.2.1:80"}), HasSubstr("'-a': real servers are those of the file"));
  EXPECT_THAT(answer_to({"-C"}), HasSubstr("netd reload --allow-empty"));
  EXPECT_THAT(answer_to({"show", "-n"}), HasSubstr("always numbers"));
  EXPECT_THAT(answer_to({"weight", "web1"}), HasSubstr("weight = 0"));
}

TEST(LbctlProgram, StillGuessesAtSlips) {
  EXPECT_THAT(answer_to({"shwo"}), HasSubstr("did you mean 'show'?"));
}

}  // namespace
}  // namespace hawser::lbctl
