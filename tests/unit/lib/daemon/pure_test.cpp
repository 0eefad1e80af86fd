// The parts of lib/daemon that are functions of values.
#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>

#include "lib/daemon/child.h"
#include "lib/daemon/descriptors.h"
#include "lib/daemon/lateness.h"
#include "lib/daemon/log.h"
#include "lib/daemon/notify.h"
#include "lib/daemon/restart.h"

namespace hawser {
namespace {

using namespace std::chrono_literals;

TEST(Restart, WaitsTwiceAsLongEachTimeUpToALimit) {
  Restart restart{.first = 100ms, .longest = 500ms, .settled = 60s};
  std::vector<Milliseconds> waits;
  for (int i = 0; i < 5; ++i) {
    const auto next = after_death(restart, 1s);
    waits.push_back(next.wait);
    restart = next.next;
  }
  EXPECT_EQ(waits, (std::vector<Milliseconds>{100ms, 200ms, 400ms, 500ms, 500ms}));
}

TEST(Restart, BeginsAnewAfterALongLife) {
  Restart restart{.first = 100ms, .longest = 500ms, .settled = 60s};
  restart = after_death(restart, 1s).next;
  EXPECT_EQ(after_death(restart, 59999ms).wait, 200ms);
  EXPECT_EQ(after_death(restart, 60000ms).wait, 100ms);
  EXPECT_EQ(after_death(restart, 60000ms).next.delay, 200ms);
}

TEST(Latencies, CountsIntoBucketsByTheirUpperBound) {
  Latencies latencies;
  for (const auto duration : {-5us, 0us, 100us, 101us, 2000us, 100000us, 100001us})
    latencies.record(duration);
  const std::vector<std::uint64_t> buckets(latencies.buckets().begin(), latencies.buckets().end());
  EXPECT_EQ(buckets, (std::vector<std::uint64_t>{3, 1, 0, 0, 1, 0, 1, 1}));
  EXPECT_EQ(latencies.count(), 7U);
  EXPECT_EQ(latencies.longest(), 100001us);
}

TEST(Latencies, TwoMillisecondsAreAllowedAndNotANanosecondMore) {
  Latencies latencies;
  latencies.record(2ms);
  EXPECT_EQ(latencies.over(), 0U);
  latencies.record(2ms + 1ns);
  EXPECT_EQ(latencies.over(), 1U);
}

TEST(Log, WritesTheJournalsPrefixes) {
  const std::chrono::system_clock::time_point now{};
  EXPECT_EQ(log::line(log::Target::kJournal, Level::kError, now, "a: b"), "<3>a: b\n");
  EXPECT_EQ(log::line(log::Target::kJournal, Level::kWarning, now, "a: b"), "<4>a: b\n");
  EXPECT_EQ(log::line(log::Target::kJournal, Level::kInfo, now, "a: b"), "<6>a: b\n");
  EXPECT_EQ(log::line(log::Target::kJournal, Level::kDebug, now, "a: b"), "<7>a: b\n");
}

TEST(Log, WritesTimeAndLevelElsewhere) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  const std::chrono::system_clock::time_point now{std::chrono::milliseconds{3723004}};
  EXPECT_EQ(log::line(log::Target::kStderr, Level::kInfo, now, "eth0: carrier lost"),
            "01:02:03.004 info    eth0: carrier lost\n");
  EXPECT_EQ(log::line(log::Target::kStderr, Level::kWarning, now, "x"), "01:02:03.004 warning x\n");
}

TEST(Log, KeepsWhatAPeerSentOnOneLine) {
  EXPECT_EQ(log::line(log::Target::kJournal, Level::kInfo, {}, "a\nb\x1b[2J\x7f"), "<6>a b [2J \n");
}

TEST(Log, KnowsTheJournalByDeviceAndInode) {
  EXPECT_EQ(log::target_of("9:1234", 9, 1234), log::Target::kJournal);
  EXPECT_EQ(log::target_of("9:1234", 9, 1235), log::Target::kStderr);
  EXPECT_EQ(log::target_of("8:1234", 9, 1234), log::Target::kStderr);
  EXPECT_EQ(log::target_of("", 9, 1234), log::Target::kStderr);
}

TEST(Descriptors, SayHowManyAreNeededAndWhatHelps) {
  EXPECT_TRUE(judge_descriptor_limit(32));
  EXPECT_EQ(judge_descriptor_limit(31).error().text,
            "needs to have 32 files open at once, 31 are allowed: allow more (ulimit -n, LimitNOFILE=)");
}

TEST(Notify, FeedsTheWatchdogAtAThirdOfItsInterval) {
  EXPECT_EQ(feeding_interval(30'000'000), 10s);
  EXPECT_EQ(feeding_interval(0), 0s);
}

TEST(Child, SaysHowItEnded) {
  EXPECT_EQ(to_string(Ending{false, 1}), "exit status 1");
  EXPECT_EQ(to_string(Ending{true, 9}), "signal 9 (Killed)");
}

}  // namespace
}  // namespace hawser
