#include "lib/base/rare.h"

#include <string>

#include <gtest/gtest.h>

namespace hawser {
namespace {

TEST(RareValues, IsAsSmallAsAPointerWhileItIsNotThere) {
  EXPECT_EQ(sizeof(Rare<std::string>), sizeof(void*));
  const Rare<std::string> none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.optional(), std::nullopt);
}

TEST(RareValues, ACopyIsItsOwn) {
  Rare<std::string> one;
  one = "one";
  auto other = one;
  EXPECT_EQ(one, other);
  *other = "other";
  EXPECT_EQ(*one, "one");
  EXPECT_NE(one, other);
  one = other;
  EXPECT_EQ(one.optional(), "other");
  EXPECT_EQ(other->size(), 5U) << "what was copied is still there";
}

TEST(RareValues, MovedOrResetItIsNotThere) {
  Rare<std::string> one;
  one = "one";
  const auto other = std::exchange(one, {});
  EXPECT_FALSE(one);
  EXPECT_EQ(*other, "one");
  EXPECT_NE(one, other);
  one = "again";
  one.reset();
  EXPECT_EQ(one, Rare<std::string>());
}

}  // namespace
}  // namespace hawser
