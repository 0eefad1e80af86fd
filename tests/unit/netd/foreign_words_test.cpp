#include "netd/foreign_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::netd {
namespace {

using testing::HasSubstr;

TEST(NetdForeignWords, SayWhatIsWrittenHere) {
  const cli::Program program{
      .name = "netd", .summary = "", .options = {}, .verbs = {}, .hints = foreign_words()};
  const auto answer_to = [&](const std::string& word) { return cli::parse(program, {word}).error().text; };
  EXPECT_THAT(answer_to("test"), HasSubstr("unknown verb 'test': write 'netd check'\n"));
  EXPECT_THAT(answer_to("-t"), HasSubstr("unknown option '-t': write 'netd check'\n"));
  EXPECT_THAT(answer_to("diff"), HasSubstr("'netd plan'"));
  EXPECT_THAT(answer_to("restart"), HasSubstr("systemctl restart netd"));
}

}  // namespace
}  // namespace hawser::netd
