#include "lib/base/shared.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hawser {
namespace {

using Text = Shared<std::string>;

TEST(SharedValues, AreAsSmallAsAPointerAndADefaultOneTakesNoRoom) {
  static_assert(sizeof(Text) == sizeof(void*));
  EXPECT_TRUE(Text().is_same_as(Text()));
  EXPECT_EQ(*Text(), "");
}

TEST(SharedValues, WhoChangesItHasOneOfItsOwn) {
  Text one(std::string("one"));
  const Text other = one;
  EXPECT_TRUE(other.is_same_as(one));
  one.change() += " and more";
  EXPECT_EQ(*one, "one and more");
  EXPECT_EQ(*other, "one");
  Text none;
  none.change() = "some";
  EXPECT_EQ(*Text(), "") << "what all others begin with";
}

TEST(SharedValues, TheOnlyOneIsChangedWhereItIs) {
  Text one(std::string("one"));
  const auto* there = &*one;
  one.change() = "two";
  EXPECT_EQ(&*one, there);
}

TEST(SharedValues, AreComparedByWhatTheyHold) {
  EXPECT_EQ(Text(std::string("one")), Text(std::string("one")));
  EXPECT_NE(Text(std::string("one")), Text(std::string("two")));
}

TEST(SharedValues, MovedFromItHoldsWhatItHeld) {
  struct Holder {
    Text text;
  };
  Holder one{Text(std::string("one"))};
  const auto other = std::move(one);
  EXPECT_EQ(*one.text, "one");  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(*other.text, "one");
}

TEST(ASharer, BringsTogetherWhatIsEqual) {
  std::vector<Text> all;
  for (const auto* text : {"a", "b", "a", "b", "c"}) all.emplace_back(std::string(text));
  Sharer<std::string> sharer;
  for (auto& text : all) sharer.share(text);
  EXPECT_TRUE(all[0].is_same_as(all[2]));
  EXPECT_TRUE(all[1].is_same_as(all[3]));
  EXPECT_FALSE(all[0].is_same_as(all[1]));
  EXPECT_EQ(*all[4], "c");
}

TEST(ASharer, ForgetsKindsThatAreTooMany) {
  Sharer<std::string> sharer;
  Text first(std::string("first"));
  sharer.share(first);
  for (int i = 0; i < 100; ++i) {
    Text other(std::to_string(i));
    sharer.share(other);
    EXPECT_EQ(*other, std::to_string(i));
  }
  Text again(std::string("first"));
  sharer.share(again);
  EXPECT_FALSE(again.is_same_as(first));
  EXPECT_EQ(again, first);
}

}  // namespace
}  // namespace hawser
