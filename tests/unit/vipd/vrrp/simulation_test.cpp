// Two or three machines on a simulated segment that delays and loses packets, is cut and healed; fixed seeds,
// no clock. What is asserted is what a user would call the promise: one holder in the end, two at once only
// for as long as a packet needs to arrive, and none lost on a planned handover.
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "vipd/vrrp/machine.h"

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr nanoseconds kDelay = 2ms;
constexpr Centiseconds kInterval{10};

class Segment {
 public:
  Segment(std::vector<int> priorities, unsigned seed, bool preempt = true) : random_(seed) {
    for (std::size_t i = 0; i < priorities.size(); ++i) {
      Router router;
      router.config = {Priority(static_cast<std::uint8_t>(priorities[i])), kInterval,
                       IpAddress::v4(192, 0, 2, static_cast<std::uint8_t>(11 + i)), preempt, 0ms};
      routers_.push_back(router);
    }
  }

  void start(std::size_t i) { give(i, Startup{now_, false, {}}); }
  void start_all() {
    for (std::size_t i = 0; i < routers_.size(); ++i) start(i);
  }
  void adopt(std::size_t i) {  // killed and started again, the addresses still there
    routers_[i].machine = {};
    give(i, Startup{now_, true, {}});
  }
  void leave(std::size_t i) { give(i, Shutdown{now_}); }
  void reload(std::size_t i) { give(i, Reload{now_}); }
  void crash(std::size_t i) { routers_[i].machine = {}; }
  void cut(std::size_t i, bool is_cut) { routers_[i].cut = is_cut; }
  void lose(double share) { loss_ = share; }

  void run(nanoseconds duration) {
    const auto end = now_ + duration;
    while (const auto next = next_event(end)) {
      account(*next - now_);
      now_ = *next;
      deliver();
      for (std::size_t i = 0; i < routers_.size(); ++i) give(i, Timer{now_});
    }
    account(end - now_);
    now_ = end;
  }

  [[nodiscard]] std::vector<std::size_t> in_role(RoleName role) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < routers_.size(); ++i)
      if (name_of_role(routers_[i].machine.role) == role) found.push_back(i);
    return found;
  }
  [[nodiscard]] std::vector<std::size_t> active() const { return in_role(RoleName::kActive); }
  // Whose announcement was the last that the segment heard: where caches point.
  [[nodiscard]] std::optional<std::size_t> caches() const { return caches_; }
  [[nodiscard]] nanoseconds without_holder() const { return without_holder_; }
  [[nodiscard]] nanoseconds longest_double() const { return longest_double_; }
  void forget_accounts() { without_holder_ = longest_double_ = double_now_ = 0ns; }

 private:
  struct Router {
    VrrpConfig config;
    Machine machine;
    bool cut = false;
  };
  struct Packet {
    std::size_t to;
    std::size_t from;
    AdvertisementHeard heard;
  };

  std::optional<TimePoint> next_event(TimePoint end) const {
    auto next = end + 1ns;
    if (!flying_.empty()) next = std::min(next, flying_.begin()->first);
    for (const auto& router : routers_)
      if (const auto due = deadline(router.config, router.machine))
        next = std::min(next, std::max(*due, now_));
    return next <= end ? std::optional(next) : std::nullopt;
  }

  void account(nanoseconds span) {
    int holders = 0;
    for (const auto& router : routers_) holders += holds_addresses(router.machine) && !router.cut ? 1 : 0;
    if (holders == 0) without_holder_ += span;
    double_now_ = active().size() > 1 ? double_now_ + span : 0ns;
    longest_double_ = std::max(longest_double_, double_now_);
  }

  void deliver() {
    while (!flying_.empty() && flying_.begin()->first <= now_) {
      const auto packet = flying_.begin()->second;
      flying_.erase(flying_.begin());
      auto heard = packet.heard;
      heard.now = now_;
      if (!routers_[packet.to].cut && !routers_[packet.from].cut) give(packet.to, heard);
    }
  }

  void give(std::size_t i, const MachineEvent& event) {
    auto outcome = step(routers_[i].config, routers_[i].machine, event);
    routers_[i].machine = outcome.machine;
    for (const auto& action : outcome.actions) {
      if (const auto* send = std::get_if<SendAdvertisement>(&action)) broadcast(i, send->priority);
      const bool announced =
          std::holds_alternative<HoldAddresses>(action) || std::holds_alternative<Announce>(action);
      if (announced) caches_ = i;
    }
  }

  void broadcast(std::size_t from, Priority priority) {
    for (std::size_t to = 0; to < routers_.size(); ++to) {
      if (to == from || std::bernoulli_distribution(loss_)(random_)) continue;
      const nanoseconds delay(std::uniform_int_distribution<std::int64_t>(1, kDelay.count())(random_));
      flying_.emplace(now_ + delay,
                      Packet{to, from, {{}, routers_[from].config.source, priority, kInterval}});
    }
  }

  std::vector<Router> routers_;
  std::multimap<TimePoint, Packet> flying_;
  std::mt19937 random_;
  double loss_ = 0;
  std::optional<std::size_t> caches_;
  TimePoint now_{1000s};
  nanoseconds without_holder_{}, double_now_{}, longest_double_{};
};

