#include "vipd/foreign_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using testing::HasSubstr;

std::string answer_to(const std::string& word, std::vector<cli::Hint> hints) {
  const cli::Program program{
      .name = "vipctl", .summary = "", .options = {}, .verbs = {}, .hints = std::move(hints)};
  return cli::parse(program, {word}).error().text;
}

TEST(VipdForeignWords, SayHowAVipIsMoved) {
  for (const auto* word : {"failover", "switchover", "move"})
    EXPECT_THAT(answer_to(word, foreign_words_for_vipctl()), HasSubstr("write 'vipctl handover NAME'"))
        << word;
  EXPECT_THAT(answer_to("standby", foreign_words_for_vipctl()), HasSubstr("'vipctl release'"));
  EXPECT_THAT(answer_to("takeover", foreign_words_for_vipctl()), HasSubstr("write 'vipctl take NAME'"));
  EXPECT_THAT(answer_to("set", foreign_words_for_vipctl()), HasSubstr("change priority in its [vip.NAME]"));
}

TEST(VipdForeignWords, SayWhichProgramHasTheVerb) {
  EXPECT_THAT(answer_to("reload", foreign_words_for_vipctl()), HasSubstr(": write 'vipd reload'\n"));
  EXPECT_THAT(answer_to("status", foreign_words_for_vipd()), HasSubstr(": write 'vipctl status'\n"));
  EXPECT_THAT(answer_to("dump", foreign_words_for_vipd()), HasSubstr(": write 'netd dump'\n"));
}

TEST(VipdForeignWords, KnowKeepalivedsOptions) {
  EXPECT_THAT(answer_to("-t", foreign_words_for_vipd()), HasSubstr("'-t': write 'vipd check'\n"));
  EXPECT_THAT(answer_to("--dont-fork", foreign_words_for_vipd()), HasSubstr("stays in the foreground"));
}

}  // namespace
}  // namespace hawser::vipd
