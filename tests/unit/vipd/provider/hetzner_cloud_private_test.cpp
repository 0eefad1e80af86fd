// Alias IPs and routes of private networks: what can be at one place only is taken, given, and put back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vipd/provider/hetzner_cloud.h"

namespace hawser::vipd::provider {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;

const auto kAlias = *IpAddress::parse("10.0.1.100");
const auto kRouted = *IpAddress::parse("10.100.0.0");  // of a prefix

Reply json_reply(unsigned status, std::string body) {
  return {status, "application/json", std::move(body), {}};
}
Reply error(unsigned status, const std::string& code) {
  return json_reply(status, fmt::format(R"({{"error":{{"code":"{}","message":"in words"}}}})", code));
}
Reply action(const std::string& state, const std::string& why = "null") {
  return json_reply(201, fmt::format(R"({{"action":{{"id":5,"status":"{}","error":{}}}}})", state, why));
}
const Reply kDone = action("success");
const Reply kNone = json_reply(200, R"({"floating_ips":[]})");

// lb1 and lb2 in the network 77, lb3 in none.
Reply servers(const std::string& first, const std::string& second) {
  return json_reply(
      200,
      fmt::format(R"({{"servers":[{{"id":42,"name":"lb1","private_net":[{{"network":77,"ip":"10.0.1.11",)"
                  R"("alias_ips":[{}]}}]}},{{"id":43,"name":"lb2","private_net":[{{"network":77,)"
                  R"("ip":"10.0.1.12","alias_ips":[{}]}}]}},{{"id":44,"name":"lb3","private_net":[]}}]}})",
                  first, second));
}
Reply networks(const std::string& routes) {
  return json_reply(200, fmt::format(R"({{"networks":[{{"id":77,"subnets":[{{"ip_range":"10.0.1.0/24"}}],)"
                                     R"("routes":[{}]}}]}})",
                                     routes));
}
const std::string kRoute = R"({"destination":"10.100.0.0/24","gateway":"10.0.1.11"})";

std::string sent(const Turn& turn) {
  if (const auto* pause = std::get_if<Pause>(&turn))
    return fmt::format("after {}: {}", format_duration(pause->length), sent(Turn(pause->then)));
  const auto* request = std::get_if<Request>(&turn);
  return request == nullptr ? "nothing" : request->method + " " + request->path + " " + request->body;
}
Answer answer_in(const Turn& turn) {
  return std::get<Answer>(turn);
}

class HetznerCloudPrivateTest : public testing::Test {
 protected:
  HetznerCloud cloud;

