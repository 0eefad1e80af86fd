#include "vipd/addresses/lease.h"

#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;

constexpr auto kDown = 3610ms;  // of a router that advertises each second
const TimePoint kNow{1000s};

TEST(Lease, IsWhatTheOthersWaitForAndAtLeastTwoSeconds) {
  EXPECT_EQ(lease_plan({}, kDown, 1), (LeasePlan{4s, 1s}));
  EXPECT_EQ(lease_plan({}, 361ms, 1), (LeasePlan{2s, 1s}));
  EXPECT_EQ(lease_plan({}, 148s, 1), (LeasePlan{148s, 1s}));
}

TEST(Lease, MayBeWrittenOrSwitchedOff) {
  EXPECT_EQ(lease_plan({Milliseconds(10'000), false}, kDown, 1), (LeasePlan{10s, 1s}));
  EXPECT_EQ(lease_plan({Milliseconds(2'500), false}, kDown, 1), (LeasePlan{3s, 1s}));
  EXPECT_EQ(lease_plan({{}, true}, kDown, 1).length, 0s);
}

TEST(Lease, GrowsWithTheAddressesOfTheHostSoThatRenewingStaysCheap) {
  EXPECT_EQ(lease_plan({}, kDown, 300), (LeasePlan{4s, 1s}));
  EXPECT_EQ(lease_plan({}, kDown, 301), (LeasePlan{4s, 2s}));
  EXPECT_EQ(lease_plan({}, kDown, 10'000), (LeasePlan{68s, 34s}));
  EXPECT_EQ(lease_plan({Milliseconds(10'000), false}, kDown, 10'000), (LeasePlan{68s, 34s}))
      << "one that cannot be kept is none";
}

// How often each of `count` addresses was renewed in a time, one after the other.
std::vector<int> renewed(const LeasePlan& plan, std::size_t count, std::chrono::seconds within) {
  Renewal renewal;
  renewal.begin(plan, count, kNow);
  std::vector<int> times(count, 0);
  std::size_t next = 0;
  while (renewal.due() && *renewal.due() <= kNow + within)
    for (auto turn = renewal.turn(*renewal.due()); turn > 0; --turn) ++times.at(next++ % count);
  return times;
}

TEST(Renewal, ComesRoundToEachOnceInACycle) {
  EXPECT_EQ(renewed({4s, 1s}, 3, 10s), (std::vector<int>{10, 10, 10}));
  for (const auto times : renewed({68s, 34s}, 10'000, 34s)) EXPECT_GE(times, 1);
  for (const auto times : renewed({68s, 34s}, 10'000, 340s)) EXPECT_LE(times, 11);
  EXPECT_EQ(renewed({68s, 34s}, 1, 340s), (std::vector<int>{10}))
      << "one of many vips takes its turn as seldom";
}

TEST(Renewal, ComesNotBeforeItsTimeAndTogetherWithWhatIsNear) {
  Renewal renewal;
  renewal.begin({4s, 1s}, 1, kNow);
  EXPECT_EQ(renewal.turn(kNow + 800ms), 0U);
  EXPECT_EQ(renewal.turn(kNow + 950ms), 1U);
  EXPECT_EQ(renewal.due(), kNow + 1950ms);
}

TEST(Renewal, IsNeverDueWithoutALeaseOrAnAddress) {
  Renewal renewal;
  renewal.begin({0s, 1s}, 5, kNow);
  EXPECT_EQ(renewal.due(), std::nullopt);
  renewal.begin({4s, 1s}, 0, kNow);
  EXPECT_EQ(renewal.due(), std::nullopt);
  renewal.begin({4s, 1s}, 1, kNow);
  renewal.stop();
  EXPECT_EQ(renewal.turn(kNow + 100s), 0U);
}

// Whose kernel is thirty times slower, or held up by others, is not held up for longer by us.
TEST(Renewals, AreAsManyTogetherAsFitIntoASlice) {
  EXPECT_EQ(renewed_together(64, 1600us, 2ms), 64U) << "25 us each";
  EXPECT_EQ(renewed_together(64, 64ms, 2ms), 2U);
  EXPECT_EQ(renewed_together(2, 2ms, 2ms), 2U);
  EXPECT_EQ(renewed_together(1, 500ms, 2ms), 1U) << "one at the least";
  EXPECT_EQ(renewed_together(1, 25us, 2ms), 64U) << "the next one is quick again";
  EXPECT_EQ(renewed_together(1, 0us, 2ms), kMostTogether);
  EXPECT_EQ(renewed_together(1, 1ns, 1h), kMostTogether);
}

}  // namespace
}  // namespace hawser::vipd
