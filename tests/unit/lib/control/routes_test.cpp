#include "lib/control/routes.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "lib/control/json.h"

namespace hawser::control {
namespace {

using testing::HasSubstr;

constexpr uid_t kDaemon = 990;
constexpr uid_t kSomebody = 1000;

class RoutesTest : public testing::Test {
 protected:
  RoutesTest() {
    routes_.get("/v1/status",
                [](const Request&) {
                  return Response{200, "status"};
                })
        .post("/v1/reload", [](const Request& request) {
          return Response{200, asks_for(request, "allow-empty") ? "may be empty" : "reloaded"};
        });
  }
  [[nodiscard]] Response asked(const std::string& method, const std::string& target, uid_t uid) const {
    return routes_.answer({method, target, "", {uid, 1}});
  }

  Routes routes_{kDaemon};
};

TEST_F(RoutesTest, WhoeverCanAskMayRead) {
  for (const auto uid : {uid_t{0}, kDaemon, kSomebody})
    EXPECT_EQ(asked("GET", "/v1/status", uid).body, "status");
}

TEST_F(RoutesTest, OnlyRootAndTheDaemonsUserMayChange) {
  EXPECT_EQ(asked("POST", "/v1/reload", 0).body, "reloaded");
  EXPECT_EQ(asked("POST", "/v1/reload", kDaemon).body, "reloaded");
  const auto refused = asked("POST", "/v1/reload", kSomebody);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("POST /v1/reload: only root may: use sudo"));
}

TEST_F(RoutesTest, APeerThatTheKernelDoesNotNameMayNotChange) {
  EXPECT_EQ(routes_.answer({"POST", "/v1/reload", "", {}}).status, 403);
}

TEST_F(RoutesTest, AQueryDoesNotHideThePath) {
  EXPECT_EQ(asked("POST", "/v1/reload?allow-empty", 0).body, "may be empty");
  EXPECT_EQ(asked("POST", "/v1/reload?x=1&allow-empty=1", 0).body, "may be empty");
  EXPECT_EQ(asked("POST", "/v1/reload?allow-emptyish", 0).body, "reloaded");
  EXPECT_EQ(asked("POST", "/v1/reload?allow-empty", kSomebody).status, 403);
}

TEST_F(RoutesTest, WhatThereIsNotIsRefusedWithWhatThereIs) {
  const auto answer = asked("GET", "/v2/status", 0);
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body,
              HasSubstr("GET /v2/status: no such thing; there is GET /v1/status, POST /v1/reload"));
}

TEST_F(RoutesTest, AnotherMethodIsNamed) {
  const auto answer = asked("DELETE", "/v1/reload", 0);
  EXPECT_EQ(answer.status, 405);
  EXPECT_THAT(answer.body, HasSubstr("DELETE /v1/reload: only POST is answered there"));
}

// Found by fuzzing: the refusal of a path of any bytes was no JSON.
TEST(Refusal, IsJsonWhateverWasAskedFor) {
  const Routes none(kDaemon);
  const auto answer = none.answer({"GET", "/\xff\xc3\xa4", "", {}});
  boost::system::error_code wrong;
  const auto body = boost::json::parse(answer.body, wrong);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(body.at("error").as_string(), "GET /?\xc3\xa4: no such thing; there is ");
}

TEST(Good, BeginsWithItsFormatWhateverTheBodySaysOfIt) {
  EXPECT_EQ(good({}).body, R"({"format":1})");
  EXPECT_EQ(good({{"a \"b\"", 1}, {"format", 7}, {"list", boost::json::array{1, "x"}}}).body,
            R"({"format":1,"a \"b\"":1,"list":[1,"x"]})");
}

TEST(Query, ValuesAreFoundByTheWholeName) {
  const Request request{"GET", "/v1/events?after=17&follow"};
  EXPECT_EQ(path_of(request), "/v1/events");
  EXPECT_EQ(value_of(request, "after"), "17");
  EXPECT_EQ(value_of(request, "aft"), "");
  EXPECT_TRUE(asks_for(request, "follow"));
  EXPECT_FALSE(asks_for(request, "17"));
  EXPECT_FALSE(asks_for({"GET", "/v1/events"}, "follow"));
}

}  // namespace
}  // namespace hawser::control
