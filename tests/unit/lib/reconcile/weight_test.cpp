#include "lib/reconcile/weight.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/reconcile/site.h"

namespace hawser {
namespace {

using namespace site;
using probes::Health;
using probes::HealthState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;

Health health(HealthState state, const std::string& words = "", int in_a_row = 1) {
  Health result;
  result.state = state;
  result.words = words;
  result.in_a_row = in_a_row;
  return result;
}

constexpr auto kUp = HealthState::kUp;
constexpr auto kDown = HealthState::kDown;
constexpr auto kUnknown = HealthState::kUnknown;

VirtualServer only_virtual(const config::Config& config) {
  return lay_out(config).at(kWeb);
}

TEST(DesiredService, HoldsThoseThatAreUp) {
  const auto service = only_virtual(web());
  const HealthTable table{{probe(kWeb1), health(kUp)}, {probe(kWeb2), health(kDown)}};
  const auto wanted = desired_service(service, table, nullptr);
  ASSERT_THAT(wanted.reals, ElementsAre(Key(kWeb1)));
  EXPECT_EQ(wanted.reals.at(kWeb1).weight, 100U);
  EXPECT_EQ(wanted.scheduler, "wlc");
}

TEST(DesiredService, QuietsWhereThePoolSaysSo) {
  auto config = web();
  config.pools["web"].policy.on_failure = config::OnFailure::kQuiesce;
  const HealthTable table{{probe(kWeb1), health(kUp)}, {probe(kWeb2), health(kDown)}};
  const auto wanted = desired_service(only_virtual(config), table, nullptr);
  EXPECT_EQ(wanted.reals.at(kWeb1).weight, 100U);
  EXPECT_EQ(wanted.reals.at(kWeb2).weight, 0U);
}

TEST(DesiredService, LeavesOutWhatWasNeverProbed) {
  EXPECT_THAT(desired_service(only_virtual(web()), {}, nullptr).reals, IsEmpty());
}

TEST(DesiredService, LeavesWhatTheKernelHasAsItIsUntilTheFirstResult) {
  const auto service = only_virtual(web());
  Service present;
  present.reals[kWeb1].weight = 7;
  present.reals[at("198.51.100.99:8080")].weight = 1;
  const auto wanted = desired_service(service, {}, &present);
  ASSERT_THAT(wanted.reals, ElementsAre(Key(kWeb1)));
  EXPECT_EQ(wanted.reals.at(kWeb1).weight, 7U);
  const HealthTable down{{probe(kWeb1), health(kDown)}};
  EXPECT_THAT(desired_service(service, down, &present).reals, IsEmpty());
  const HealthTable up{{probe(kWeb1), health(kUp)}};
  EXPECT_EQ(desired_service(service, up, &present).reals.at(kWeb1).weight, 100U);
}

TEST(DesiredService, StaysWhenAllRealServersAreDown) {
  const HealthTable table{{probe(kWeb1), health(kDown)}, {probe(kWeb2), health(kDown)}};
  const auto state = desired_services(lay_out(web()), table, {});
  ASSERT_THAT(state.services, ElementsAre(Key(kWeb)));
  EXPECT_THAT(state.services.at(kWeb).reals, IsEmpty());
}

TEST(DesiredService, KeepsARealServerWithoutChecksIn) {
  auto config = web();
  config.pools["web"].reals[0].checks.clear();
  EXPECT_THAT(desired_service(only_virtual(config), {}, nullptr).reals, ElementsAre(Key(kWeb1)));
}

TEST(AssumedHealth, TakesEveryRealServerAsConfigured) {
  const auto layout = lay_out(web());
  const auto state = desired_services(layout, assume_up(probes_of(layout, web())), {});
  EXPECT_THAT(state.services.at(kWeb).reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
}

// ---- a pool that lives

using std::chrono::seconds;

Endpoint web_at(int number) {
  return {IpAddress::v4(198, 51, 100, static_cast<std::uint8_t>(20 + number)), 8080};
}

// A pool of real servers of weight 100 each, one turn after another.
class LivingPool : public testing::Test {
 protected:
  LivingPool() { with(2); }

  void with(int reals) {
    auto config = web();
    config.pools["web"].reals.clear();
    for (int i = 1; i <= reals; ++i)
      config.pools["web"].reals.push_back(real(fmt::format("web{}", i), to_string(web_at(i).address)));
    service = lay_out(config).at(kWeb);
    for (int i = 1; i <= reals; ++i) up(i);
  }
  void add_sorry() {
    Member sorry{"sorry", at("198.51.100.99:8080"), {}, {}, true};
    sorry.server.weight = 1;
    service.members.push_back(sorry);
  }
  void up(int number) { health_of[probe(web_at(number))] = health(HealthState::kUp, "status 200"); }
  void down(int number) { health_of[probe(web_at(number))] = health(HealthState::kDown, "refused", 3); }

  // A turn: what it says becomes what the kernel has.
  const Weighed& turn(seconds later = seconds{0}) {
    now += later;
    weighed = weigh({.service = service,
                     .health = health_of,
                     .present = present ? &*present : nullptr,
                     .overrides = overrides,
                     .connections = connections},
                    weighed.memory, now);
    present = weighed.wanted;
    return weighed;
  }
  // -1: not in the table.
  [[nodiscard]] std::int64_t weight(int number) const { return weight(web_at(number)); }
  [[nodiscard]] std::int64_t weight(const Endpoint& real) const {
    const auto found = weighed.wanted.reals.find(real);
    return found == weighed.wanted.reals.end() ? -1 : std::int64_t{found->second.weight};
  }
  [[nodiscard]] std::string why(int number) const { return sentence(weighed.reals.at(web_at(number))); }

  VirtualServer service;
  HealthTable health_of;
  std::optional<Service> present;
  std::map<Endpoint, OverrideState> overrides;
  std::map<Endpoint, Connections> connections;
  Weighed weighed;
  TimePoint now{seconds{1000}};
};

TEST_F(LivingPool, OfSlowStartGrowsInStepsToItsWholeWeight) {
  service.policy.slow_start = seconds{20};
  turn();
  EXPECT_EQ(weight(1), 100) << "from the start there is no ramp: nobody else would take the load";
  down(1);
  turn(seconds{20});
  EXPECT_EQ(weight(1), -1);
  up(1);
  turn(seconds{60});
  EXPECT_EQ(weight(1), 4);
  EXPECT_EQ(why(1), "4 of 100: slow start, full in 20s; 1 check succeeded (site: status 200)");
  std::int64_t before = 4;
  while (weighed.next) {
    now = *weighed.next;
    turn();
    EXPECT_GT(weight(1), before) << "each wake-up is for a step";
    before = weight(1);
  }
  EXPECT_EQ(before, 100);
  EXPECT_EQ(now, TimePoint(seconds{1100}));
}

TEST_F(LivingPool, OfSlowStartIsOfOneThatComesToOthersThatAreWarm) {
  service.policy.slow_start = seconds{20};
  health_of.erase(probe(web_at(2)));
  turn();
  up(2);
  turn(seconds{1});
  EXPECT_EQ(weight(2), 100) << "its first check was a little later than that of the other";
  down(2);
  turn();
  up(2);
  turn(seconds{18});
  EXPECT_EQ(weight(2), 100);
  down(2);
  turn();
  up(2);
  turn(seconds{1});
  EXPECT_EQ(weight(2), 4);
}

TEST_F(LivingPool, OfSlowStartBeginsAnewAfterAFlap) {
  service.policy.slow_start = seconds{20};
  turn();
  down(1);
  turn(seconds{20});
  up(1);
  turn();
  turn(seconds{10});
  EXPECT_EQ(weight(1), 52);
  down(1);
  turn();
  EXPECT_FALSE(weighed.next) << "no ramp of one that is out";
  up(1);
  turn();
  EXPECT_EQ(weight(1), 4);
}

TEST_F(LivingPool, OfSlowStartSparesNobodyWhereNobodyElseIsIn) {
  service.policy.slow_start = seconds{20};
  turn();
  down(1);
  down(2);
  turn();
  up(1);
  turn();
  EXPECT_EQ(weight(1), 100);
  up(2);
  turn(seconds{20});
  EXPECT_EQ(weight(2), 4);
}

TEST_F(LivingPool, OfSlowStartGoesOnFromWhereAnEarlierRunWas) {
  service.policy.slow_start = seconds{20};
  turn();
  present->reals.at(web_at(1)).weight = 50;
  weighed = {};  // another process
  turn();
  EXPECT_EQ(weight(1), 52);
  turn(seconds{10});
  EXPECT_EQ(weight(1), 100);
}

TEST_F(LivingPool, InPanicKeepsTheLastGoodSet) {
  with(4);
  service.policy.panic_threshold = 50;
  turn();
  down(1);
  down(2);
  turn();
  EXPECT_EQ(weight(1), -1) << "half are up: that is not below 50%";
  up(1);
  turn();
  down(3);
  down(4);
  down(1);
  turn();
  EXPECT_TRUE(weighed.memory.panic);
  EXPECT_EQ(weight(1), 100);
  EXPECT_EQ(weight(2), -1) << "it was out before";
  EXPECT_EQ(weight(3), 100);
  EXPECT_EQ(why(3), "100: kept, since fewer than 50% are up; 3 checks failed (site: refused)");
  EXPECT_THAT(weighed.dead, ElementsAre(web_at(2)));
  up(1);
  up(4);
  turn();
  EXPECT_FALSE(weighed.memory.panic);
  EXPECT_EQ(weight(3), -1);
}

TEST_F(LivingPool, InPanicDoesNotBringBackWhatSomebodyTookOut) {
  service.policy.panic_threshold = 100;
  turn();
  overrides[web_at(1)] = {Override::kDisabled, {}};
  down(2);
  turn();
  EXPECT_EQ(weight(1), -1);
  EXPECT_EQ(why(1), "out: disabled by hand");
  EXPECT_EQ(weight(2), 100);
}

TEST_F(LivingPool, HasASorryServerWhenNoneIsLeft) {
  add_sorry();
  const auto sorry = service.members.back().real;
  turn();
  EXPECT_EQ(weight(sorry), -1);
  down(1);
  turn();
  EXPECT_EQ(weight(sorry), -1);
  down(2);
  turn();
  EXPECT_EQ(weight(sorry), 1);
  EXPECT_EQ(sentence(weighed.reals.at(sorry)), "1: sorry server, the quorum is lost; no checks");
  up(2);
  turn();
  EXPECT_EQ(weight(sorry), -1);
  EXPECT_EQ(weight(2), 100);
}

TEST_F(LivingPool, BelowItsQuorumLeavesItToTheSorryServersWithHysteresis) {
  with(4);
  add_sorry();
  const auto sorry = service.members.back().real;
  service.policy.quorum = 250;
  service.policy.quorum_hysteresis = 50;
  turn();
  down(1);
  down(2);
  turn();
  EXPECT_EQ(weight(sorry), -1) << "200 are left, and that will do";
  down(3);
  turn();
  EXPECT_EQ(weight(sorry), 1);
  EXPECT_EQ(weight(4), 0) << "its connections go on, new ones are for the sorry server";
  EXPECT_EQ(why(4),
            "0 of 100: the quorum is lost, sorry servers answer; 1 check succeeded (site: status 200)");
  up(3);
  turn();
  EXPECT_EQ(weight(sorry), 1) << "300 are asked for";
  up(2);
  turn();
  EXPECT_EQ(weight(sorry), -1);
  EXPECT_EQ(weight(4), 100);
}

TEST_F(LivingPool, KeepsThoseThatAreUpWhereTheSorryServerIsDownToo) {
  add_sorry();
  service.members.back().probes = {probe(service.members.back().real)};
  health_of[probe(service.members.back().real)] = health(HealthState::kDown);
  service.policy.quorum = 200;
  turn();
  down(1);
  turn();
  EXPECT_EQ(weight(2), 100);
}

TEST_F(LivingPool, BeforeItsChecksHaveSpokenHasNotLostItsQuorum) {
  add_sorry();
  health_of.clear();
  turn();
  EXPECT_EQ(weight(service.members.back().real), -1);
}

// netd starts again while the sorry server answers.
TEST_F(LivingPool, AQuorumThatWasLostBeforeARestartIsLostUntilItsChecksHaveSpoken) {
  add_sorry();
  const auto sorry = service.members.back().real;
  turn();
  for (int i = 1; i <= 4; ++i) down(i);
  turn();
  ASSERT_EQ(weight(sorry), 1);
  weighed.memory = {};
  health_of.clear();
  for (int i = 0; i < 3; ++i) {
    turn();
    EXPECT_EQ(weight(sorry), 1) << "somebody has to answer";
  }
  up(1);
  turn();
  EXPECT_EQ(weight(sorry), -1);
  EXPECT_EQ(weight(1), 100);
}

TEST_F(LivingPool, DrainsUntilTheLastConnectionHasEnded) {
  turn();
  overrides[web_at(1)] = {Override::kDraining, {}};
  turn();
  EXPECT_EQ(weight(1), 0);
  EXPECT_EQ(why(1), "0 of 100: draining");
  connections[web_at(1)] = {2, 1, 0};
  turn(seconds{1});
  EXPECT_EQ(weight(1), 0);
  EXPECT_EQ(why(1), "0 of 100: draining: 2 active, 1 inactive");
  EXPECT_EQ(weighed.next, now + seconds{1});
  connections[web_at(1)] = {};
  turn(seconds{1});
  EXPECT_EQ(weight(1), -1);
  EXPECT_EQ(why(1), "out: drained");
  EXPECT_FALSE(weighed.next);
  overrides.clear();
  turn();
  EXPECT_EQ(weight(1), 100);
}

TEST_F(LivingPool, DrainsNoLongerThanUntilItsDeadline) {
  turn();
  overrides[web_at(1)] = {Override::kDraining, now + seconds{30}};
  connections[web_at(1)] = {1, 0, 0};
  turn();
  EXPECT_EQ(why(1), "0 of 100: draining: 1 active, 0 inactive; out in 30s at the latest");
  turn(seconds{29});
  EXPECT_EQ(weight(1), 0);
  turn(seconds{1});
  EXPECT_EQ(weight(1), -1);
}

TEST_F(LivingPool, OfAHashLetsTheClientsOfAServerOfWeight0GoElsewhereForThatTime) {
  for (const auto* scheduler : {"mh", "sh"}) {
    service.wanted.scheduler = scheduler;
    overrides.clear();
    turn();
    EXPECT_EQ(weighed.wanted.flags, 0U);
    overrides[web_at(1)] = {Override::kDraining, {}};
    turn();
    EXPECT_EQ(weighed.wanted.flags, static_cast<std::uint32_t>(ServiceFlag::kSched1));
  }
  service.wanted.scheduler = "wlc";
  turn();
  EXPECT_EQ(weighed.wanted.flags, 0U);
}

// ---- whatever happens

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  int up_to(int most) { return std::uniform_int_distribution<int>(0, most)(engine_); }
  bool one_in(int many) { return up_to(many - 1) == 0; }

 private:
  std::mt19937 engine_;
};

class AnyPool : public LivingPool {
 protected:
  void draw_pool(Dice& dice) {
    with(dice.up_to(4) + 1);
    if (dice.one_in(3)) add_sorry();
    for (auto& member : service.members)
      if (!member.sorry) member.server.weight = static_cast<std::uint32_t>(dice.up_to(3) * 40 + 1);
    auto& policy = service.policy;
    policy.panic_threshold = static_cast<std::uint32_t>(dice.one_in(2) ? dice.up_to(100) : 0);
    policy.quorum = static_cast<std::uint32_t>(dice.one_in(2) ? dice.up_to(200) + 1 : 1);
    policy.quorum_hysteresis =
        policy.quorum > 1 ? static_cast<std::uint32_t>(dice.up_to(20)) % policy.quorum : 0;
    policy.slow_start = dice.one_in(2) ? seconds{dice.up_to(20)} : seconds{0};
    policy.on_failure = dice.one_in(2) ? config::OnFailure::kQuiesce : config::OnFailure::kRemove;
    service.wanted.scheduler = dice.one_in(2) ? "mh" : "wlc";
    present.reset();
    weighed = {};
    overrides.clear();
    connections.clear();
    if (dice.one_in(3)) health_of.clear();
  }
  void happen(Dice& dice) {
    const auto& member =
        service.members[static_cast<std::size_t>(dice.up_to(static_cast<int>(service.members.size()) - 1))];
    switch (dice.up_to(4)) {
      case 0:
        for (const auto& key : member.probes) health_of[key] = health(HealthState::kUp);
        break;
      case 1:
        for (const auto& key : member.probes) health_of[key] = health(HealthState::kDown);
        break;
      case 2:
        overrides[member.real] = {
            dice.one_in(2) ? Override::kDraining : Override::kDisabled,
            dice.one_in(2) ? std::optional(now + seconds{dice.up_to(9)}) : std::nullopt};
        connections[member.real].active = static_cast<std::uint64_t>(dice.up_to(2));
        break;
      case 3:
        overrides.erase(member.real);
        connections.erase(member.real);
        break;
      default:
        weighed.memory = dice.one_in(4) ? PoolMemory{} : weighed.memory;  // a restart
    }
  }
  [[nodiscard]] bool passes(const Member& member) const {
    return !member.sorry && member.server.weight > 0 && !overrides.contains(member.real) &&
           state_of(service, member, health_of) == HealthState::kUp;
  }
  void expect_sound(std::uint32_t seed) {
    bool passing = false;
    bool served = false;
    for (const auto& member : service.members) {
      EXPECT_LE(weight(member.real), std::int64_t{member.server.weight}) << seed;
      passing = passing || passes(member);
      served = served || (weight(member.real) > 0 && (member.sorry || passes(member)));
      const auto said = overrides.find(member.real);
      if (said == overrides.end()) continue;
      EXPECT_LE(weight(member.real), 0) << seed << ": taken out by hand";
      const bool late = said->second.deadline && now >= *said->second.deadline;
      EXPECT_TRUE(!late || weight(member.real) == -1) << seed << ": past its deadline";
    }
    EXPECT_TRUE(served || !passing) << seed << ": one passes, and nobody is served";
    EXPECT_GT(weighed.next.value_or(TimePoint::max()), now) << seed;
    for (const auto& real : weighed.dead) EXPECT_LE(weight(real), 0) << seed;
  }
  void expect_the_same_again(std::uint32_t seed) {
    const auto once = weighed;
    turn();
    EXPECT_EQ(weighed.wanted, once.wanted) << seed;
    EXPECT_EQ(weighed.memory, once.memory) << seed;
  }
};

TEST_F(AnyPool, ServesWhilePassesAndNeverMoreThanConfigured) {
  for (std::uint32_t seed = 0; seed < 3000 && !HasFailure(); ++seed) {
    Dice dice(seed);
    draw_pool(dice);
    for (int i = 0; i < 30 && !HasFailure(); ++i) {
      happen(dice);
      turn(seconds{dice.up_to(4)});
      expect_sound(seed);
      expect_the_same_again(seed);
    }
  }
}

}  // namespace
}  // namespace hawser
