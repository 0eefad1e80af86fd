#include "lib/base/enum_set.h"

#include <gtest/gtest.h>

namespace hawser {
namespace {

enum class Fruit : std::uint8_t { kApple, kPear, kPlum };

TEST(EnumSet, HoldsWhatWasPutIn) {
  EnumSet<Fruit> basket{Fruit::kApple};
  EXPECT_TRUE(basket.contains(Fruit::kApple));
  EXPECT_FALSE(basket.contains(Fruit::kPlum));
  basket.add(Fruit::kPlum);
  EXPECT_TRUE(basket.contains(Fruit::kPlum));
  EXPECT_FALSE(basket.contains(Fruit::kPear));
  EXPECT_EQ(basket, (EnumSet<Fruit>{Fruit::kPlum, Fruit::kApple}));
}

TEST(EnumSet, IsEmptyUntilThen) {
  EXPECT_TRUE(EnumSet<Fruit>{}.empty());
  EXPECT_FALSE(EnumSet<Fruit>{Fruit::kApple}.empty());
}

}  // namespace
}  // namespace hawser
