#include "lib/daemon/damper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

const TimePoint kStart{1000s};

// How many of `count` reports, `every` apart, are written. `text` makes the line of the n-th.
template <class Text>
int lines_of(Damper& damper, int count, Milliseconds every, const Text& text) {
  int lines = 0;
  for (int i = 0; i < count; ++i) lines += damper.say("web: send", text(i), kStart + i * every) ? 1 : 0;
  return lines;
}

TEST(Damper, SaysWhatIsNewAtOnceAndOfEachTopic) {
  Damper damper;
  EXPECT_THAT(damper.say("web: send", "refused", kStart), Optional(std::string("refused")));
  EXPECT_THAT(damper.say("web: add", "refused", kStart), Optional(std::string("refused")));
}

TEST(Damper, SaysTheSameAgainAfterPausesThatDoubleAndCountsTheRest) {
  Damper damper;
  EXPECT_TRUE(damper.say("web: send", "refused", kStart));
  for (int second = 1; second < 60; ++second)
    EXPECT_FALSE(damper.say("web: send", "refused", kStart + second * 1s));
  EXPECT_THAT(damper.say("web: send", "refused", kStart + 60s),
              Optional(std::string("refused (59 more in the last 1m)")));
  EXPECT_FALSE(damper.say("web: send", "refused", kStart + 179s));
  EXPECT_TRUE(damper.say("web: send", "refused", kStart + 180s));
}

TEST(Damper, AnHourOfTheSameEachSecondIsSixLines) {
  Damper damper;
  EXPECT_EQ(lines_of(damper, 3600, 1s, [](int) { return "refused"; }), 6);
}

TEST(Damper, WhatAlternatesIsDampedToo) {
  Damper damper;
  EXPECT_EQ(lines_of(damper, 10000, 1ms, [](int i) { return i % 2 == 0 ? "this" : "that"; }), 2);
}

TEST(Damper, AnHourOfATextThatIsAnotherEachTimeIsTenLines) {
  Damper damper;
  EXPECT_EQ(lines_of(damper, 360000, 10ms, [](int i) { return std::to_string(i); }), 10);
}

TEST(Damper, WhatCameBackAfterItWasOverIsSaidAsAChangeIs) {
  Damper damper;
  EXPECT_TRUE(damper.say("web: send", "refused", kStart));
  damper.over("web: send");
  EXPECT_FALSE(damper.say("web: send", "refused", kStart + 1s));
  EXPECT_TRUE(damper.say("web: send", "refused", kStart + 5s));
}

TEST(Damper, AChangeThatWasKeptBackIsSaidWhenItsPauseIsOver) {
  Damper damper;
  EXPECT_TRUE(damper.say("web", "Active", kStart));
  EXPECT_FALSE(damper.say("web", "Backup", kStart + 1s));
  EXPECT_FALSE(damper.say("web", "Initialize", kStart + 2s));
  EXPECT_EQ(damper.due(), kStart + 5s);
  EXPECT_THAT(damper.last_words(kStart + 4s), IsEmpty());
  EXPECT_THAT(damper.last_words(kStart + 5s), ElementsAre("Initialize (1 more in the last 5s)"));
  EXPECT_EQ(damper.due(), std::nullopt);
}

TEST(Damper, WhatIsAsItWasSaidNeedsNoLastWord) {
  Damper damper;
  EXPECT_TRUE(damper.say("web", "Active", kStart));
  EXPECT_FALSE(damper.say("web", "Backup", kStart + 1s));
  EXPECT_FALSE(damper.say("web", "Active", kStart + 2s));
  EXPECT_EQ(damper.due(), std::nullopt);
  EXPECT_FALSE(damper.say("web", "Backup", kStart + 3s));
  damper.over("web");
  EXPECT_EQ(damper.due(), std::nullopt);
}

TEST(Damper, TheFirstLinesMayBeFree) {
  Damper damper(Damper::Pace{.free = 3, .change = 1s});
  EXPECT_EQ(lines_of(damper, 100, 1ms, [](int i) { return std::to_string(i); }), 3);
}

TEST(Damper, AfterAQuietTimeItStartsFromTheBeginning) {
  Damper damper;
  EXPECT_EQ(lines_of(damper, 60, 1s, [](int i) { return std::to_string(i); }), 4);
  EXPECT_TRUE(damper.say("web: send", "x", kStart + 400s));
  EXPECT_FALSE(damper.say("web: send", "y", kStart + 404s));
  EXPECT_TRUE(damper.say("web: send", "y", kStart + 405s));
}

TEST(Damper, TopicsBeyondItsMeasureShareOne) {
  Damper damper(Damper::Pace{.topics = 4});
  int lines = 0;
  for (int i = 0; i < 10000; ++i)
    lines += damper.say(std::to_string(i), "refused by " + std::to_string(i), kStart + i * 1ms) ? 1 : 0;
  EXPECT_EQ(lines, 6);
  EXPECT_TRUE(damper.say("new", "refused", kStart + 1000s)) << "the quiet ones have made room";
}

}  // namespace
}  // namespace hawser
