// What netd's status says of real servers, for the verbs that go through netd.
#include "lbctl/told.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::lbctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace json = boost::json;

json::object real(const std::string& name, const std::string& address, bool in_service) {
  return {{"name", name},
          {"address", address},
          {"in_service", in_service},
          {"sorry", false},
          {"state", in_service ? "up" : "down"},
          {"weight", 100},
          {"override", "enabled"},
          {"present", in_service},
          {"why", "1: no checks"}};
}

json::object service(const std::string& name, const std::string& at, json::array reals) {
  return {{"name", name}, {"virtual", at}, {"reals", std::move(reals)}};
}

json::value status(json::array services) {
  return json::object{{"services", std::move(services)}};
}

const auto kWeb1 = real("web1", "198.51.100.21:8080", true);
const auto kWeb2 = real("web2", "198.51.100.22:8080", true);
const auto kWeb2Out = real("web2", "198.51.100.22:8080", false);

std::vector<std::string> drained(const json::value& status, const std::string& real,
                                 const std::string& service = "") {
  return emptied_by(status, service, real, Out::kDrained);
}

TEST(EmptiedBy, TheLastOneInService) {
  const auto one = status({service("web", "tcp 192.0.2.100:80", {kWeb1, kWeb2Out})});
  EXPECT_THAT(drained(one, "web1"),
              ElementsAre("web: tcp 192.0.2.100:80: no real server would be in service without web1 "
                          "198.51.100.21:8080: new clients would be refused, those connected stay until they "
                          "are done"));
  EXPECT_THAT(emptied_by(one, "", "web1", Out::kDisabled),
              ElementsAre(HasSubstr("new clients would be refused, and those connected cut off")));
  for (const auto* other : {"198.51.100.21:8080", "198.51.100.21"})
    EXPECT_EQ(drained(one, other).size(), 1U) << other;
}

TEST(EmptiedBy, NobodyWhereAnotherOneIsInService) {
  EXPECT_THAT(drained(status({service("web", "tcp 192.0.2.100:80", {kWeb1, kWeb2})}), "web1"), IsEmpty());
}

TEST(EmptiedBy, OneThatIsOutAnyway) {
  EXPECT_THAT(drained(status({service("web", "tcp 192.0.2.100:80", {kWeb2Out})}), "web2"), IsEmpty());
}

TEST(EmptiedBy, EachServiceByItself) {
  const auto two = status({service("web", "tcp 192.0.2.100:80", {kWeb1, kWeb2}),
                           service("admin", "tcp 192.0.2.100:81", {kWeb1})});
  EXPECT_THAT(drained(two, "web1"), ElementsAre(HasSubstr("admin: tcp 192.0.2.100:81: ")));
  EXPECT_THAT(drained(two, "web1", "web"), IsEmpty());
  EXPECT_EQ(drained(two, "web1", "admin").size(), 1U);
}

// What was said a moment ago and is not done yet counts.
TEST(EmptiedBy, AsItWillBe) {
  auto enabled = kWeb2Out;
  enabled["state"] = "up";
  EXPECT_THAT(drained(status({service("web", "tcp 192.0.2.100:80", {kWeb1, enabled})}), "web1"), IsEmpty());
  auto draining = kWeb2;
  draining["override"] = "draining";
  EXPECT_EQ(drained(status({service("web", "tcp 192.0.2.100:80", {kWeb1, draining})}), "web1").size(), 1U);
  auto of_weight_0 = enabled;
  of_weight_0["weight"] = 0;
  EXPECT_EQ(drained(status({service("web", "tcp 192.0.2.100:80", {kWeb1, of_weight_0})}), "web1").size(), 1U);
}

// One name or one address may stand for several.
TEST(EmptiedBy, AllThatAreMeantTogether) {
  const auto second_port = real("web1b", "198.51.100.21:8081", true);
  const auto both = status({service("web", "tcp 192.0.2.100:80", {kWeb1, second_port})});
  EXPECT_THAT(drained(both, "web1"), IsEmpty());
  EXPECT_THAT(drained(both, "198.51.100.21"),
              ElementsAre(HasSubstr("without web1 198.51.100.21:8080, web1b 198.51.100.21:8081: ")));
}

TEST(EmptiedBy, NobodyWhereASorryServerTakesOver) {
  auto sorry = real("sorry", "198.51.100.9:8080", false);
  sorry["sorry"] = true;
  sorry["state"] = "up";
  EXPECT_THAT(drained(status({service("web", "tcp 192.0.2.100:80", {kWeb1, sorry})}), "web1"), IsEmpty());
  auto failed = sorry;
  failed["state"] = "down";
  EXPECT_EQ(drained(status({service("web", "tcp 192.0.2.100:80", {kWeb1, failed})}), "web1").size(), 1U);
  auto disabled = sorry;
  disabled["override"] = "disabled";
  EXPECT_EQ(drained(status({service("web", "tcp 192.0.2.100:80", {kWeb1, disabled})}), "web1").size(), 1U);
}

TEST(Told, ByServiceNameAddressAndEndpoint) {
  const auto seen = status({service("web", "tcp 192.0.2.100:80", {kWeb1, kWeb2Out}),
                            service("admin", "tcp 192.0.2.100:81", {kWeb1})});
  const auto lines = [&](const std::string& of, const std::string& who) {
    std::vector<std::string> list;
    for (const auto& told : told_of(seen, of, who)) list.push_back(line_of(told));
    return list;
  };
  EXPECT_THAT(lines("web", ""),
              ElementsAre("web: tcp 192.0.2.100:80: web1 198.51.100.21:8080: 1: no checks",
                          "web: tcp 192.0.2.100:80: web2 198.51.100.22:8080: 1: no checks"));
  EXPECT_THAT(lines("tcp 192.0.2.100:81", ""), ElementsAre(HasSubstr("admin: ")));
  EXPECT_EQ(lines("", "web1").size(), 2U);
  EXPECT_EQ(lines("", "198.51.100.22").size(), 1U);
  EXPECT_EQ(lines("", "198.51.100.22:8080").size(), 1U);
  EXPECT_THAT(lines("", "198.51.100.22:80"), IsEmpty());
  EXPECT_THAT(lines("mail", ""), IsEmpty());
}

TEST(Told, WhoIsDrainingAndWhoIsWaitedFor) {
  Told told;
  EXPECT_FALSE(is_draining(told) || is_waited_for(told));
  told.override_ = "draining";
  EXPECT_FALSE(is_draining(told));  // out
  told.in_table = true;
  EXPECT_TRUE(is_draining(told));
  told.override_ = "disabled";
  EXPECT_FALSE(is_draining(told));
  told.state = "unknown";
  EXPECT_TRUE(is_waited_for(told));
}

}  // namespace
}  // namespace hawser::lbctl
