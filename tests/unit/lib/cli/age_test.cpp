#include "lib/cli/age.h"

#include <gtest/gtest.h>

namespace hawser::cli {
namespace {

using namespace std::chrono_literals;

TEST(Age, TakesTwoUnitsAtMostAndRoundsDown) {
  EXPECT_EQ(format_age(0ms), "0ms");
  EXPECT_EQ(format_age(90ms), "90ms");
  EXPECT_EQ(format_age(999ms), "999ms");
  EXPECT_EQ(format_age(1s), "1s");
  EXPECT_EQ(format_age(1999ms), "1s");
  EXPECT_EQ(format_age(59900ms), "59s");
  EXPECT_EQ(format_age(60s), "1m00s");
  EXPECT_EQ(format_age(130500ms), "2m10s");
  EXPECT_EQ(format_age(3599s), "59m59s");
  EXPECT_EQ(format_age(3600s), "1h00m");
  EXPECT_EQ(format_age(1h + 5min), "1h05m");
  EXPECT_EQ(format_age(86399s), "23h59m");
  EXPECT_EQ(format_age(24h), "1d00h");
  EXPECT_EQ(format_age(24h * 3 + 4h), "3d04h");
  EXPECT_EQ(format_age(98h), "4d02h");
}

}  // namespace
}  // namespace hawser::cli
