#include "lib/base/maybe_time.h"

#include <gtest/gtest.h>

namespace hawser {
namespace {

constexpr TimePoint kSome = TimePoint(Milliseconds(1500));

TEST(MaybeTimes, AreAsSmallAsATime) {
  static_assert(sizeof(MaybeTime) == sizeof(TimePoint));
  EXPECT_FALSE(MaybeTime());
  EXPECT_FALSE(MaybeTime(std::nullopt));
  EXPECT_TRUE(MaybeTime(TimePoint{})) << "when the clock began is a time";
}

TEST(MaybeTimes, TakeAndGiveWhatAnOptionalOneHas) {
  const MaybeTime some = std::optional(kSome);
  EXPECT_EQ(*some, kSome);
  EXPECT_EQ(std::optional<TimePoint>(some), kSome);
  EXPECT_EQ(std::optional<TimePoint>(MaybeTime(std::optional<TimePoint>())), std::nullopt);
}

TEST(MaybeTimes, AreThereUntilTheyAreReset) {
  MaybeTime time = kSome;
  EXPECT_EQ(time.value_or(TimePoint::max()), kSome);
  EXPECT_EQ(time, MaybeTime(kSome));
  time.reset();
  EXPECT_EQ(time, MaybeTime());
  EXPECT_EQ(time.value_or(TimePoint::max()), TimePoint::max());
}

}  // namespace
}  // namespace hawser
