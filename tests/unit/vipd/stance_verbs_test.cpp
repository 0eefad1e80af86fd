#include "vipd/stance_verbs.h"

#include <cstdlib>
#include <ctime>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;
using WallTime = std::chrono::system_clock::time_point;

class Until : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
  const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 27} + 12h};
};

TEST_F(Until, IsADurationOrTheNextTimeOfDay) {
  EXPECT_EQ(*parse_until("2h", noon), noon + 2h);
  EXPECT_EQ(*parse_until("90s", noon), noon + 90s);
  EXPECT_EQ(*parse_until("18:30", noon), noon + 6h + 30min);
  EXPECT_EQ(*parse_until("12:00", noon), noon + 24h) << "that is now: tomorrow";
  EXPECT_EQ(*parse_until("06:05", noon), noon + 18h + 5min);
}

TEST_F(Until, IsNothingElse) {
  for (const auto* text : {"", "soon", "25:00", "18:30x", "0s", "-5m", "1000h"})
    EXPECT_FALSE(parse_until(text, noon)) << text;
}

}  // namespace
}  // namespace hawser::vipd
