#include "vipd/provider/route_keeper.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

namespace hawser::vipd::provider {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{100h};
const IpAddress kAddress = *IpAddress::parse("203.0.113.100");
const std::string kHere = "192.0.2.12";
const std::string kBefore = "192.0.2.11";
const std::string kThird = "192.0.2.13";
constexpr Milliseconds kLook = 5min;

Answer routed(std::string target) {
  return {Meaning::kRouted, std::move(target), {}, {}};
}
Answer of(Meaning meaning, Milliseconds wait = {}) {
  return {meaning, {}, "in words", wait};
}
bool is_same(const std::string& one, const std::string& other) {
  return one == other;
}

class RouteKeeperTest : public testing::Test {
 protected:
  // What is called now; none: nothing.
  std::optional<Ask> asks() {
    const auto next = keeper.next(now);
    const auto* ask = std::get_if<Ask>(&next);
    return ask == nullptr ? std::nullopt : std::optional(*ask);
  }
  std::optional<Milliseconds> rests() {
    const auto next = keeper.next(now);
    const auto* until = std::get_if<TimePoint>(&next);
    return until == nullptr ? std::nullopt
                            : std::optional(std::chrono::duration_cast<Milliseconds>(*until - now));
  }
  void hears(const Answer& answer) { keeper.heard(answer, is_same, now, 0); }
  // The first reading, which every host makes when it starts.
  void starts(const std::string& target) {
    ASSERT_EQ(asks(), Ask::kGet);
    hears(routed(target));
  }
  void takes_and_has_it(const std::string& before = kBefore) {
    starts(before);
    keeper.take(Begin::kBySwitching, before, now);
    ASSERT_EQ(asks(), Ask::kSet);
    hears(of(Meaning::kDone));
    ASSERT_EQ(asks(), Ask::kGet);
    hears(routed(kHere));
    ASSERT_TRUE(keeper.view().confirmed);
  }

  TimePoint now = kStart;
  RouteKeeper keeper{kAddress, kHere, kLook, kStart};
};

TEST_F(RouteKeeperTest, ReadsAsItStartsAndThenNowAndThen) {
  starts(kBefore);
  EXPECT_EQ(keeper.view().standing, Standing::kElsewhere);
  EXPECT_EQ(keeper.view().target, kBefore);
  EXPECT_EQ(rests(), 2 * kLook);
  now += 2 * kLook;
  EXPECT_EQ(asks(), Ask::kGet);
}

TEST_F(RouteKeeperTest, WhoBecomesActiveSwitchesAtOnceAndHasItConfirmedByReading) {
  starts(kBefore);
  keeper.take(Begin::kBySwitching, kBefore, now);
  EXPECT_EQ(asks(), Ask::kSet);
  EXPECT_EQ(keeper.view().asking, Ask::kSet);
  hears(of(Meaning::kDone));
  EXPECT_FALSE(keeper.view().confirmed) << "what is answered as done is not there yet";
  EXPECT_EQ(asks(), Ask::kGet);
  hears(routed(kHere));
  EXPECT_TRUE(keeper.view().confirmed);
  EXPECT_EQ(keeper.view().standing, Standing::kHere);
}

TEST_F(RouteKeeperTest, AWorkerThatWasStartedAgainReadsFirst) {
  starts(kHere);
  keeper.take(Begin::kByReading, kBefore, now);
  EXPECT_EQ(asks(), Ask::kGet);
  hears(routed(kHere));
  EXPECT_TRUE(keeper.view().confirmed);
}

// Fifty switches an hour, and a daemon that starts again would use one of each address.
TEST_F(RouteKeeperTest, WhatLeadsHereIsReadAndNotSwitched) {
  starts(kHere);
  keeper.take(Begin::kBySwitching, kBefore, now);
  EXPECT_EQ(asks(), Ask::kGet);
  hears(routed(kHere));
  EXPECT_TRUE(keeper.view().confirmed);
}

TEST_F(RouteKeeperTest, NothingIsCalledWhileACallIsOnItsWay) {
  ASSERT_EQ(asks(), Ask::kGet);
  keeper.take(Begin::kBySwitching, kBefore, now);
  for (int i = 0; i < 10; ++i, now += 1min) EXPECT_EQ(asks(), std::nullopt);
  hears(routed(kBefore));
  EXPECT_EQ(asks(), Ask::kSet) << "what the role wanted meanwhile";
}

TEST_F(RouteKeeperTest, ARoleThatIsLeftWhileASwitchIsOnItsWayDoesNothingMore) {
  starts(kBefore);
  keeper.take(Begin::kBySwitching, kBefore, now);
  ASSERT_EQ(asks(), Ask::kSet);
  keeper.leave(now);
  hears(of(Meaning::kDone));
  EXPECT_FALSE(keeper.view().confirmed);
  for (int i = 0; i < 60; ++i, now += 1min)
    if (const auto ask = asks()) {
      EXPECT_EQ(*ask, Ask::kGet);
      hears(routed(kBefore));
    }
}

TEST_F(RouteKeeperTest, ARoleThatIsTakenAgainWhileTheOldSwitchIsOnItsWaySwitchesAfterIt) {
  starts(kBefore);
  keeper.take(Begin::kBySwitching, kBefore, now);
  ASSERT_EQ(asks(), Ask::kSet);
  keeper.leave(now);
  keeper.take(Begin::kBySwitching, kBefore, now);
  EXPECT_EQ(asks(), std::nullopt);
  hears(of(Meaning::kUnknown));
  EXPECT_EQ(asks(), Ask::kSet);
}

TEST_F(RouteKeeperTest, TwoWhoSwitchAtOnceAreDecidedByTheLockAndTheLoserSaysSo) {
  starts(kBefore);
  keeper.take(Begin::kBySwitching, kBefore, now);
  ASSERT_EQ(asks(), Ask::kSet);
  hears(of(Meaning::kBusy, 10s));
  now += 10s;
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kThird));
  EXPECT_TRUE(keeper.view().lost);
  for (int i = 0; i < 60; ++i, now += 1min)
    if (const auto ask = asks()) {
      EXPECT_EQ(*ask, Ask::kGet) << "who lost takes nothing";
      hears(routed(kThird));
    }
}

