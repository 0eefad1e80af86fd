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

// What is damped are events; these tests look at their lines.
class TextDamper {
 public:
  TextDamper() = default;
  explicit TextDamper(const Damper::Pace& pace) : damper_(pace) {}

  std::optional<std::string> say(std::string_view topic, const std::string& text, TimePoint now) {
    const auto told = damper_.say(topic, Event{.object = text}, now);
    return told ? std::optional(line_of(*told)) : std::nullopt;
  }
  std::vector<std::string> last_words(TimePoint now) {
    std::vector<std::string> lines;
    for (const auto& event : damper_.last_words(now)) lines.push_back(line_of(event));
    return lines;
  }
  void over(std::string_view topic) { damper_.over(topic); }
  [[nodiscard]] std::optional<TimePoint> due() const { return damper_.due(); }

 private:
  Damper damper_;
};

// How many of `count` reports, `every` apart, are written. `text` makes the line of the n-th.
template <class Text>
int lines_of(TextDamper& damper, int count, Milliseconds every, const Text& text) {
  int lines = 0;
  for (int i = 0; i < count; ++i) lines += damper.say("web: send", text(i), kStart + i * every) ? 1 : 0;
  return lines;
}

TEST(Damper, SaysWhatIsNewAtOnceAndOfEachTopic) {
  TextDamper damper;
  EXPECT_THAT(damper.say("web: send", "refused", kStart), Optional(std::string("refused")));
  EXPECT_THAT(damper.say("web: add", "refused", kStart), Optional(std::string("refused")));
}

TEST(Damper, SaysTheSameAgainAfterPausesThatDoubleAndCountsTheRest) {
  TextDamper damper;
  EXPECT_TRUE(damper.say("web: send", "refused", kStart));
  for (int second = 1; second < 60; ++second)
    EXPECT_FALSE(damper.say("web: send", "refused", kStart + second * 1s));
  EXPECT_THAT(damper.say("web: send", "refused", kStart + 60s),
              Optional(std::string("refused (59 more in the last 1m)")));
  EXPECT_FALSE(damper.say("web: send", "refused", kStart + 179s));
  EXPECT_TRUE(damper.say("web: send", "refused", kStart + 180s));
}

TEST(Damper, AnHourOfTheSameEachSecondIsSixLines) {
  TextDamper damper;
  EXPECT_EQ(lines_of(damper, 3600, 1s, [](int) { return "refused"; }), 6);
}

TEST(Damper, WhatAlternatesIsDampedToo) {
  TextDamper damper;
  EXPECT_EQ(lines_of(damper, 10000, 1ms, [](int i) { return i % 2 == 0 ? "this" : "that"; }), 2);
}

TEST(Damper, AnHourOfATextThatIsAnotherEachTimeIsTenLines) {
  TextDamper damper;
  EXPECT_EQ(lines_of(damper, 360000, 10ms, [](int i) { return std::to_string(i); }), 10);
}

TEST(Damper, WhatCameBackAfterItWasOverIsSaidAsAChangeIs) {
  TextDamper damper;
  EXPECT_TRUE(damper.say("web: send", "refused", kStart));
  damper.over("web: send");
  EXPECT_FALSE(damper.say("web: send", "refused", kStart + 1s));
  EXPECT_TRUE(damper.say("web: send", "refused", kStart + 5s));
}

// Active and Backup in turn, `every` apart: both reasons are said by then.
void go_to_and_fro(TextDamper& damper, int times, Milliseconds every) {
  for (int i = 0; i < times; ++i) damper.say("web", i % 2 == 0 ? "Active" : "Backup", kStart + i * every);
}

TEST(Damper, AChangeThatWasKeptBackIsSaidWhenItsPauseIsOver) {
  TextDamper damper;
  go_to_and_fro(damper, 2, 1s);
  EXPECT_FALSE(damper.say("web", "Active", kStart + 9s));
  EXPECT_FALSE(damper.say("web", "Backup", kStart + 10s));
  EXPECT_FALSE(damper.say("web", "Active", kStart + 10900ms));
  EXPECT_EQ(damper.due(), kStart + 11s) << "5 s twice, after the line of the first second";
  EXPECT_THAT(damper.last_words(kStart + 10999ms), IsEmpty());
  EXPECT_THAT(damper.last_words(kStart + 11s), ElementsAre("Active (2 more in the last 10s)"));
  EXPECT_EQ(damper.due(), std::nullopt);
}

