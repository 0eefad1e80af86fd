#include "lib/run/request.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>

namespace hawser::run {
namespace {

std::string why(const std::string& text) {
  const auto request = request_from(text);
  return request ? "" : request.error().text;
}

TEST(RunRequest, IsReadBackAsItWasWritten) {
  const Request request{.object = "provider.dc",
                        .step = "",
                        .action = Action::kSet,
                        .address = "203.0.113.100",
                        .target = "srv2"};
  const auto text = boost::json::serialize(to_json(request));
  EXPECT_EQ(text,
            R"({"object":"provider.dc","step":"","action":"set","address":"203.0.113.100","target":"srv2"})");
  const auto read = request_from(text);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(*read, request);
}

TEST(RunRequest, HasItsAddressInTheOneFormThatScriptsCanCompare) {
  EXPECT_EQ(request_from(R"({"object":"provider.dc","action":"get","address":"2001:DB8:0::1"})")->address,
            "2001:db8::1");
}

TEST(RunRequest, ThatNamesAProgramOrWordsOfItsOwnIsRefused) {
  EXPECT_EQ(why(R"({"object":"provider.dc","action":"get","program":"/bin/sh"})"),
            "program: no such key; there is object, step, action, address and target");
  EXPECT_EQ(why(R"({"object":"provider.dc","action":"get","target":["-c","reboot"]})"), "target: not a text");
}

TEST(RunRequest, WithoutObjectOrActionIsRefused) {
  EXPECT_EQ(why(R"({"action":"get"})"), "object: missing");
  EXPECT_EQ(why(R"({"object":"provider.dc"})"), "action: missing");
}

TEST(RunRequest, OfAnUnknownActionIsRefusedWithThoseThatThereAre) {
  EXPECT_EQ(why(R"({"object":"provider.dc","action":"reboot"})"),
            "action: \"reboot\" is none: write get, set, unroute, start, stop or monitor");
}

TEST(RunRequest, ThatIsNoneIsRefused) {
  EXPECT_THAT(why(""), testing::StartsWith("not JSON: "));
  EXPECT_THAT(why("{"), testing::StartsWith("not JSON: "));
  EXPECT_EQ(why("[]"), "not a JSON object");
  EXPECT_EQ(why(R"({"object":"provider.dc","action":"get","address":"everywhere"})").substr(0, 9),
            "address: ");
}

TEST(RunRequest, OfWordsThatDoNotGoOntoOneLineIsRefused) {
  EXPECT_EQ(why(R"({"object":"a\nb","action":"get"})"), "object: has a character that is not to be printed");
  EXPECT_EQ(why(R"({"object":"a\u0000b","action":"get"})"),
            "object: has a character that is not to be printed");
  EXPECT_EQ(why(R"({"object":")" + std::string(256, 'x') + R"(","action":"get"})"),
            "object: longer than 255 bytes");
}

TEST(RunRequest, IsSaidInFewWords) {
  EXPECT_EQ(words_of({.object = "provider.dc",
                      .step = "",
                      .action = Action::kSet,
                      .address = "203.0.113.100",
                      .target = "srv2"}),
            "set 203.0.113.100 -> srv2");
  EXPECT_EQ(
      words_of(
          {.object = "resource.db", .step = "disk", .action = Action::kStart, .address = "", .target = ""}),
      "start step disk");
}

TEST(RunOutcome, IsReadBackAsItWasWritten) {
  const Outcome outcome{.end = End::kSignalled,
                        .number = 9,
                        .took = Milliseconds(1200),
                        .output = "a\nb",
                        .errors = "c",
                        .cut = true,
                        .text = "signal 9 (Killed)"};
  EXPECT_EQ(outcome_from(boost::json::parse(boost::json::serialize(to_json(outcome)))), outcome);
}

TEST(RunOutcome, OfNothingReadableIsUnknown) {
  EXPECT_EQ(outcome_from(boost::json::parse("null")).end, End::kLost);
  EXPECT_EQ(outcome_from(boost::json::parse(R"({"end":"well"})")).end, End::kLost);
}

// Every reader of JSON has to take it.
TEST(RunOutcome, ShowsBytesThatAreNoUtf8AsQuestionMarks) {
  Outcome outcome;
  const std::vector<std::pair<std::string, std::string>> cases{
      {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
      {"cut \xc3", "cut ?"},
      {"\xff\xfe", "??"},
      {"\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80"},
      {"\xc0\x80", "??"},
      {"\xe0\x80\x80", "???"},
      {"\xed\xa0\x80", "???"},
      {"\xf4\x90\x80\x80", "????"}};
  for (const auto& [bytes, shown] : cases) {
    outcome.output = bytes;
    const auto text = boost::json::serialize(to_json(outcome));
    boost::system::error_code wrong;
    const auto read = boost::json::parse(text, wrong);
    ASSERT_FALSE(wrong) << text;
    EXPECT_EQ(outcome_from(read).output, shown);
  }
}

}  // namespace
}  // namespace hawser::run