TEST_F(RouteKeeperTest, ALockThatTheOneBeforeLeftBehindIsWaitedFor) {
  starts(kThird);
  keeper.take(Begin::kBySwitching, kBefore, now);
  ASSERT_EQ(asks(), Ask::kSet);
  hears(of(Meaning::kBusy, 10s));
  now += 10s;
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kBefore));  // it took it, and died
  EXPECT_FALSE(keeper.view().lost);
  EXPECT_EQ(asks(), Ask::kSet);
}

TEST_F(RouteKeeperTest, ALosingRouterThatIsHeardMeansWhoWonTakesItBack) {
  takes_and_has_it();
  keeper.again(now);
  ASSERT_EQ(asks(), Ask::kGet) << "read, compare, act";
  hears(routed(kThird));
  EXPECT_EQ(asks(), Ask::kSet);
  hears(of(Meaning::kDone));
  EXPECT_EQ(asks(), Ask::kGet);
  hears(routed(kHere));
  EXPECT_TRUE(keeper.view().confirmed);
}

TEST_F(RouteKeeperTest, ALosingRouterThatIsHeardWhileThisOneIsLockedOutDoesNotMakeItLose) {
  starts(kBefore);
  keeper.take(Begin::kBySwitching, kBefore, now);
  ASSERT_EQ(asks(), Ask::kSet);
  keeper.again(now);
  hears(of(Meaning::kBusy, 10s));
  now += 10s;
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kThird));
  EXPECT_FALSE(keeper.view().lost);
  EXPECT_EQ(asks(), Ask::kSet);
}

TEST_F(RouteKeeperTest, ALosersLateSwitchIsTakenBackAMinuteLater) {
  takes_and_has_it();
  keeper.again(now);
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kHere));
  EXPECT_EQ(rests(), 90s);
  now += 90s;
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kThird));
  EXPECT_EQ(asks(), Ask::kGet);
  hears(routed(kThird));
  EXPECT_EQ(asks(), Ask::kSet);
}

TEST_F(RouteKeeperTest, LosersWithoutEndCostOneReadingAMinute) {
  takes_and_has_it();
  int readings = 0;
  for (int i = 0; i < 600; ++i, now += 100ms) {
    keeper.again(now);
    if (asks()) {
      ++readings;
      hears(routed(kHere));
    }
  }
  EXPECT_EQ(readings, 1);
}

TEST_F(RouteKeeperTest, WhatSomebodyLedElsewhereIsSaidAndNotTakenBack) {
  takes_and_has_it();
  now += 90s;
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kHere));
  for (int i = 0; i < 60; ++i, now += 1min)
    if (const auto ask = asks()) {
      EXPECT_EQ(*ask, Ask::kGet);
      hears(routed(kThird));
    }
  EXPECT_EQ(keeper.view().standing, Standing::kElsewhere);
  EXPECT_FALSE(keeper.view().confirmed);
}

