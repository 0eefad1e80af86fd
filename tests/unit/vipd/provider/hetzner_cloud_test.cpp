// The conversation with Hetzner Cloud, request by request.
#include "vipd/provider/hetzner_cloud.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::vipd::provider {
namespace {

using namespace std::chrono_literals;

const auto kAddress = *IpAddress::parse("203.0.113.50");

Reply json_reply(unsigned status, std::string body) {
  return {status, "application/json", std::move(body), {}};
}
Reply error(unsigned status, const std::string& code) {
  return json_reply(status,
                    fmt::format(R"({{"error":{{"code":"{}","message":"in words","details":null}}}})", code));
}
Reply addresses(const std::string& server, int next_page = 0) {
  return json_reply(200, fmt::format(R"({{"floating_ips":[{{"id":7,"ip":"203.0.113.49","server":null}},)"
                                     R"({{"id":8,"ip":"203.0.113.50","server":{}}},)"
                                     R"({{"id":9,"ip":"2001:db8:50::/64","server":42}}],)"
                                     R"("meta":{{"pagination":{{"next_page":{}}}}}}})",
                                     server, next_page == 0 ? "null" : fmt::format("{}", next_page)));
}
Reply servers() {
  return json_reply(
      200, R"({"servers":[{"id":42,"name":"lb1","public_net":{"ipv4":{"ip":"192.0.2.11"}}},)"
           R"({"id":43,"name":"lb2","public_net":{"ipv4":null}}],"meta":{"pagination":{"next_page":null}}})");
}
// Of one network, 77.
Reply networks(const std::string& routes) {
  return json_reply(200, fmt::format(R"({{"networks":[{{"id":77,"subnets":[{{"ip_range":"10.0.1.0/24"}}],)"
                                     R"("routes":[{}]}}],"meta":{{"pagination":{{"next_page":null}}}}}})",
                                     routes));
}
Reply action(unsigned status, const std::string& state, const std::string& why = "null") {
  return json_reply(
      status, fmt::format(R"({{"action":{{"id":5,"status":"{}","progress":0,"error":{}}}}})", state, why));
}
std::string path_of(const Turn& turn) {
  const auto* request = std::get_if<Request>(&turn);
  return request == nullptr ? "no request" : request->method + " " + request->path;
}
Answer answer_in(const Turn& turn) {
  return std::get<Answer>(turn);
}

class HetznerCloudTest : public testing::Test {
 protected:
  HetznerCloud cloud;
  Turn begin(Ask ask, std::string target = "") { return cloud.begin({ask, kAddress, std::move(target)}); }
  // Up to the switch.
  Turn until_assign(const std::string& target) {
    (void)begin(Ask::kSet, target);
    (void)cloud.heard(addresses("42"));
    return cloud.heard(servers());
  }
};

TEST_F(HetznerCloudTest, AnAddressIsFoundInTheProjectAndLeadsToAServer) {
  EXPECT_EQ(path_of(begin(Ask::kGet)), "GET /floating_ips?per_page=50&page=1");
  EXPECT_EQ(path_of(cloud.heard(addresses("42"))), "GET /servers?per_page=50&page=1");
  EXPECT_EQ(answer_in(cloud.heard(servers())), (Answer{Meaning::kRouted, "42", "", {}}));
  for (const auto* name : {"42", "lb1", "192.0.2.11"}) EXPECT_TRUE(cloud.is_same("42", name)) << name;
  for (const auto* name : {"43", "lb2", "", "lb"}) EXPECT_FALSE(cloud.is_same("42", name)) << name;
}

TEST_F(HetznerCloudTest, OneOfNobodyLeadsToNobody) {
  (void)begin(Ask::kGet);
  EXPECT_EQ(answer_in(cloud.heard(addresses("null"))), (Answer{Meaning::kRouted, "", "", {}}));
}

TEST_F(HetznerCloudTest, AnIpv6NetIsKnownByItsAddress) {
  (void)cloud.begin({Ask::kGet, *IpAddress::parse("2001:db8:50::"), ""});
  (void)cloud.heard(addresses("null"));
  EXPECT_EQ(answer_in(cloud.heard(servers())).target, "42");
}

TEST_F(HetznerCloudTest, AllPagesAreRead) {
  (void)cloud.begin({Ask::kGet, *IpAddress::parse("203.0.113.99"), ""});
  EXPECT_EQ(path_of(cloud.heard(addresses("42", 2))), "GET /floating_ips?per_page=50&page=2");
  EXPECT_EQ(path_of(cloud.heard(addresses("42", 2))), "GET /servers?per_page=50&page=1")
      << "a page that leads to itself";
  EXPECT_EQ(path_of(cloud.heard(servers())), "GET /networks?per_page=50&page=1");
  const auto answer = answer_in(cloud.heard(networks("")));
  EXPECT_EQ(answer.meaning, Meaning::kRefused);
  EXPECT_EQ(answer.text, "there is no floating IP, alias IP or route 203.0.113.99 in this project");
}

TEST_F(HetznerCloudTest, ToNobodyItIsUnassigned) {
  (void)begin(Ask::kSet, "");
  (void)cloud.heard(addresses("42"));
  EXPECT_EQ(path_of(cloud.heard(servers())), "POST /floating_ips/8/actions/unassign");
  EXPECT_EQ(answer_in(cloud.heard(action(201, "success"))).meaning, Meaning::kDone);
  (void)begin(Ask::kSet, "");
  (void)cloud.heard(addresses("null"));
  EXPECT_EQ(answer_in(cloud.heard(servers())).meaning, Meaning::kAlready);
}

// Its limit and its words are about the look, and the switch goes on meanwhile.
TEST_F(HetznerCloudTest, ALookAtAnActionThatIsRefusedSaysNothingOfTheAction) {
  for (const auto& [status, code] : {std::pair{429U, "rate_limit_exceeded"},
                                     {401U, "unauthorized"},
                                     {404U, "not_found"},
                                     {423U, "locked"}}) {
    (void)until_assign("lb2");
    (void)cloud.heard(action(201, "running"));
    EXPECT_EQ(answer_in(cloud.heard(error(status, code))).meaning, Meaning::kUnknown) << code;
  }
}

TEST_F(HetznerCloudTest, ASwitchIsAnActionThatIsAwaited) {
  const auto assign = until_assign("lb2");
  EXPECT_EQ(std::get<Request>(assign),
            (Request{"POST", "/floating_ips/8/actions/assign", R"({"server":43})", "application/json"}));
  const auto wait = cloud.heard(action(201, "running"));
  EXPECT_EQ(std::get<Pause>(wait).length, 1s);
  EXPECT_EQ(std::get<Pause>(wait).then.path, "/actions/5");
  EXPECT_EQ(answer_in(cloud.heard(action(200, "success"))).meaning, Meaning::kDone);
}

// hcloud-fip-controller takes 201 for success.
TEST_F(HetznerCloudTest, AnActionThatFailsIsOfUnknownFate) {
  (void)until_assign("lb2");
  (void)cloud.heard(action(201, "running"));
  const auto answer =
      answer_in(cloud.heard(action(200, "error", R"({"code":"action_failed","message":"Action failed"})")));
  EXPECT_EQ(answer.meaning, Meaning::kUnknown);
  EXPECT_EQ(answer.text, "action_failed: Action failed");
}

TEST_F(HetznerCloudTest, AnActionThatNeverEndsIsNotAwaitedForEver) {
  (void)until_assign("lb2");
  auto turn = cloud.heard(action(201, "running"));
  int polls = 0;
  for (; std::holds_alternative<Pause>(turn) && polls < 100; ++polls)
    turn = cloud.heard(action(200, "running"));
  EXPECT_EQ(polls, 60);
  EXPECT_EQ(answer_in(turn).meaning, Meaning::kUnknown);
}

TEST_F(HetznerCloudTest, WhatIsThereAlreadyIsNotAssignedAgain) {
  EXPECT_EQ(answer_in(until_assign("lb1")).meaning, Meaning::kAlready);
}

TEST_F(HetznerCloudTest, AServerThatIsNotInTheProjectIsRefused) {
  const auto answer = answer_in(until_assign("lb3"));
  EXPECT_EQ(answer.meaning, Meaning::kRefused);
  EXPECT_EQ(answer.text, "there is no server lb3 in this project");
}

struct Documented {
  unsigned status;
  const char* code;
  Meaning meaning;
};

TEST_F(HetznerCloudTest, EachDocumentedErrorHasItsMeaning) {
  const std::vector<Documented> documented{
      {401, "unauthorized", Meaning::kDenied},
      {403, "token_readonly", Meaning::kDenied},
      {403, "forbidden", Meaning::kDenied},
      {404, "not_found", Meaning::kRefused},
      {422, "invalid_input", Meaning::kRefused},
      {409, "uniqueness_error", Meaning::kRefused},
      {412, "ip_not_available", Meaning::kRefused},
      {422, "server_not_attached_to_network", Meaning::kRefused},
      {423, "locked", Meaning::kBusy},
      {409, "conflict", Meaning::kBusy},
      {409, "resource_unavailable", Meaning::kBusy},
      {429, "rate_limit_exceeded", Meaning::kLimited},
      {503, "maintenance", Meaning::kUnknown},
      {504, "timeout", Meaning::kUnknown},
      {502, "bad_gateway", Meaning::kUnknown},
      {500, "server_error", Meaning::kUnknown},
  };
  for (const auto& one : documented) {
    (void)until_assign("lb2");
    const auto answer = answer_in(cloud.heard(error(one.status, one.code)));
    EXPECT_EQ(answer.meaning, one.meaning) << one.code;
    EXPECT_EQ(answer.text, fmt::format("{} {}: in words", one.status, one.code));
  }
}

TEST_F(HetznerCloudTest, WhatFailsBeforeTheSwitchWasSentHasMovedNothing) {
  (void)begin(Ask::kSet, "lb2");
  EXPECT_EQ(answer_in(cloud.heard(error(503, "maintenance"))).meaning, Meaning::kUnreached);
  (void)begin(Ask::kGet);
  EXPECT_EQ(answer_in(cloud.heard(error(503, "maintenance"))).meaning, Meaning::kUnknown);
}

TEST_F(HetznerCloudTest, AnAnswerThatMakesNoSenseIsUnknown) {
  (void)until_assign("lb2");
  const auto answer = answer_in(cloud.heard({200, "text/html", "<html>", {}}));
  EXPECT_EQ(answer.meaning, Meaning::kUnknown);
  EXPECT_EQ(answer.text, "200 with text/html instead of JSON");
  (void)until_assign("lb2");
  EXPECT_EQ(answer_in(cloud.heard(json_reply(201, "{}"))).meaning, Meaning::kUnknown);
}

// --- the power of servers ---

TEST_F(HetznerCloudTest, AServerIsSwitchedOffByAnActionThatIsAwaited) {
  EXPECT_EQ(path_of(cloud.begin({Ask::kPowerOff, {}, "43"})), "POST /servers/43/actions/poweroff");
  EXPECT_EQ(path_of(cloud.begin({Ask::kPowerOff, {}, "lb2"})), "GET /servers?per_page=50&page=1");
  EXPECT_EQ(path_of(cloud.heard(servers())), "POST /servers/43/actions/poweroff");
  EXPECT_TRUE(std::holds_alternative<Pause>(cloud.heard(action(201, "running"))));
  EXPECT_EQ(answer_in(cloud.heard(action(200, "success"))).meaning, Meaning::kDone);
}

TEST_F(HetznerCloudTest, OnlyAServerThatIsOffIsOff) {
  for (const auto* status :
       {"off", "running", "stopping", "starting", "deleting", "migrating", "unknown", ""}) {
    EXPECT_EQ(path_of(cloud.begin({Ask::kPower, {}, "43"})), "GET /servers/43");
    const auto answer = answer_in(
        cloud.heard(json_reply(200, fmt::format(R"({{"server":{{"id":43,"status":"{}"}}}})", status))));
    const std::string word = status;
    EXPECT_EQ(answer.meaning, word == "off"  ? Meaning::kOff
                              : word.empty() ? Meaning::kUnknown
                                             : Meaning::kOn)
        << status;
  }
}

TEST_F(HetznerCloudTest, EachErrorOfSwitchingOffHasItsMeaning) {
  const std::vector<Documented> documented{
      {401, "unauthorized", Meaning::kDenied},  {403, "token_readonly", Meaning::kDenied},
      {404, "not_found", Meaning::kRefused},    {423, "locked", Meaning::kBusy},
      {409, "conflict", Meaning::kBusy},        {429, "rate_limit_exceeded", Meaning::kLimited},
      {503, "maintenance", Meaning::kUnknown},  {504, "timeout", Meaning::kUnknown},
      {500, "server_error", Meaning::kUnknown},
  };
  for (const auto& one : documented) {
    (void)cloud.begin({Ask::kPowerOff, {}, "43"});
    EXPECT_EQ(answer_in(cloud.heard(error(one.status, one.code))).meaning, one.meaning) << one.code;
    (void)cloud.begin({Ask::kPowerOff, {}, "lb2"});
    const auto before = answer_in(cloud.heard(error(one.status, one.code))).meaning;
    EXPECT_EQ(before, one.meaning == Meaning::kUnknown ? Meaning::kUnreached : one.meaning) << one.code;
  }
  (void)cloud.begin({Ask::kPowerOff, {}, "lb9"});
  EXPECT_EQ(answer_in(cloud.heard(servers())).text, "there is no server lb9 in this project");
}

TEST_F(HetznerCloudTest, TheTokenIsNowhereButInTheHeader) {
  const std::string token(64, 'g');
  EXPECT_EQ(cloud.authorization(token).value(), "Bearer " + token);
  EXPECT_EQ(cloud.account(token).size(), 12U);
  EXPECT_EQ(cloud.account(token).find("gg"), std::string::npos);
  EXPECT_FALSE(cloud.authorization("user:password"));
}

}  // namespace
}  // namespace hawser::vipd::provider
