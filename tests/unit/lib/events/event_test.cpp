#include "lib/events/event.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "lib/events/event_json.h"
#include "lib/events/ring.h"

namespace hawser {
namespace {

using namespace std::chrono_literals;

const Event kTakeover{.kind = EventKind::kRole,
                      .object = "web",
                      .from = "Backup",
                      .to = "Active",
                      .cause = {CauseKind::kPeer, "no advertisement from 192.0.2.12 for 3.61s"},
                      .duration = 61s};

TEST(Event, OfARoleSaysTheNewOneAndWhy) {
  EXPECT_EQ(line_of(kTakeover), "web: Active: no advertisement from 192.0.2.12 for 3.61s");
}

TEST(Event, OfARealServerHasItsEvidence) {
  EXPECT_EQ(line_of({.kind = EventKind::kRealServer,
                     .object = "web",
                     .what = "real server web1 198.51.100.21:8080",
                     .to = "removed",
                     .cause = {CauseKind::kProbe, "3 checks failed"},
                     .evidence = "site: connect: Connection refused"}),
            "web: real server web1 198.51.100.21:8080: removed: 3 checks failed (site: connect: Connection "
            "refused)");
}

TEST(Event, OfASwitchNamesBothPorts) {
  EXPECT_EQ(line_of({.kind = EventKind::kSwitch,
                     .object = "bond0",
                     .from = "eth0",
                     .to = "eth1",
                     .cause = {CauseKind::kInterface, "eth0 lost its carrier"}}),
            "bond0: eth0 -> eth1: eth0 lost its carrier");
}

TEST(Event, OfAStateThatIsGoodSaysThatItIsSoAgain) {
  Event event{.kind = EventKind::kState, .object = "bond0", .from = "dead", .to = "ok"};
  event.cause.text = "active port eth0";
  EXPECT_EQ(line_of(event), "bond0: ok again: active port eth0");
  event.to = "degraded";
  EXPECT_EQ(line_of(event), "bond0: degraded: active port eth0");
}

TEST(Event, SaysHowItGoesOnAndWhatWasKeptBack) {
  Event event{.kind = EventKind::kRefusal, .object = "bond0", .what = "add port eth1"};
  event.cause = {CauseKind::kKernel, "Device or resource busy"};
  event.outlook = Outlook::kRetried;
  event.repeats = {3, 20s};
  EXPECT_EQ(line_of(event),
            "bond0: add port eth1: Device or resource busy; will be tried again (3 more in the last 20s)");
  event.outlook = Outlook::kWaits;
  event.repeats = {};
  EXPECT_EQ(line_of(event),
            "bond0: add port eth1: Device or resource busy; not tried again until something changes");
}

TEST(Event, FromWordsHasTheirObjectAndTheirLine) {
  for (const auto* words : {"bond0: add port eth1: Device or resource busy",
                            "route default via 2001:db8::1: add", "no object", ""}) {
    const auto event = event_from(words, EventKind::kRefusal, Level::kWarning);
    EXPECT_EQ(line_of(event), words);
  }
  EXPECT_EQ(event_from("bond0: add port eth1", EventKind::kStep, Level::kInfo).object, "bond0");
  EXPECT_EQ(event_from("bond0: add port eth1", EventKind::kStep, Level::kInfo).what, "add port eth1");
}

TEST(EventRing, KeepsTheLastThousandAndCountsTheOthers) {
  EventRing ring;
  for (int i = 1; i <= 1003; ++i) ring.add({.object = std::to_string(i)}, {});
  ASSERT_EQ(ring.records().size(), EventRing::kMost);
  EXPECT_EQ(ring.records().front().event.object, "4");
  EXPECT_EQ(ring.records().front().id, 4U);
  EXPECT_EQ(ring.records().back().id, 1003U);
  EXPECT_EQ(ring.forgotten(), 3U);
}

TEST(EventRing, RemembersAllOfAnEvent) {
  Event full{.kind = EventKind::kStorage,
             .level = Level::kError,
             .object = "web",
             .what = std::string(70'000, 'w'),
             .from = "from",
             .to = "",
             .cause = {CauseKind::kProvider, "why"},
             .evidence = std::string("\0 and more", 10),
             .duration = 0ms,
             .outlook = Outlook::kWaits,
             .repeats = {5'000'000'000, 7ms}};
  EventRing ring;
  const auto at = std::chrono::system_clock::time_point(1764118923004ms);
  EXPECT_EQ(ring.add(full, at), (EventRecord{1, at, full}));
  ring.add(kTakeover, at);
  ring.add({}, {});
  EXPECT_THAT(ring.records(), testing::ElementsAre(EventRecord{1, at, full}, EventRecord{2, at, kTakeover},
                                                   EventRecord{3, {}, {}}));
}

TEST(EventJson, HasEachPartAndTheLine) {
  const auto json = to_json({7, std::chrono::system_clock::time_point(1764118923004ms), kTakeover});
  EXPECT_EQ(
      boost::json::serialize(json),
      R"({"id":7,"at":"2025-11-26T01:02:03.004Z","kind":"role","level":"info","object":"web","what":"",)"
      R"("from":"Backup","to":"Active","cause":{"kind":"peer","text":"no advertisement from 192.0.2.12 )"
      R"(for 3.61s"},"evidence":"","duration_ms":61000,"repeats":0,)"
      R"("line":"web: Active: no advertisement from 192.0.2.12 for 3.61s"})");
}

TEST(EventJson, IsReadAsItWasWritten) {
  Event event = kTakeover;
  event.level = Level::kWarning;
  event.what = "what";
  event.evidence = "evidence";
  EXPECT_EQ(event_from_json(to_json(event)), event);
  EXPECT_EQ(event_from_json(to_json(Event{.object = "web"})), Event{.object = "web"});
}

TEST(EventJson, OfAnotherShapeIsAnEventAllTheSame) {
  EXPECT_EQ(event_from_json({{"kind", 7}, {"object", "web"}, {"cause", "x"}, {"duration_ms", "y"}}),
            Event{.object = "web"});
}

TEST(EventJson, DoesNotClaimADurationThatIsNotKnown) {
  EXPECT_TRUE(to_json({1, {}, {.object = "netd"}}).at("duration_ms").is_null());
}

}  // namespace
}  // namespace hawser