// Its switch was on the way when it lost the role.
TEST_F(RouteKeeperTest, WhatTheOneBeforeLedBackToItselfIsTakenAgainOnce) {
  takes_and_has_it();
  now += 90s;
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kBefore));
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kBefore));
  ASSERT_EQ(asks(), Ask::kSet);
  hears(of(Meaning::kDone));
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kHere));
  EXPECT_TRUE(keeper.view().confirmed);
  for (int i = 0; i < 60; ++i, now += 1min)
    if (const auto ask = asks()) {
      EXPECT_EQ(*ask, Ask::kGet) << "and not a second time";
      hears(routed(kBefore));
    }
}

// The last word of a router that yields is one packet, and may be lost where a split has just healed.
TEST_F(RouteKeeperTest, WhoLeftTheRoleAndIsLedToStillSaysSoAtEachReading) {
  takes_and_has_it();
  keeper.leave(now);
  EXPECT_FALSE(keeper.view().left_behind) << "it is for the winner to take it";
  EXPECT_EQ(rests(), 90s);
  now += 90s;
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kHere));
  EXPECT_TRUE(keeper.view().left_behind);
  now += 2 * kLook;
  ASSERT_EQ(asks(), Ask::kGet);
  hears(of(Meaning::kUnreached));
  EXPECT_TRUE(keeper.view().left_behind) << "as was last read";
}

TEST_F(RouteKeeperTest, WhoWasLedToByHandIsNotLeftBehind) {
  takes_and_has_it();
  keeper.leave(now);
  now += 90s;
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kBefore));
  EXPECT_FALSE(keeper.view().left_behind);
  now += 2 * kLook;
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kHere));
  EXPECT_FALSE(keeper.view().left_behind);
}

TEST_F(RouteKeeperTest, WhoNeverHadTheRoleOrHasItAgainIsNotLeftBehind) {
  starts(kHere);
  EXPECT_FALSE(keeper.view().left_behind);
  keeper.take(Begin::kBySwitching, kBefore, now);
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kHere));
  keeper.leave(now);
  now += 90s;
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kHere));
  ASSERT_TRUE(keeper.view().left_behind);
  keeper.take(Begin::kBySwitching, kBefore, now);
  EXPECT_FALSE(keeper.view().left_behind);
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kHere));
  EXPECT_FALSE(keeper.view().left_behind);
}

TEST_F(RouteKeeperTest, WhatLeadsToNobodyIsTakenByWhoHasTheRole) {
  takes_and_has_it();
  now += 90s;
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(""));
  EXPECT_EQ(asks(), Ask::kGet);
  hears(routed(""));
  EXPECT_EQ(asks(), Ask::kSet);
}

TEST_F(RouteKeeperTest, WhatIsRefusedIsTriedAgainAfterAWhileAndByReadingFirst) {
  starts(kBefore);
  keeper.take(Begin::kBySwitching, kBefore, now);
  ASSERT_EQ(asks(), Ask::kSet);
  hears(of(Meaning::kRefused));
  EXPECT_EQ(keeper.view().trouble, "in words");
  EXPECT_EQ(rests(), 15min);
  now += 15min;
  ASSERT_EQ(asks(), Ask::kGet);
  hears(routed(kBefore));
  EXPECT_EQ(asks(), Ask::kGet);
  hears(routed(kBefore));
  EXPECT_EQ(asks(), Ask::kSet);
}

TEST_F(RouteKeeperTest, AProviderThatSaysNothingIsAskedEverLessOftenAndWhatWasKnownStays) {
  starts(kBefore);
  Milliseconds last{0};
  now += 2 * kLook;
  for (int i = 0; i < 6; ++i) {
    ASSERT_EQ(asks(), Ask::kGet);
    hears(of(Meaning::kUnreached));
    EXPECT_EQ(keeper.view().target, kBefore);
    EXPECT_EQ(keeper.view().trouble, "in words");
    const auto rest = rests();
    ASSERT_TRUE(rest);
    EXPECT_GE(*rest, last);
    last = *rest;
    now += *rest;
  }
  EXPECT_EQ(last, kLook);
}

TEST_F(RouteKeeperTest, AnotherNameOfThisHostIsLedToWhereItHasTheRole) {
  takes_and_has_it();
  keeper.reconfigure(kThird, kLook, now);
  EXPECT_EQ(asks(), Ask::kGet);
  hears(routed(kHere));
  EXPECT_EQ(asks(), Ask::kSet);
}

TEST_F(RouteKeeperTest, AReloadIsALookAndNoReasonToSwitch) {
  takes_and_has_it();
  keeper.reconfigure(kHere, kLook, now);
  EXPECT_EQ(asks(), Ask::kGet);
  hears(routed(kThird));
  EXPECT_EQ(asks(), std::nullopt);
}