  Turn alias(Ask ask, const std::string& target, const Reply& held) {
    (void)cloud.begin({ask, kAlias, target});
    (void)cloud.heard(kNone);
    return cloud.heard(held);
  }
  Turn route(Ask ask, const std::string& target, const std::string& routes = kRoute) {
    (void)cloud.begin({ask, kRouted, target});
    (void)cloud.heard(kNone);
    (void)cloud.heard(servers("", ""));
    return cloud.heard(networks(routes));
  }
  // lb1 had it, it was taken: what is said of the request that gives it to lb2.
  Turn given(const Reply& reply) {
    (void)alias(Ask::kSet, "lb2", servers(R"("10.0.1.90","10.0.1.100")", ""));
    (void)cloud.heard(kDone);
    return cloud.heard(reply);
  }
};

TEST_F(HetznerCloudPrivateTest, AnAliasLeadsToTheServerThatHasIt) {
  EXPECT_EQ(answer_in(alias(Ask::kGet, "", servers("", R"("10.0.1.90","10.0.1.100")"))),
            (Answer{Meaning::kRouted, "43", "", {}}));
}

TEST_F(HetznerCloudPrivateTest, OneThatNobodyHasLeadsToNobodyWhereASubnetCouldHoldIt) {
  EXPECT_EQ(sent(alias(Ask::kGet, "", servers("", ""))), "GET /networks?per_page=50&page=1 ");
  EXPECT_EQ(answer_in(cloud.heard(networks(""))), (Answer{Meaning::kRouted, "", "", {}}));
}

TEST_F(HetznerCloudPrivateTest, AnAliasIsTakenBeforeItIsGivenAndTheOthersStay) {
  EXPECT_EQ(sent(alias(Ask::kSet, "lb2", servers(R"("10.0.1.90","10.0.1.100")", R"("10.0.1.80")"))),
            R"(POST /servers/42/actions/change_alias_ips {"network":77,"alias_ips":["10.0.1.90"]})");
  EXPECT_EQ(sent(cloud.heard(action("running"))), "after 1s: GET /actions/5 ");
  EXPECT_EQ(
      sent(cloud.heard(json_reply(200, R"({"action":{"id":5,"status":"success"}})"))),
      R"(POST /servers/43/actions/change_alias_ips {"network":77,"alias_ips":["10.0.1.80","10.0.1.100"]})");
  EXPECT_EQ(answer_in(cloud.heard(kDone)), (Answer{Meaning::kDone, "lb2", "", {}}));
}

TEST_F(HetznerCloudPrivateTest, OneOfNobodyIsOnlyGiven) {
  (void)alias(Ask::kSet, "lb1", servers("", ""));
  EXPECT_EQ(sent(cloud.heard(networks(""))),
            R"(POST /servers/42/actions/change_alias_ips {"network":77,"alias_ips":["10.0.1.100"]})");
  EXPECT_EQ(answer_in(cloud.heard(error(409, "ip_not_available"))).meaning, Meaning::kRefused);
}

TEST_F(HetznerCloudPrivateTest, ToNobodyItIsTakenAndThatIsAll) {
  EXPECT_EQ(sent(alias(Ask::kSet, "", servers(R"("10.0.1.100")", ""))),
            R"(POST /servers/42/actions/change_alias_ips {"network":77,"alias_ips":[]})");
  EXPECT_EQ(answer_in(cloud.heard(kDone)).meaning, Meaning::kDone);
}

TEST_F(HetznerCloudPrivateTest, WhatCannotHaveItIsRefusedBeforeAnythingIsTaken) {
  const auto outside = answer_in(alias(Ask::kSet, "lb3", servers(R"("10.0.1.100")", "")));
  EXPECT_EQ(outside.meaning, Meaning::kRefused);
  EXPECT_EQ(outside.text, "server lb3 is not in the network 77 that 10.0.1.100 is in");
  EXPECT_EQ(answer_in(alias(Ask::kSet, "lb4", servers(R"("10.0.1.100")", ""))).text,
            "there is no server lb4 in this project");
  EXPECT_EQ(answer_in(alias(Ask::kSet, "lb1", servers(R"("10.0.1.100")", ""))).meaning, Meaning::kAlready);
}

struct Documented {
  unsigned status;
  const char* code;
  Meaning meaning;
};
const std::vector<Documented> kDocumented{
    {401, "unauthorized", Meaning::kDenied},
    {403, "token_readonly", Meaning::kDenied},
    {404, "not_found", Meaning::kRefused},
    {409, "ip_not_available", Meaning::kRefused},
    {409, "uniqueness_error", Meaning::kRefused},
    {422, "invalid_input", Meaning::kRefused},
    {422, "server_not_attached_to_network", Meaning::kRefused},
    {422, "unsupported_error", Meaning::kRefused},
    {423, "locked", Meaning::kBusy},
    {409, "conflict", Meaning::kBusy},
    {422, "resource_unavailable", Meaning::kBusy},
    {429, "rate_limit_exceeded", Meaning::kLimited},
    {503, "maintenance", Meaning::kUnknown},
    {504, "timeout", Meaning::kUnknown},
    {500, "server_error", Meaning::kUnknown},
};

TEST_F(HetznerCloudPrivateTest, WhatIsNotTakenIsNotGivenEither) {
  for (const auto& one : kDocumented) {
    (void)alias(Ask::kSet, "lb2", servers(R"("10.0.1.100")", ""));
    const auto answer = answer_in(cloud.heard(error(one.status, one.code)));
    EXPECT_EQ(answer.meaning, one.meaning) << one.code;
    EXPECT_EQ(answer.text, fmt::format("{} {}: in words", one.status, one.code));
  }
}

// It leads to nobody by now.
TEST_F(HetznerCloudPrivateTest, WhatIsRefusedAfterItWasTakenIsPutBackAndToldSo) {
  for (const auto& one : kDocumented) {
    auto turn = given(error(one.status, one.code));
    if (one.meaning == Meaning::kUnknown) {
      EXPECT_EQ(answer_in(turn).meaning, Meaning::kUnknown) << one.code << ": it may have been given";
      continue;
    }
    int tries = 1;
    for (; std::holds_alternative<Pause>(turn) && tries < 20; ++tries)
      turn = cloud.heard(error(one.status, one.code));
    const bool is_tried_again = one.meaning == Meaning::kBusy || one.meaning == Meaning::kLimited;
    EXPECT_EQ(tries, is_tried_again ? 5 : 1) << one.code;
    EXPECT_EQ(
        sent(turn),
        R"(POST /servers/42/actions/change_alias_ips {"network":77,"alias_ips":["10.0.1.90","10.0.1.100"]})");
    const auto answer = answer_in(cloud.heard(kDone));
    EXPECT_EQ(answer.meaning, one.meaning) << one.code;
    EXPECT_THAT(answer.text, EndsWith(fmt::format("{}: in words: it was put back to 42", one.code)));
  }
}

TEST_F(HetznerCloudPrivateTest, OneThatIsLockedForAMomentIsGivenAMomentLater) {
  EXPECT_EQ(
      sent(given(error(423, "locked"))),
      R"(after 5s: POST /servers/43/actions/change_alias_ips {"network":77,"alias_ips":["10.0.1.100"]})");
  EXPECT_EQ(answer_in(cloud.heard(kDone)).meaning, Meaning::kDone);
}

TEST_F(HetznerCloudPrivateTest, WhatCannotBePutBackIsOfUnknownFate) {
  (void)given(error(422, "invalid_input"));
  const auto answer = answer_in(cloud.heard(error(503, "maintenance")));
  EXPECT_EQ(answer.meaning, Meaning::kUnknown);
  EXPECT_EQ(
      answer.text,
      "422 invalid_input: in words: it was taken from 42, and cannot be put back: 503 maintenance: in words");
}

TEST_F(HetznerCloudPrivateTest, AnActionThatFailsIsPutBackToo) {
  const auto turn = given(action("error", R"({"code":"action_failed","message":"Action failed"})"));
  EXPECT_THAT(sent(turn), HasSubstr("POST /servers/42/"));
  const auto answer = answer_in(cloud.heard(kDone));
  EXPECT_EQ(answer.meaning, Meaning::kUnknown);
  EXPECT_EQ(answer.text, "action_failed: Action failed: it was put back to 42");
}

TEST_F(HetznerCloudPrivateTest, ARouteLeadsToTheServerBehindItsGateway) {
  EXPECT_EQ(answer_in(route(Ask::kGet, "")), (Answer{Meaning::kRouted, "42", "", {}}));
  EXPECT_EQ(answer_in(route(Ask::kGet, "", R"({"destination":"10.100.0.0/24","gateway":"10.0.1.9"})")).target,
            "10.0.1.9")
      << "no server of the project";
}

TEST_F(HetznerCloudPrivateTest, ARouteIsDeletedAndAddedWithItsPrefix) {
  EXPECT_EQ(
      sent(route(Ask::kSet, "lb2")),
      R"(POST /networks/77/actions/delete_route {"destination":"10.100.0.0/24","gateway":"10.0.1.11"})");
  EXPECT_EQ(sent(cloud.heard(kDone)),
            R"(POST /networks/77/actions/add_route {"destination":"10.100.0.0/24","gateway":"10.0.1.12"})");
  EXPECT_EQ(sent(cloud.heard(error(422, "invalid_input"))),
            R"(POST /networks/77/actions/add_route {"destination":"10.100.0.0/24","gateway":"10.0.1.11"})");
  EXPECT_THAT(answer_in(cloud.heard(kDone)).text, EndsWith("it was put back to 42"));
}

TEST_F(HetznerCloudPrivateTest, ARouteThatWasLostOnTheWayComesBackWithItsPrefix) {
  (void)route(Ask::kSet, "lb2");
  (void)cloud.heard(kDone);
  (void)cloud.heard(error(503, "maintenance"));
  EXPECT_EQ(answer_in(route(Ask::kGet, "", "")), (Answer{Meaning::kRouted, "", "", {}}));
  EXPECT_EQ(sent(route(Ask::kSet, "lb2", "")),
            R"(POST /networks/77/actions/add_route {"destination":"10.100.0.0/24","gateway":"10.0.1.12"})");
  HetznerCloud other;  // which has not seen it: what it can know is the address
  std::swap(cloud, other);
  EXPECT_EQ(sent(route(Ask::kSet, "lb2", "")),
            R"(POST /networks/77/actions/add_route {"destination":"10.100.0.0/32","gateway":"10.0.1.12"})");
}

TEST_F(HetznerCloudPrivateTest, AServerThatIsNamedLikeAnothersNumberIsNotMistakenForIt) {
  const auto held = json_reply(
      200,
      R"({"servers":[{"id":42,"name":"43","private_net":[{"network":77,"ip":"10.0.1.11"}]},)"
      R"({"id":43,"name":"lb2","private_net":[{"network":77,"ip":"10.0.1.12","alias_ips":["10.0.1.100"]}]}]})");
  EXPECT_EQ(answer_in(alias(Ask::kSet, "43", held)).meaning, Meaning::kAlready);
  EXPECT_THAT(sent(alias(Ask::kSet, "42", held)), HasSubstr("POST /servers/43/"));
}

}  // namespace
}  // namespace hawser::vipd::provider
