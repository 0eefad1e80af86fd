// What operators asked of the vips, on its way over a restart.
#include "vipd/daemon/stands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;
using WallTime = std::chrono::system_clock::time_point;

const WallTime kNow{1'800'000'000s};

Stands some() {
  return {{"db", {Stance::kTaking, {}}},
          {"mail", {Stance::kStandingBy, kNow + 2h}},
          {"web", {Stance::kStandingBy, kNow + 1h}}};
}

TEST(Stands, AreReadAsTheyWereWritten) {
  EXPECT_EQ(*read_stands(write_stands(some())), some());
  EXPECT_EQ(*read_stands(write_stands({})), Stands{});
  EXPECT_EQ(*read_stands(""), Stands{});
}

TEST(Stands, ThatAreNotUnderstoodAreAnError) {
  for (const auto* text :
       {"{", "[]", R"({"vips":7})", R"({"vips":{"web":{"stance":"lying","until":null}}})",
        R"({"vips":{"web":{"stance":"taking","until":9223372036854775807}}})",
        R"({"vips":{"web":{"stance":"taking","until":-1}}})", R"({"vips":{"web":{"stance":"taking"}}})",
        R"({"vips":{"web":{"stance":"taking","until":"x"}}})"})
    EXPECT_FALSE(read_stands(text)) << text;
}

// Found by fuzzing: a clock that counts nanoseconds overflowed.
TEST(Stands, EndAtATimeThatTheClockReaches) {
  EXPECT_EQ(end_from("1800000000000"), kNow);
  EXPECT_EQ(end_from("0"), WallTime());
  EXPECT_TRUE(end_from("9223372036854"));
  for (const auto* text :
       {"9223372036855", "9223372036854775807", "9223372036854775808", "-1", "", "1x", " 1"})
    EXPECT_FALSE(end_from(text)) << text;
}

TEST(Stands, EndWithTheirTime) {
  auto stands = some();
  EXPECT_EQ(next_end(stands), kNow + 1h);
  EXPECT_THAT(expire(stands, kNow + 1h - 1ms), IsEmpty());
  EXPECT_THAT(expire(stands, kNow + 1h), ElementsAre("web"));
  EXPECT_EQ(next_end(stands), kNow + 2h);
  EXPECT_THAT(expire(stands, kNow + 100h), ElementsAre("mail"));
  EXPECT_EQ(next_end(stands), std::nullopt);
  EXPECT_EQ(stance_of(stands, "db"), Stance::kTaking);
  EXPECT_EQ(stance_of(stands, "web"), Stance::kOrdinary);
}

TEST(Stands, GoWithAVipThatBecomesTwoOrOneAgain) {
  const Stand stand{Stance::kStandingBy, {}};
  Stands stands{{"web", stand}, {"db", stand}, {"gone", stand}};
  EXPECT_TRUE(settle_names(stands, {"web/ipv4", "web/ipv6", "db"}));
  EXPECT_EQ(stands, (Stands{{"web/ipv4", stand}, {"web/ipv6", stand}, {"db", stand}, {"gone", stand}}));
  EXPECT_FALSE(settle_names(stands, {"web/ipv4", "web/ipv6", "db"}));
  stands.erase("web/ipv6");
  EXPECT_TRUE(settle_names(stands, {"web", "db"}));
  EXPECT_EQ(stands, (Stands{{"web", stand}, {"db", stand}, {"gone", stand}}));
}

}  // namespace
}  // namespace hawser::vipd