TEST(Damper, AReasonThatIsNewIsSaidAtOnceThoughOthersGoToAndFro) {
  TextDamper damper;
  go_to_and_fro(damper, 60, 1s);
  EXPECT_TRUE(damper.say("web", "Initialize: eth0: no carrier", kStart + 60s));
}

TEST(Damper, OfReasonsThatAreNewEachTimeOnlyAFewAreSaidAtOnce) {
  TextDamper damper;
  EXPECT_EQ(
      lines_of(damper, 1000, 1ms, [](int i) { return std::string(static_cast<std::size_t>(i) + 1, 'x'); }),
      6);
}

TEST(Damper, AnotherNumberOrAddressIsNoNewReason) {
  TextDamper damper;
  EXPECT_TRUE(damper.say("web", "192.0.2.12 advertises 203.0.113.1, 2 more", kStart));
  EXPECT_FALSE(damper.say("web", "192.0.2.13 advertises 203.0.113.7, 3 more", kStart + 1s));
  EXPECT_TRUE(damper.say("web", "192.0.2.13 is silent", kStart + 2s));
}

TEST(Damper, WhatLastsThreeTimesAsLongAsAnythingBeforeIsSaid) {
  TextDamper damper;
  damper.say("web", "Initialize", kStart - 1s);
  go_to_and_fro(damper, 600, 4s);  // the pause is the better part of an hour by then
  EXPECT_FALSE(damper.say("web", "Initialize", kStart + 2400s)) << "said already, if long ago";
  EXPECT_FALSE(damper.say("web", "Initialize", kStart + 2405s)) << "the same again is no change";
  EXPECT_EQ(damper.due(), kStart + 2412s);
  EXPECT_THAT(damper.last_words(kStart + 2411s), IsEmpty());
  EXPECT_THAT(damper.last_words(kStart + 2412s), testing::SizeIs(1));
}

TEST(Damper, WhatHasJustBegunIsNoLastWord) {
  TextDamper damper;
  damper.say("web", "Initialize", kStart - 1ms);
  go_to_and_fro(damper, 1000, 1ms);
  EXPECT_FALSE(damper.say("web", "Initialize", kStart + 1s));
  EXPECT_EQ(damper.due(), kStart + 3s);
}

TEST(Damper, WhatIsOverAndComesBackAgainAndAgainHasNoLastWord) {
  TextDamper damper;
  EXPECT_TRUE(damper.say("web", "put back", kStart));
  for (int second = 1; second < 5; ++second) {
    damper.over("web");
    EXPECT_FALSE(damper.say("web", "put back", kStart + second * 1s));
    EXPECT_THAT(damper.last_words(kStart + second * 1s), IsEmpty());
  }
}

TEST(Damper, WhatIsAsItWasSaidNeedsNoLastWord) {
  TextDamper damper;
  go_to_and_fro(damper, 2, 1s);
  EXPECT_FALSE(damper.say("web", "Active", kStart + 2s));
  EXPECT_FALSE(damper.say("web", "Backup", kStart + 3s));
  EXPECT_EQ(damper.due(), std::nullopt);
  EXPECT_FALSE(damper.say("web", "Active", kStart + 4s));
  damper.over("web");
  EXPECT_EQ(damper.due(), std::nullopt);
}

TEST(Damper, TheFirstLinesMayBeFree) {
  TextDamper damper(Damper::Pace{.free = 3, .change = 1s});
  EXPECT_EQ(lines_of(damper, 100, 1ms, [](int i) { return std::to_string(i); }), 3);
}

TEST(Damper, AfterAQuietTimeItStartsFromTheBeginning) {
  TextDamper damper;
  EXPECT_EQ(lines_of(damper, 60, 1s, [](int i) { return std::to_string(i); }), 4);
  EXPECT_TRUE(damper.say("web: send", "x", kStart + 400s));
  EXPECT_TRUE(damper.say("web: send", "y", kStart + 401s)) << "new again";
  EXPECT_FALSE(damper.say("web: send", "x", kStart + 410s));
  EXPECT_TRUE(damper.say("web: send", "x", kStart + 411s));
}

TEST(Damper, TopicsBeyondItsMeasureShareOne) {
  TextDamper damper(Damper::Pace{.topics = 4});
  int lines = 0;
  for (int i = 0; i < 10000; ++i)
    lines += damper.say(std::to_string(i), "refused by " + std::to_string(i), kStart + i * 1ms) ? 1 : 0;
  EXPECT_EQ(lines, 6);
  EXPECT_TRUE(damper.say("new", "refused", kStart + 1000s)) << "the quiet ones have made room";
}

}  // namespace
}  // namespace hawser