class VrrpSimulation : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Seeds, VrrpSimulation, testing::Range(1U, 41U));

TEST_P(VrrpSimulation, TheHighestPriorityIsActiveInTheEndHoweverTheyStart) {
  Segment segment({100, 200, 150}, GetParam());
  for (const std::size_t i : {GetParam() % 3U, (GetParam() + 1) % 3U, (GetParam() + 2) % 3U}) {
    segment.start(i);
    segment.run(std::chrono::milliseconds(37 * (GetParam() % 13)));
  }
  segment.run(2s);
  EXPECT_EQ(segment.active(), std::vector<std::size_t>{1});
  EXPECT_EQ(segment.in_role(RoleName::kBackup).size(), 2U);
}

TEST_P(VrrpSimulation, EqualPrioritiesEndWithTheHighestAddress) {
  Segment segment({100, 100, 100}, GetParam(), false);
  segment.start_all();
  segment.run(2s);
  EXPECT_EQ(segment.active(), std::vector<std::size_t>{2});
}

TEST_P(VrrpSimulation, TwoThatBootTogetherEndWithOneActiveThoughOneIsReloadedMeanwhile) {
  Segment segment({200, 100}, GetParam(), GetParam() % 2 == 0);
  segment.start_all();
  segment.run(std::chrono::milliseconds(8 * GetParam()));
  segment.reload(GetParam() % 2U);
  segment.run(active_down_interval(Priority(200), kInterval) - std::chrono::milliseconds(8 * GetParam()));
  EXPECT_EQ(segment.active(), std::vector<std::size_t>{0}) << "the wait goes on where it was";
  segment.run(2s);
  EXPECT_EQ(segment.active(), std::vector<std::size_t>{0});
  EXPECT_EQ(segment.longest_double(), 0ns);
}

TEST_P(VrrpSimulation, AfterACrashOneTakesOverWithinTheActiveDownIntervalAndTheDelay) {
  Segment segment({200, 100, 99}, GetParam());
  segment.start_all();
  segment.run(2s);
  segment.forget_accounts();
  segment.crash(0);
  segment.run(1s);
  EXPECT_EQ(segment.active(), std::vector<std::size_t>{1});
  EXPECT_LE(segment.without_holder(), active_down_interval(Priority(100), kInterval) + kDelay);
}

TEST_P(VrrpSimulation, TwoAreActiveForNoLongerThanAnIntervalAndADelayOnceASplitHeals) {
  Segment segment({200, 100, 150}, GetParam(), GetParam() % 2 == 0);
  segment.start_all();
  segment.run(2s);
  segment.cut(0, true);
  segment.run(1s);
  EXPECT_EQ(segment.active().size(), 2U) << "a split that nobody noticed";
  segment.cut(0, false);
  segment.forget_accounts();
  segment.run(1s);
  EXPECT_LE(segment.longest_double(), nanoseconds(kInterval) + 2 * kDelay);
  EXPECT_EQ(segment.active(), std::vector<std::size_t>{0});
}

