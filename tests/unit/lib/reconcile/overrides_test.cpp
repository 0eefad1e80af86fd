#include "lib/reconcile/overrides.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/reconcile/site.h"

namespace hawser {
namespace {

using namespace site;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

const Overrides::Clocks kNow{std::chrono::system_clock::time_point(1'795'748'400s), TimePoint(1000s)};

Override said(const Overrides& overrides, const std::string& service = "web") {
  auto server = lay_out(web()).at(kWeb);
  server.service = service;
  return overrides.of(server, server.members.front()).what;
}

TEST(Overrides, AreOfARealServerByNameOrAddress) {
  for (const auto* name : {"web1", "198.51.100.21:8080", "198.51.100.21"}) {
    Overrides overrides;
    overrides.say({"", name}, Override::kDisabled, {}, kNow);
    EXPECT_EQ(said(overrides), Override::kDisabled) << name;
  }
  Overrides overrides;
  overrides.say({"", "web2"}, Override::kDisabled, {}, kNow);
  EXPECT_EQ(said(overrides), Override::kNone);
}

TEST(Overrides, OfOneServiceOutweighThoseOfAll) {
  Overrides overrides;
  overrides.say({"", "web1"}, Override::kDraining, {}, kNow);
  overrides.say({"web", "web1"}, Override::kDisabled, {}, kNow);
  EXPECT_EQ(said(overrides), Override::kDisabled);
  EXPECT_EQ(said(overrides, "mail"), Override::kDraining);
  overrides.say({"web", "web1"}, Override::kNone, {}, kNow);
  EXPECT_EQ(said(overrides), Override::kNone) << "enabled here, though drained everywhere else";
  EXPECT_EQ(said(overrides, "mail"), Override::kDraining);
}

TEST(Overrides, AreAllTakenBackByWhatIsSaidOfAllServices) {
  Overrides overrides;
  overrides.say({"web", "web1"}, Override::kDisabled, {}, kNow);
  overrides.say({"", "web1"}, Override::kNone, {}, kNow);
  EXPECT_THAT(overrides.all(), IsEmpty());
}

TEST(Overrides, ComeBackFromTheDiskWithWhatIsLeftOfTheirTime) {
  Overrides overrides;
  overrides.say({"", "web1"}, Override::kDraining, 300s, kNow);
  overrides.say({"mail", "203.0.113.9"}, Override::kDisabled, {}, kNow);
  const auto text = overrides.encode();
  EXPECT_THAT(text,
              HasSubstr(R"("real":"web1","what":"draining","since":1795748400000,"deadline":1795748700000)"));
  const Overrides::Clocks later{kNow.wall + 100s, TimePoint(7s)};  // another boot
  const auto back = Overrides::decode(text, later);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->encode(), text);
  EXPECT_EQ(back->all().at({"", "web1"}).state.deadline, TimePoint(207s));
  const auto late = Overrides::decode(text, {kNow.wall + 9000s, TimePoint(7s)});
  ASSERT_TRUE(late);
  EXPECT_EQ(late->all().at({"", "web1"}).state.deadline, TimePoint(7s)) << "now";
}

TEST(Overrides, AreRefusedWhereTheyAreBroken) {
  for (const auto* text :
       {"", "{", "[]", R"({"format":2,"overrides":[]})", R"({"format":1,"overrides":[{}]})",
        R"({"format":1,"overrides":[{"real":"a","what":"gone","since":1}]})",
        R"({"format":1,"overrides":[{"real":"a","what":"disabled","since":-1}]})",
        R"({"format":1,"overrides":[{"real":"","what":"disabled","since":1}]})"})
    EXPECT_FALSE(Overrides::decode(text, kNow)) << text;
  EXPECT_TRUE(Overrides::decode(R"({"format":1,"overrides":[]})", kNow));
}

}  // namespace
}  // namespace hawser
