#include "netd/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::netd {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const TimePoint kStart{seconds{1000}};

TEST(Retries, SayAReasonOnce) {
  Retries<std::string> retries;
  EXPECT_TRUE(retries.refused("bond0", "busy", kStart));
  EXPECT_FALSE(retries.refused("bond0", "busy", kStart));
  EXPECT_TRUE(retries.refused("bond0", "no such device", kStart));
  EXPECT_TRUE(retries.refused("bond1", "busy", kStart));
}

TEST(Retries, SayItAgainAfterItHadWorked) {
  Retries<std::string> retries;
  retries.refused("bond0", "busy", kStart);
  EXPECT_TRUE(retries.done("bond0"));
  EXPECT_FALSE(retries.done("bond0"));
  EXPECT_TRUE(retries.refused("bond0", "busy", kStart));
}

TEST(Retries, WaitTwiceAsLongEachTimeButNoLongerThanAMinute) {
  Retries<std::string> retries;
  std::vector<long> waits;
  for (int i = 0; i < 8; ++i) {
    retries.refused("bond0", "busy", kStart);
    waits.push_back(std::chrono::duration_cast<seconds>(*retries.next() - kStart).count());
  }
  EXPECT_THAT(waits, ElementsAre(1, 2, 4, 8, 16, 32, 60, 60));
}

TEST(Retries, AreDueWhenTheirTimeHasCome) {
  Retries<std::string> retries;
  retries.refused("bond0", "busy", kStart);
  retries.refused("bond1", "busy", kStart + seconds{5});
  EXPECT_TRUE(retries.must_wait("bond0", kStart + std::chrono::milliseconds{999}));
  EXPECT_THAT(retries.due(kStart + std::chrono::milliseconds{999}), IsEmpty());
  EXPECT_FALSE(retries.must_wait("bond0", kStart + seconds{1}));
  EXPECT_THAT(retries.due(kStart + seconds{1}), ElementsAre("bond0"));
  EXPECT_EQ(retries.next(), kStart + seconds{1});
  EXPECT_FALSE(retries.must_wait("bond2", kStart));
}

TEST(Retries, HaveNoNextWithoutARefusal) {
  Retries<std::string> retries;
  EXPECT_EQ(retries.next(), std::nullopt);
  retries.refused("bond0", "busy", kStart);
  retries.clear();
  EXPECT_EQ(retries.next(), std::nullopt);
}

}  // namespace
}  // namespace hawser::netd
