#include "vipd/router/work_queue.h"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vipd/announce/announce_schedule.h"

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

struct SliceTest : testing::Test {
  WorkQueue<int> slices;
  TimePoint time{100s};
  std::vector<int> done;

  bool run(std::chrono::nanoseconds budget, std::chrono::nanoseconds cost) {
    return slices.run([this] { return time; }, budget,
                      [&](int job) {
                        done.push_back(job);
                        time += cost;
                      });
  }
};

TEST_F(SliceTest, StopsWhenTheTimeIsOverAndGoesOnWhereItWas) {
  for (const int job : {1, 2, 3, 4, 5}) slices.push(job);
  EXPECT_TRUE(run(2ms, 1ms));
  EXPECT_THAT(done, ElementsAre(1, 2));
  EXPECT_EQ(slices.size(), 3U);
  EXPECT_TRUE(run(2ms, 1ms));
  EXPECT_FALSE(run(2ms, 1ms));
  EXPECT_THAT(done, ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(SliceTest, OneJobIsDoneHoweverLongItTakes) {
  slices.push(1);
  slices.push(2);
  EXPECT_TRUE(run(2ms, 50ms));
  EXPECT_THAT(done, ElementsAre(1));
}

TEST_F(SliceTest, WithoutJobsThereIsNothingLeft) {
  EXPECT_FALSE(run(2ms, 1ms));
  slices.push(1);
  EXPECT_FALSE(slices.empty());
  slices.clear();
  EXPECT_TRUE(slices.empty());
  EXPECT_FALSE(run(2ms, 1ms));
  EXPECT_THAT(done, ElementsAre());
}

TEST_F(SliceTest, ThousandsAreDoneInTheirOrder) {
  std::vector<int> all(5000);
  std::iota(all.begin(), all.end(), 0);
  for (const int job : all) slices.push(job);
  while (run(100ms, 1ms)) {
  }
  EXPECT_EQ(done, all);
}

TEST_F(SliceTest, AJobMayPushAnother) {
  slices.push(3);
  slices.run([this] { return time; }, 2ms,
             [&](int job) {
               done.push_back(job);
               if (job > 0) slices.push(job - 1);
             });
  EXPECT_THAT(done, ElementsAre(3, 2, 1, 0));
}

TEST(AnnounceSchedule, FollowEachOtherAtTheIntervalUntilTheCountIsReached) {
  const config::Announce announce{3, 200ms, 0ms};
  const TimePoint start{100s};
  auto rounds = first_round(announce, start);
  EXPECT_EQ(rounds, (AnnounceSchedule{2, start + 200ms}));
  rounds = after_round(rounds, announce, start + 201ms);
  EXPECT_EQ(rounds, (AnnounceSchedule{1, start + 401ms}));
  EXPECT_EQ(after_round(rounds, announce, start + 401ms), AnnounceSchedule{});
}

TEST(AnnounceSchedule, GoOnForEverWithARefresh) {
  const config::Announce announce{2, 200ms, 60s};
  const TimePoint start{100s};
  auto rounds = after_round(first_round(announce, start), announce, start);
  EXPECT_EQ(rounds, (AnnounceSchedule{0, start + 60s}));
  EXPECT_EQ(after_round(rounds, announce, start + 60s), (AnnounceSchedule{0, start + 120s}));
}

TEST(AnnounceSchedule, OneRoundIsOverAtOnce) {
  EXPECT_EQ(first_round({1, 200ms, 0ms}, TimePoint{}), AnnounceSchedule{});
  EXPECT_EQ(first_round({0, 200ms, 0ms}, TimePoint{}), AnnounceSchedule{});
}

}  // namespace
}  // namespace hawser::vipd
