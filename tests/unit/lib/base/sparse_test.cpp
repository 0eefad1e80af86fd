#include "lib/base/sparse.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace hawser {
namespace {

using Names = Sparse<std::map<int, std::string>>;

TEST(Sparse, IsAsSmallAsAPointerAndReadsAsEmptyUntilItIsFilled) {
  static_assert(sizeof(Names) == sizeof(void*));
  Names names;
  EXPECT_TRUE(names->empty());
  EXPECT_EQ(names->find(1), names->end());
  names.erase(1);
  EXPECT_EQ(names.erase_if([](const auto&) { return true; }), 0U);
  names.fill()[1] = "one";
  EXPECT_EQ(names->at(1), "one");
}

TEST(Sparse, IsEmptyAgainOnceTheLastIsGone) {
  Names names;
  names.fill() = {{1, "one"}, {2, "two"}};
  names.erase(1);
  EXPECT_EQ(*names, (std::map<int, std::string>{{2, "two"}}));
  EXPECT_EQ(names.erase_if([](const auto& entry) { return entry.first == 2; }), 1U);
  EXPECT_TRUE(names->empty());
  EXPECT_EQ(names, Names());
}

TEST(Sparse, ACopyHasItsOwnAndIsEqual) {
  Names names({{1, "one"}});
  const auto copy = names;
  EXPECT_EQ(copy, names);
  names.fill()[2] = "two";
  EXPECT_EQ(copy->size(), 1U);
  EXPECT_NE(copy, names);
  EXPECT_EQ(Names(std::map<int, std::string>{}), Names());
}

}  // namespace
}  // namespace hawser