// With the credentials of before it was denied, and the next try would be in a minute.
TEST_F(RouteKeeperTest, AReloadWhileACallIsOnItsWayIsALookAfterIt) {
  starts(kBefore);
  keeper.take(Begin::kBySwitching, kBefore, now);
  ASSERT_EQ(asks(), Ask::kSet);
  keeper.reconfigure(kHere, kLook, now);
  hears(of(Meaning::kDenied));
  EXPECT_EQ(asks(), Ask::kGet);
  hears(routed(kBefore));
  EXPECT_EQ(asks(), Ask::kGet);
  hears(routed(kBefore));
  EXPECT_EQ(asks(), Ask::kSet);
}

// --- hosts, an election and a provider that do anything ---

struct Flight {
  std::size_t host;
  Ask ask;
  TimePoint lands;
};

struct World {
  explicit World(unsigned seed) : random(seed) {
    for (int i = 0; i < 3; ++i) {
      names.push_back(fmt::format("192.0.2.{}", 11 + i));
      hosts.push_back(std::make_unique<RouteKeeper>(kAddress, names.back(), kLook, now));
    }
  }

  bool chance(int percent) { return int(random() % 100) < percent; }

  Answer land(const Flight& flight) {
    if (sick && chance(70)) {
      constexpr std::array kSick{Meaning::kUnknown, Meaning::kUnreached, Meaning::kLimited, Meaning::kBusy};
      const auto meaning = kSick[random() % kSick.size()];
      if (meaning == Meaning::kUnknown && flight.ask == Ask::kSet && chance(50))
        leads_to = names[flight.host];
      return of(meaning, meaning == Meaning::kLimited ? 60s : 0s);
    }
    if (flight.ask == Ask::kGet) return routed(leads_to);
    if (now < locked_until) return of(Meaning::kBusy, 10s);
    if (leads_to == names[flight.host]) return of(Meaning::kAlready);
    leads_to = names[flight.host];
    locked_until = now + Milliseconds(random() % 40'000);
    return of(Meaning::kDone);
  }

  // The election has one winner, and tells it of losers as VRRP would.
  void elect(std::size_t winner) {
    for (std::size_t i = 0; i < hosts.size(); ++i)
      if (i != winner) hosts[i]->leave(now);
    hosts[winner]->take(Begin::kBySwitching, active ? std::optional(names[*active]) : std::nullopt, now);
    active = winner;
  }

  void fly() {
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      const auto next = hosts[i]->next(now);
      if (const auto* ask = std::get_if<Ask>(&next)) {
        ASSERT_FALSE(in_flight.contains(i)) << "two calls of one host";
        if (*ask == Ask::kSet) {
          ASSERT_TRUE(hosts[i]->is_taken()) << "a switch without the role";
        }
        in_flight[i] = {i, *ask, now + Milliseconds(random() % 20'000)};
      }
    }
    for (auto flight = in_flight.begin(); flight != in_flight.end();) {
      if (flight->second.lands > now) {
        ++flight;
        continue;
      }
      const auto landed = flight->second;
      flight = in_flight.erase(flight);
      hosts[landed.host]->heard(land(landed), is_same, now, double(random() % 1000) / 1000);
    }
  }

  std::mt19937 random;
  TimePoint now = kStart;
  std::vector<std::string> names;
  std::vector<std::unique_ptr<RouteKeeper>> hosts;
  std::map<std::size_t, Flight> in_flight;
  std::optional<std::size_t> active;
  std::string leads_to = "192.0.2.11";
  TimePoint locked_until;
  bool sick = false;
};

TEST(RouteKeeperProperty, OneCallAtATimeNoSwitchWithoutTheRoleAndItEndsWhereTheElectionDoes) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    World world(seed);
    for (int tick = 0; tick < 1200; ++tick, world.now += 1s) {
      const bool calm = tick > 400;
      world.sick = !calm && world.chance(50);
      if (!calm && world.chance(3)) world.elect(world.random() % world.hosts.size());
      if (tick == 401) {
        world.elect(seed % 3);
        world.hosts[seed % 3]->again(world.now);  // the others were Active too, and are heard
      }
      world.fly();
      if (HasFatalFailure()) FAIL() << "seed " << seed;
    }
    ASSERT_EQ(world.leads_to, world.names[seed % 3]) << "seed " << seed;
    ASSERT_TRUE(world.hosts[seed % 3]->view().confirmed) << "seed " << seed;
  }
}

}  // namespace
}  // namespace hawser::vipd::provider
