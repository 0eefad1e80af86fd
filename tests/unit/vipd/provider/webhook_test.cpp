// The contract of webhooks, status by status.
#include "vipd/provider/webhook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::vipd::provider {
namespace {

using namespace std::chrono_literals;

const auto kAddress = *IpAddress::parse("2001:db8:100::");

Reply json_reply(unsigned status, std::string body) {
  return {status, "application/json", std::move(body), {}};
}

class WebhookTest : public testing::Test {
 protected:
  Webhook hook{"https://hook.example/hawser"};

  Answer answer_to(Ask ask, const Reply& reply) {
    (void)hook.begin({ask, kAddress, "lb1"});
    return std::get<Answer>(hook.heard(reply));
  }
  // A switch that was answered with 202.
  Turn begun() {
    (void)hook.begin({Ask::kSet, kAddress, "lb1"});
    return hook.heard(json_reply(202, ""));
  }
};

TEST_F(WebhookTest, AsksByAQueryAndSwitchesByJson) {
  EXPECT_EQ(std::get<Request>(hook.begin({Ask::kGet, kAddress, ""})),
            (Request{"GET", "?address=2001%3Adb8%3A100%3A%3A", "", ""}));
  EXPECT_EQ(std::get<Request>(hook.begin({Ask::kSet, kAddress, "l\"b"})),
            (Request{"POST", "", R"({"address":"2001:db8:100::","target":"l\"b"})", "application/json"}));
  EXPECT_EQ(std::get<Request>(hook.begin({Ask::kSet, kAddress, ""})).body,
            R"({"address":"2001:db8:100::","target":null})");
}

TEST_F(WebhookTest, ATargetIsAStringOrNull) {
  EXPECT_EQ(answer_to(Ask::kGet, json_reply(200, R"({"target":"lb2"})")),
            (Answer{Meaning::kRouted, "lb2", "", {}}));
  EXPECT_EQ(answer_to(Ask::kGet, json_reply(200, R"({"target":null})")),
            (Answer{Meaning::kRouted, "", "", {}}));
  EXPECT_EQ(answer_to(Ask::kSet, json_reply(200, R"({"target":"lb1"})")),
            (Answer{Meaning::kDone, "lb1", "", {}}));
}

TEST_F(WebhookTest, WhatDoesNotSayWhereItLeadsIsUnknown) {
  for (const auto* body :
       {"", "{}", "[]", "null", R"({"target":""})", R"({"target":7})", R"({"target":"lb1")"})
    for (const auto ask : {Ask::kGet, Ask::kSet}) {
      const auto answer = answer_to(ask, json_reply(200, body));
      EXPECT_EQ(answer.meaning, Meaning::kUnknown) << body;
      EXPECT_NE(answer.text, "") << body;
    }
  EXPECT_EQ(answer_to(Ask::kGet, {200, "text/html", "<html>", {}}).text,
            "200 with text/html instead of JSON");
  EXPECT_EQ(answer_to(Ask::kSet, json_reply(200, R"({"target":"lb2"})")).text,
            "200 says that it leads to lb2");
}

struct Documented {
  unsigned status;
  Meaning meaning;
};

TEST_F(WebhookTest, EachStatusHasItsMeaning) {
  const std::vector<Documented> documented{
      {400, Meaning::kRefused}, {401, Meaning::kDenied},  {403, Meaning::kDenied},  {404, Meaning::kRefused},
      {409, Meaning::kBusy},    {422, Meaning::kRefused}, {429, Meaning::kLimited}, {500, Meaning::kUnknown},
      {502, Meaning::kUnknown}, {503, Meaning::kUnknown}, {504, Meaning::kUnknown}, {201, Meaning::kUnknown},
      {204, Meaning::kUnknown}, {302, Meaning::kUnknown}, {418, Meaning::kUnknown},
  };
  for (const auto& one : documented)
    for (const auto ask : {Ask::kGet, Ask::kSet}) {
      const auto answer = answer_to(ask, json_reply(one.status, R"({"error":"in words"})"));
      EXPECT_EQ(answer.meaning, one.meaning) << one.status;
      EXPECT_EQ(answer.text, fmt::format("{}: in words", one.status));
    }
}

TEST_F(WebhookTest, ItSaysWhenToComeAgain) {
  auto limited = json_reply(429, "");
  EXPECT_EQ(answer_to(Ask::kSet, limited).wait, 10s) << "it does not say";
  const std::vector<std::pair<const char*, Milliseconds>> all{
      {"90", 90s}, {"0", 1s}, {"999999", 24h}, {"-1", 10s}, {"soon", 10s}, {"99999999999", 10s}};
  for (const auto& [text, wait] : all) {
    limited.headers["retry-after"] = text;
    EXPECT_EQ(answer_to(Ask::kSet, limited).wait, wait) << text;
  }
}

TEST_F(WebhookTest, ASwitchThatWasBegunIsReadUntilItIsThere) {
  const auto wait = begun();
  EXPECT_EQ(std::get<Pause>(wait).length, 2s);
  EXPECT_EQ(std::get<Pause>(wait).then.method, "GET");
  EXPECT_TRUE(std::holds_alternative<Pause>(hook.heard(json_reply(200, R"({"target":"lb2"})"))));
  EXPECT_TRUE(std::holds_alternative<Pause>(hook.heard(json_reply(202, R"({"target":"lb1"})"))));
  EXPECT_EQ(std::get<Answer>(hook.heard(json_reply(200, R"({"target":"lb1"})"))).meaning, Meaning::kDone);
}

TEST_F(WebhookTest, OneThatNeverComesIsNotAwaitedForEver) {
  auto turn = begun();
  int reads = 0;
  for (; std::holds_alternative<Pause>(turn) && reads < 100; ++reads)
    turn = hook.heard(json_reply(200, R"({"target":"lb2"})"));
  EXPECT_EQ(reads, 60);
  EXPECT_EQ(std::get<Answer>(turn).meaning, Meaning::kUnknown);
}

// "Not again before" and "never as asked" are about the read: the switch itself was begun.
TEST_F(WebhookTest, WhatFailsAfterItWasBegunIsUnknown) {
  for (const auto status : {401U, 404U, 409U, 429U, 500U}) {
    (void)begun();
    EXPECT_EQ(std::get<Answer>(hook.heard(json_reply(status, ""))).meaning, Meaning::kUnknown) << status;
  }
}

TEST_F(WebhookTest, OneThatIsReadInASwitchIsBusy) {
  const auto answer = answer_to(Ask::kGet, json_reply(202, R"({"target":"lb2"})"));
  EXPECT_EQ(answer.meaning, Meaning::kBusy);
  EXPECT_EQ(answer.target, "lb2");
}

TEST_F(WebhookTest, TheTokenAndTheUrlAreNowhereButWhereTheyBelong) {
  EXPECT_EQ(hook.authorization("").value(), "");
  EXPECT_EQ(hook.authorization("t0ken").value(), "Bearer t0ken");
  EXPECT_FALSE(hook.authorization("two words"));
  EXPECT_EQ(hook.account("t0ken").find("t0ken"), std::string::npos);
  EXPECT_EQ(hook.account("t0ken").find("hook"), std::string::npos);
}

}  // namespace
}  // namespace hawser::vipd::provider
