#include "lib/base/spelling.h"

#include <string>

#include <gtest/gtest.h>

namespace hawser {
namespace {

TEST(Nearest, FindsTypingMistakesOnly) {
  const std::vector<std::string_view> words{"interval", "timeout", "fall", "on", "show", "status", "reload"};
  EXPECT_EQ(nearest("intervall", words), "interval");
  EXPECT_EQ(nearest("tiemout", words), "timeout");
  EXPECT_EQ(nearest("fal", words), "fall");
  EXPECT_EQ(nearest("shwo", words), "show");
  EXPECT_EQ(nearest("statsu", words), "status");
  EXPECT_EQ(nearest("sho", words), "show");
  EXPECT_EQ(nearest("relaodd", words), "reload");
  EXPECT_EQ(nearest("colour", words), "");
  EXPECT_EQ(nearest("frobnicate", words), "");
  EXPECT_EQ(nearest("", words), "");
}

TEST(Nearest, CountsSwappedNeighboursOnce) {
  EXPECT_EQ(nearest("ofr", {"of", "for"}), "of");
  EXPECT_EQ(nearest("fro", {"free", "for"}), "for");
}

TEST(Nearest, SparesItselfTheWorkOfWordsThatNobodyTypes) {
  EXPECT_EQ(nearest(std::string(10000, 'x'), {"xx"}), "");
  const std::string long_name(100'000, 'w');
  EXPECT_EQ(nearest("web", {long_name}), "");
}

}  // namespace
}  // namespace hawser
