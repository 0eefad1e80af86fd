// Resets by Robot, with the bodies and errors of its documentation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vipd/provider/hetzner_robot.h"

namespace hawser::vipd::provider {
namespace {

Reply json_reply(unsigned status, std::string body) {
  return {status, "application/json", std::move(body), {}};
}
Reply error(unsigned status, const std::string& code) {
  return json_reply(
      status, fmt::format(R"({{"error":{{"status":{},"code":"{}","message":"in words"}}}})", status, code));
}
const Reply kServers = json_reply(
    200,
    R"([{"server":{"server_ip":"192.0.2.11","server_ipv6_net":"2001:db8:11::","server_number":321,"server_name":"lb1"}},)"
    R"({"server":{"server_ip":"192.0.2.12","server_ipv6_net":"2001:db8:12::","server_number":322,"server_name":"lb2"}}])");
Reply ways(const std::string& types = R"("sw","hw","man")") {
  return json_reply(
      200,
      fmt::format(
          R"({{"reset":{{"server_ip":"192.0.2.12","server_number":322,"type":[{}],"operating_status":"running"}}}})",
          types));
}
Reply done(const std::string& type) {
  return json_reply(
      200, fmt::format(R"({{"reset":{{"server_ip":"192.0.2.12","server_number":322,"type":"{}"}}}})", type));
}
std::string path_of(const Turn& turn) {
  const auto* request = std::get_if<Request>(&turn);
  return request == nullptr ? "no request" : request->method + " " + request->path + " " + request->body;
}
Answer answer_in(const Turn& turn) {
  return std::get<Answer>(turn);
}

class RobotResetTest : public testing::Test {
 protected:
  HetznerRobot robot;
  Turn begin(Ask ask, std::string server, std::string how = "") {
    return robot.begin({ask, {}, std::move(server), std::move(how)});
  }
  // Up to the reset.
  Turn until_reset() {
    (void)begin(Ask::kPowerOff, "322");
    return robot.heard(ways());
  }
};

TEST_F(RobotResetTest, AServerIsKnownByNumberAddressAndName) {
  EXPECT_EQ(path_of(begin(Ask::kPowerOff, "322")), "GET /reset/322 ");
  for (const auto* name : {"192.0.2.12", "2001:db8:12::", "2001:DB8:12:0::", "lb2"}) {
    EXPECT_EQ(path_of(begin(Ask::kPowerOff, name)), "GET /server ") << name;
    EXPECT_EQ(path_of(robot.heard(kServers)), "GET /reset/322 ") << name;
  }
  (void)begin(Ask::kPowerOff, "192.0.2.13");
  const auto answer = answer_in(robot.heard(kServers));
  EXPECT_EQ(answer.meaning, Meaning::kRefused);
  EXPECT_EQ(answer.text, "there is no server 192.0.2.13 in this account");
}

TEST_F(RobotResetTest, TheButtonIsPressedUnlessAnotherWayIsWanted) {
  EXPECT_EQ(path_of(until_reset()), "POST /reset/322 type=hw");
  EXPECT_EQ(answer_in(robot.heard(done("hw"))), (Answer{Meaning::kDone, "322", "reset by hw", {}}));
  (void)begin(Ask::kPowerOff, "322", "sw");
  EXPECT_EQ(path_of(robot.heard(ways())), "POST /reset/322 type=sw");
}

TEST_F(RobotResetTest, AWayThatTheServerDoesNotOfferIsNotTried) {
  (void)begin(Ask::kPowerOff, "322", "power");
  const auto answer = answer_in(robot.heard(ways()));
  EXPECT_EQ(answer.meaning, Meaning::kRefused);
  EXPECT_EQ(answer.text, "server 322 cannot be reset by power: it offers sw, hw, man");
}

TEST_F(RobotResetTest, AskedItSaysWhatItOffersAndResetsNothing) {
  (void)begin(Ask::kPower, "322");
  EXPECT_EQ(answer_in(robot.heard(ways())), (Answer{Meaning::kOn, "322", "can be reset by sw, hw, man", {}}));
}

struct Documented {
  unsigned status;
  const char* code;
  Meaning before, of_reset;  // of the calls that only ask, of the reset itself
};

TEST_F(RobotResetTest, EachDocumentedErrorHasItsMeaning) {
  const std::vector<Documented> documented{
      {400, "INVALID_INPUT", Meaning::kRefused, Meaning::kRefused},
      {401, "UNAUTHORIZED", Meaning::kDenied, Meaning::kDenied},
      {403, "RATE_LIMIT_EXCEEDED", Meaning::kLimited, Meaning::kLimited},
      {404, "SERVER_NOT_FOUND", Meaning::kRefused, Meaning::kRefused},
      {404, "RESET_NOT_AVAILABLE", Meaning::kRefused, Meaning::kRefused},
      {409, "RESET_MANUAL_ACTIVE", Meaning::kBusy, Meaning::kBusy},
      {500, "RESET_FAILED", Meaning::kUnreached, Meaning::kUnknown},
      {503, "UNAVAILABLE", Meaning::kUnreached, Meaning::kUnknown},
  };
  for (const auto& one : documented) {
    for (const auto* name : {"322", "192.0.2.12"}) {
      (void)begin(Ask::kPowerOff, name);
      EXPECT_EQ(answer_in(robot.heard(error(one.status, one.code))).meaning, one.before) << one.code;
    }
    (void)until_reset();
    const auto answer = answer_in(robot.heard(error(one.status, one.code)));
    EXPECT_EQ(answer.meaning, one.of_reset) << one.code;
    EXPECT_EQ(answer.text.find(fmt::format("{} {}: in words", one.status, one.code)), 0U) << answer.text;
  }
}

TEST_F(RobotResetTest, AnAnswerThatMakesNoSenseIsNoReset) {
  for (const auto& reply : {Reply{200, "text/html", "<html>", {}}, json_reply(200, "{}"),
                            json_reply(200, "[]"), ways(""), done("sw")}) {
    (void)until_reset();
    EXPECT_EQ(answer_in(robot.heard(reply)).meaning, Meaning::kUnknown) << reply.body;
  }
  for (const auto& reply : {Reply{200, "text/html", "<html>", {}}, json_reply(200, "{}"), ways("")}) {
    (void)begin(Ask::kPowerOff, "322");
    EXPECT_EQ(answer_in(robot.heard(reply)).meaning, Meaning::kUnreached) << reply.body;
  }
}

}  // namespace
}  // namespace hawser::vipd::provider
