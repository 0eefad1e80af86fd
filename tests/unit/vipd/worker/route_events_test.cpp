#include "vipd/worker/route_events.h"

#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using provider::Standing;

RouteReport report(Standing standing = Standing::kUnknown) {
  RouteReport route;
  route.vip = "web";
  route.address = *IpAddress::parse("203.0.113.10");
  route.provider = "robot";
  route.standing = standing;
  if (standing == Standing::kHere) {
    route.target = "192.0.2.12";
    route.node = "lb2";
  } else if (standing == Standing::kElsewhere) {
    route.target = "192.0.2.11";
    route.node = "lb1";
  }
  return route;
}

std::vector<std::string> lines(const RouteReport& before, const RouteReport& now, bool is_taken = true) {
  std::vector<std::string> all;
  for (const auto& event : route_events(before, now, is_taken)) all.push_back(line_of(event));
  return all;
}
using Lines = std::vector<std::string>;

TEST(RouteEvents, SayWhereItLeadsWhenThatChanges) {
  EXPECT_EQ(lines(report(), report(Standing::kElsewhere), false),
            Lines{"web: 203.0.113.10 leads to lb1 (192.0.2.11)"});
  EXPECT_EQ(lines(report(Standing::kElsewhere), report(Standing::kHere)),
            Lines{"web: 203.0.113.10 leads here (192.0.2.12)"});
  EXPECT_EQ(lines(report(Standing::kHere), report(Standing::kNobody), false),
            Lines{"web: 203.0.113.10 leads to nobody"});
  EXPECT_EQ(lines(report(Standing::kHere), report(Standing::kHere)), Lines{});
}

TEST(RouteEvents, SayASwitchAndNotEachTryOfOneThatGoesWrong) {
  auto now = report(Standing::kElsewhere);
  const auto before = now;
  now.asking = provider::Ask::kSet;
  EXPECT_EQ(lines(before, now), Lines{"web: 203.0.113.10 is being led here by robot"});
  EXPECT_EQ(lines(now, now), Lines{});
  now.trouble = "no answer in time";
  EXPECT_EQ(lines(before, now), Lines{});
  now.asking = provider::Ask::kGet;
  EXPECT_EQ(lines(before, now), Lines{}) << "readings are no news";
}

TEST(RouteEvents, SayWhoWasFaster) {
  auto now = report(Standing::kElsewhere);
  now.lost = true;
  const auto said = lines(report(Standing::kElsewhere), now);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_TRUE(said[0].starts_with("web: 203.0.113.10 leads to lb1 (192.0.2.11), who was faster")) << said[0];
}

TEST(RouteEvents, SayThatItWasTakenFromWhoHasTheRole) {
  auto before = report(Standing::kHere);
  before.confirmed = true;
  const auto said = lines(before, report(Standing::kElsewhere));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_NE(said[0].find("while this host is Active: somebody led it there"), std::string::npos) << said[0];
  EXPECT_EQ(lines(before, report(Standing::kElsewhere), false),
            Lines{"web: 203.0.113.10 leads to lb1 (192.0.2.11)"})
      << "who has left the role expects it";
}

TEST(RouteEvents, SayWhyNothingIsKnownAndWhenItIsAskedAgain) {
  auto now = report();
  now.trouble = "409 FAILOVER_LOCKED: The failover ip can not be set up due to an active lock.";
  EXPECT_EQ(
      line_of(trouble_event(now, Milliseconds(9'200))),
      "web: 203.0.113.10 is not answered for by robot; asked again in 10s: 409 FAILOVER_LOCKED: The failover "
      "ip can not be set up due to an active lock.");
}

}  // namespace
}  // namespace hawser::vipd
