// Each documented error of Robot, with the bodies of its documentation.
#include "vipd/provider/hetzner_robot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::vipd::provider {
namespace {

using namespace std::chrono_literals;

const auto kAddress = *IpAddress::parse("203.0.113.100");

Reply json_reply(unsigned status, std::string body) {
  return {status, "application/json", std::move(body), {}};
}

Reply error(unsigned status, const std::string& code, const std::string& more = "") {
  return json_reply(status, fmt::format(R"({{"error":{{"status":{},"code":"{}","message":"in words"{}}}}})",
                                        status, code, more));
}

Reply failover(const std::string& active, const std::string& more = "") {
  return json_reply(
      200, fmt::format(
               R"({{"failover":{{"ip":"203.0.113.100","netmask":"255.255.255.255","server_ip":"192.0.2.11",)"
               R"("server_ipv6_net":"2001:db8:11::","server_number":321,"active_server_ip":{}{}}}}})",
               active, more));
}

Answer answer_to(Ask ask, const Reply& reply) {
  HetznerRobot robot;
  (void)robot.begin({ask, kAddress, "192.0.2.12"});
  return std::get<Answer>(robot.heard(reply));
}

TEST(HetznerRobot, AsksByAddressAndSwitchesByAForm) {
  HetznerRobot robot;
  EXPECT_EQ(std::get<Request>(robot.begin({Ask::kGet, kAddress, {}})),
            (Request{"GET", "/failover/203.0.113.100", "", ""}));
  const auto subnet = *IpAddress::parse("2001:db8:100::");
  EXPECT_EQ(std::get<Request>(robot.begin({Ask::kSet, subnet, "2001:db8:12::"})),
            (Request{"POST", "/failover/2001:db8:100::", "active_server_ip=2001%3Adb8%3A12%3A%3A",
                     "application/x-www-form-urlencoded"}));
}

TEST(HetznerRobot, ToNobodyIsADeletion) {
  HetznerRobot robot;
  EXPECT_EQ(std::get<Request>(robot.begin({Ask::kSet, kAddress, ""})),
            (Request{"DELETE", "/failover/203.0.113.100", "", ""}));
  EXPECT_EQ(std::get<Answer>(robot.heard(failover("null"))), (Answer{Meaning::kDone, "", "", {}}));
  for (const auto& [status, code, meaning] : {std::tuple{404U, "NOT_FOUND", Meaning::kRefused},
                                              {409U, "FAILOVER_LOCKED", Meaning::kBusy},
                                              {500U, "FAILOVER_FAILED", Meaning::kUnknown},
                                              {500U, "FAILOVER_NOT_COMPLETE", Meaning::kUnknown}}) {
    (void)robot.begin({Ask::kSet, kAddress, ""});
    EXPECT_EQ(std::get<Answer>(robot.heard(error(status, code))).meaning, meaning) << code;
  }
}

// Loumaris' script takes the owner for it, and never switches.
TEST(HetznerRobot, AnAddressLeadsToTheActiveServerNotToItsOwner) {
  EXPECT_EQ(answer_to(Ask::kGet, failover(R"("192.0.2.12")")),
            (Answer{Meaning::kRouted, "192.0.2.12", "", {}}));
  EXPECT_EQ(answer_to(Ask::kSet, failover(R"("192.0.2.12")")),
            (Answer{Meaning::kDone, "192.0.2.12", "", {}}));
}

TEST(HetznerRobot, OneThatIsUnroutedLeadsToNobody) {
  EXPECT_EQ(answer_to(Ask::kGet, failover("null")), (Answer{Meaning::kRouted, "", "", {}}));
}

TEST(HetznerRobot, OneInProcessIsNeitherHereNorThere) {
  EXPECT_EQ(answer_to(Ask::kGet, failover(R"("192.0.2.11")", R"(,"status":"processing")")).meaning,
            Meaning::kBusy);
  EXPECT_EQ(answer_to(Ask::kGet, failover(R"("192.0.2.11")", R"(,"status":"ready")")).meaning,
            Meaning::kRouted);
}

// The one that was just sent, most likely: reading tells.
TEST(HetznerRobot, ASwitchThatGoesOnAfterItsAnswerWasBegun) {
  EXPECT_EQ(answer_to(Ask::kSet, failover(R"("192.0.2.11")", R"(,"status":"processing")")).meaning,
            Meaning::kDone);
}

struct Documented {
  unsigned status;
  const char* code;
  Meaning meaning;
};

TEST(HetznerRobot, EachDocumentedErrorHasItsMeaning) {
  const std::vector<Documented> documented{
      {400, "INVALID_INPUT", Meaning::kRefused},
      {401, "UNAUTHORIZED", Meaning::kDenied},
      {403, "RATE_LIMIT_EXCEEDED", Meaning::kLimited},
      {404, "NOT_FOUND", Meaning::kRefused},
      {404, "FAILOVER_NEW_SERVER_NOT_FOUND", Meaning::kRefused},
      {409, "FAILOVER_ALREADY_ROUTED", Meaning::kAlready},
      {409, "FAILOVER_LOCKED", Meaning::kBusy},
      {500, "FAILOVER_FAILED", Meaning::kUnknown},
      {500, "FAILOVER_NOT_COMPLETE", Meaning::kUnknown},
      {503, "UNAVAILABLE", Meaning::kUnknown},
  };
  for (const auto& one : documented) {
    const auto answer = answer_to(Ask::kSet, error(one.status, one.code));
    EXPECT_EQ(answer.meaning, one.meaning) << one.code;
    EXPECT_EQ(answer.text.find(fmt::format("{} {}: in words", one.status, one.code)), 0U) << answer.text;
  }
}

// "Any 409 is locked", or is there already: both are in scripts that people run.
TEST(HetznerRobot, AConflictThatItDoesNotKnowIsUnknown) {
  EXPECT_EQ(answer_to(Ask::kSet, error(409, "CONFLICT")).meaning, Meaning::kUnknown);
  EXPECT_EQ(answer_to(Ask::kSet, error(422, "NEW")).meaning, Meaning::kRefused);
  EXPECT_EQ(answer_to(Ask::kSet, error(429, "")).meaning, Meaning::kLimited);
}

TEST(HetznerRobot, ARateLimitSaysForHowLong) {
  const auto answer =
      answer_to(Ask::kGet, error(403, "RATE_LIMIT_EXCEEDED", R"(,"max_request":100,"interval":3600)"));
  EXPECT_EQ(answer.wait, 3600s);
  EXPECT_EQ(answer.text, "403 RATE_LIMIT_EXCEEDED: in words (100 calls within 1h)");
}

TEST(HetznerRobot, ALimitThatMakesNoSenseIsADayAtMost) {
  for (const auto* interval : {"18446744073709551615", "9223372036854775807", "-1", "\"x\"", "0"}) {
    const auto answer =
        answer_to(Ask::kGet, error(403, "RATE_LIMIT_EXCEEDED", fmt::format(R"(,"interval":{})", interval)));
    EXPECT_GE(answer.wait, 1s) << interval;
    EXPECT_LE(answer.wait, 24h) << interval;
  }
}

TEST(HetznerRobot, WhatIsWrongWithTheInputIsNamed) {
  EXPECT_EQ(
      answer_to(Ask::kSet, error(400, "INVALID_INPUT", R"(,"missing":["active_server_ip"],"invalid":null)"))
          .text,
      "400 INVALID_INPUT: in words, missing: active_server_ip");
}

TEST(HetznerRobot, AnAnswerThatMakesNoSenseIsUnknown) {
  for (const auto& reply :
       {Reply{200, "text/html; charset=utf-8", "<html>log in</html>", {}},
        json_reply(200, R"({"failover":{"ip)"), json_reply(200, "[]"),
        json_reply(200, R"({"failover":{"ip":"203.0.113.100"}})"), json_reply(200, ""),
        Reply{302, "", "", {{"location", "https://elsewhere.invalid/"}}}, Reply{502, "text/html", "bad", {}}})
    for (const auto ask : {Ask::kGet, Ask::kSet}) {
      const auto answer = answer_to(ask, reply);
      EXPECT_EQ(answer.meaning, Meaning::kUnknown) << reply.body;
      EXPECT_EQ(answer.target, "") << reply.body;
      EXPECT_NE(answer.text, "") << reply.body;
    }
  EXPECT_EQ(answer_to(Ask::kGet, {200, "text/html; charset=utf-8", "<html>", {}}).text,
            "200 with text/html instead of JSON");
}

TEST(HetznerRobot, TakesUserAndPasswordAndTellsNobodyThePassword) {
  const HetznerRobot robot;
  EXPECT_EQ(robot.authorization("#ws+abc:pa:ss").value(), "Basic I3dzK2FiYzpwYTpzcw==");
  EXPECT_EQ(robot.account("#ws+abc:pa:ss"), "#ws+abc");
  for (const auto* wrong : {"token", ":x", "x:"}) {
    const auto refused = robot.authorization(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().text.find("token"), std::string::npos);
  }
}

TEST(HetznerRobot, KnowsATargetByBothItsNames) {
  const HetznerRobot robot;
  EXPECT_TRUE(robot.is_same("2001:db8:12::", "2001:DB8:12:0::0"));
  EXPECT_TRUE(robot.is_same("", ""));
  EXPECT_FALSE(robot.is_same("192.0.2.11", "192.0.2.12"));
  EXPECT_FALSE(robot.is_same("", "192.0.2.12"));
}

}  // namespace
}  // namespace hawser::vipd::provider