TEST_P(VrrpSimulation, AfterAHealedSplitTheWinnerIsTheLastToAnnounceWhoeverSpokeFirst) {
  Segment segment({200, 100}, GetParam());
  segment.start_all();
  segment.run(2s);
  segment.cut(0, true);
  segment.run(1s + std::chrono::milliseconds(5 * GetParam()));
  ASSERT_EQ(segment.caches(), 1U);
  segment.cut(0, false);
  segment.run(1s);
  EXPECT_EQ(segment.active(), std::vector<std::size_t>{0});
  EXPECT_EQ(segment.caches(), 0U);
}

TEST_P(VrrpSimulation, OneThatReturnsWithTheAddressesOfAnEarlierRunNeverDrawsThemFromAHigherActive) {
  Segment segment({200, 100}, GetParam());
  segment.start_all();
  segment.run(2s + std::chrono::milliseconds(5 * GetParam()));
  segment.adopt(1);
  segment.run(1s);
  EXPECT_EQ(segment.active(), std::vector<std::size_t>{0});
  EXPECT_EQ(segment.in_role(RoleName::kBackup), std::vector<std::size_t>{1});
  EXPECT_EQ(segment.caches(), 0U);
}

TEST_P(VrrpSimulation, APlannedHandoverIsNeverWithoutHolder) {
  Segment segment({200, 100, 99}, GetParam());
  segment.start_all();
  segment.run(2s);
  segment.forget_accounts();
  segment.leave(0);
  segment.run(1s);
  EXPECT_EQ(segment.without_holder(), 0ns);
  EXPECT_EQ(segment.active(), std::vector<std::size_t>{1});
  EXPECT_EQ(segment.in_role(RoleName::kInitialize), std::vector<std::size_t>{0});
}

TEST_P(VrrpSimulation, APlannedHandoverIsNeverWithoutHolderThoughAThirdOfThePacketsIsLost) {
  Segment segment({200, 100}, GetParam());
  segment.start_all();
  segment.run(2s);
  ASSERT_EQ(segment.active(), std::vector<std::size_t>{0});
  segment.forget_accounts();
  segment.lose(0.33);
  segment.leave(0);
  segment.run(1s);
  EXPECT_EQ(segment.without_holder(), 0ns);
  EXPECT_EQ(segment.active(), std::vector<std::size_t>{1});
}

TEST_P(VrrpSimulation, AReturningRouterWithPreemptionTakesTheRoleBackWithoutAGap) {
  Segment segment({200, 100}, GetParam());
  segment.start(1);
  segment.run(1s);
  segment.forget_accounts();
  segment.start(0);
  segment.run(1s);
  EXPECT_EQ(segment.active(), std::vector<std::size_t>{0});
  EXPECT_EQ(segment.without_holder(), 0ns);
  EXPECT_LE(segment.longest_double(), kDelay);
}

TEST_P(VrrpSimulation, AReturningRouterWithoutPreemptionLeavesTheRoleWhereItIs) {
  Segment segment({200, 100}, GetParam(), false);
  segment.start(1);
  segment.run(1s);
  segment.start(0);
  segment.run(1s);
  EXPECT_EQ(segment.active(), std::vector<std::size_t>{1});
}

TEST_P(VrrpSimulation, LossUpToAFifthOfThePacketsEndsWithOneActiveOnceItStops) {
  Segment segment({200, 100, 150}, GetParam());
  segment.lose(0.2);
  segment.start_all();
  segment.run(20s);
  segment.lose(0);
  segment.run(1s);
  EXPECT_EQ(segment.active(), std::vector<std::size_t>{0});
}

}  // namespace
}  // namespace hawser::vipd
