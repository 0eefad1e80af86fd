#include "lib/reconcile/overrides.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/reconcile/site.h"

namespace hawser {
namespace {

using namespace site;
using namespace std::chrono_literals;
using testing::HasSubstr;

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

TEST(Overrides, AreTheLastWordWhateverNameWasUsed) {
  Overrides overrides;
  overrides.say({"", "198.51.100.21"}, Override::kDisabled, {}, kNow);
  overrides.say({"", "web1"}, Override::kNone, {}, kNow);
  EXPECT_EQ(said(overrides), Override::kNone);
  overrides.say({"", "198.51.100.21:8080"}, Override::kDraining, {}, kNow);
  EXPECT_EQ(said(overrides), Override::kDraining);
  overrides.say({"", "198.51.100.21"}, Override::kDisabled, {}, kNow);
  EXPECT_EQ(said(overrides), Override::kDisabled);
}

TEST(Overrides, OfOneServiceAreOfThatAlone) {
  Overrides overrides;
  overrides.say({"", "web1"}, Override::kDraining, {}, kNow);
  overrides.say({"web", "web1"}, Override::kNone, {}, kNow);
  EXPECT_EQ(said(overrides), Override::kNone) << "enabled here, though drained everywhere else";
  EXPECT_EQ(said(overrides, "mail"), Override::kDraining);
}

TEST(Overrides, AreForgottenWhenTheyDecideNothing) {
  Overrides overrides;
  overrides.say({"", "198.51.100.21"}, Override::kDisabled, {}, kNow);
  overrides.say({"", "elsewhere"}, Override::kDisabled, {}, kNow);
  overrides.say({"", "web1"}, Override::kDraining, {}, kNow);
  overrides.tidy(lay_out(web()));
  ASSERT_EQ(overrides.all().size(), 2U) << "the first is outdone; of the second the file may speak again";
  EXPECT_EQ(overrides.all().front().key.real, "elsewhere");
  overrides.say({"web", "198.51.100.21:8080"}, Override::kNone, {}, kNow);
  overrides.tidy(lay_out(web()));
  EXPECT_EQ(overrides.all().size(), 1U);
}

TEST(Overrides, RememberWhatWasTakenBackWhereSomethingOlderWouldHoldAgain) {
  auto config = web();
  config.services["mail"] = config.services["web"];
  config.services["mail"].keys = {key("tcp 192.0.2.100:25")};
  Overrides overrides;
  overrides.say({"", "web1"}, Override::kDraining, {}, kNow);
  overrides.say({"web", "web1"}, Override::kNone, {}, kNow);
  overrides.tidy(lay_out(config));
  EXPECT_EQ(said(overrides), Override::kNone);
  EXPECT_EQ(overrides.all().size(), 2U);
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
  EXPECT_EQ(back->all().front().state.deadline, TimePoint(207s));
  const auto late = Overrides::decode(text, {kNow.wall + 9000s, TimePoint(7s)});
  ASSERT_TRUE(late);
  EXPECT_EQ(late->all().front().state.deadline, TimePoint(7s)) << "now";
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
