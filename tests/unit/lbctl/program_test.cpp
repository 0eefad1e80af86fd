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
    EXPECT_THAT(answer_to(words), HasSubstr(": write 'lbctl show'")) << words.front();
  for (const auto& [word, remedy] :
       std::vector<std::pair<std::string, std::string>>{{"-A", "lbctl add tcp"},
                                                        {"-E", "lbctl edit tcp"},
                                                        {"-D", "lbctl delete tcp"},
                                                        {"-a", "lbctl add-real"},
                                                        {"-e", "lbctl edit-real"},
                                                        {"-d", "lbctl delete-real"},
                                                        {"-C", "lbctl clear"},
                                                        {"-R", "lbctl restore"},
                                                        {"-S", "lbctl save"},
                                                        {"-Z", "lbctl zero"},
                                                        {"--set", "lbctl timeouts"},
                                                        {"--start-daemon", "lbctl sync start"},
                                                        {"-c", "lbctl connections"},
                                                        {"flush", "write 'lbctl clear'"}})
    EXPECT_THAT(answer_to({word, "192.0.2.1:80"}), HasSubstr(remedy)) << word;
  EXPECT_THAT(answer_to({"show", "-n"}), HasSubstr("always numbers"));
}

// "show" is a verb as well.
TEST(LbctlProgram, TakesAServiceAndSettingsAsWords) {
  const auto parsed = cli::parse(program(), {"add", "tcp", "192.0.2.1:80", "scheduler=rr", "--dry-run"});
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_THAT(parsed->arguments.words, testing::ElementsAre("tcp", "192.0.2.1:80", "scheduler=rr"));
  EXPECT_TRUE(parsed->arguments.has("--dry-run"));
  EXPECT_EQ(cli::parse(program(), {"sync", "show"})->arguments.verb, "sync");
  EXPECT_THAT(cli::parse(program(), {"restore", "-", "--replace"})->arguments.words,
              testing::ElementsAre("-"));
  EXPECT_THAT(answer_to({"add"}), HasSubstr("a word is missing"));
}

TEST(LbctlProgram, StillGuessesAtSlips) {
  EXPECT_THAT(answer_to({"shwo"}), HasSubstr("did you mean 'show'?"));
}

}  // namespace
}  // namespace hawser::lbctl
