// The promises of VRRP by seeds (storm.h), and that the seeds find what breaks them: each planted bug is one
// that an implementation of VRRP has had.
#include "tests/support/storm/storm.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace hawser::vipd::storm {
namespace {

constexpr unsigned kSeeds = 10000, kParts = 20;

class VrrpStorm : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Parts, VrrpStorm, testing::Range(0U, kParts));

TEST_P(VrrpStorm, BreaksNoPromise) {
  for (unsigned seed = GetParam(); seed < kSeeds; seed += kParts) {
    EXPECT_EQ(calm(seed, {}), "") << "calm seed " << seed;
    EXPECT_EQ(stormy(seed, {}), "") << "stormy seed " << seed;
    if (HasFailure()) return;
  }
}

// The first seed that finds it; nullopt: none does.
std::optional<unsigned> found_by(const Rules& rules) {
  for (unsigned seed = 0; seed < kSeeds; ++seed)
    if (!calm(seed, rules).empty() || !stormy(seed, rules).empty()) return seed;
  return std::nullopt;
}

using Change = std::function<void(VrrpConfig&, MachineEvent&)>;

// The real machine, told something else than what is.
Rules told(const Change& change) {
  Rules rules;
  rules.step = [change](const VrrpConfig& config, const Machine& machine, MachineEvent event) {
    auto other = config;
    change(other, event);
    return step(other, machine, event);
  };
  rules.deadline = [change](const VrrpConfig& config, const Machine& machine) {
    auto other = config;
    MachineEvent none = Timer{};
    change(other, none);
    return deadline(other, machine);
  };
  return rules;
}

AdvertisementHeard* heard_in(MachineEvent& event) {
  return std::get_if<AdvertisementHeard>(&event);
}

IpAddress with_bytes(const IpAddress& address, void (*change)(std::array<std::uint8_t, 4>&)) {
  std::array<std::uint8_t, 4> bytes{};
  std::ranges::copy(address.bytes(), bytes.begin());
  change(bytes);
  return *IpAddress::from_bytes(bytes);
}

Rules other_addresses(void (*change)(std::array<std::uint8_t, 4>&)) {
  return told([change](VrrpConfig& config, MachineEvent& event) {
    config.source = with_bytes(config.source, change);
    if (auto* heard = heard_in(event)) heard->source = with_bytes(heard->source, change);
  });
}

TEST(PlantedBug, ATieThatTheLowerAddressWins) {
  EXPECT_TRUE(found_by(other_addresses([](auto& bytes) {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(~byte);
  })));
}

TEST(PlantedBug, ATieByAddressesInTheOrderOfTheMachine) {
  EXPECT_TRUE(found_by(other_addresses([](auto& bytes) { std::ranges::reverse(bytes); })));
}

TEST(PlantedBug, NoSkewTime) {
  Rules rules;
  rules.deadline = [](const VrrpConfig& config, const Machine& machine) -> std::optional<TimePoint> {
    const auto* backup = std::get_if<Backup>(&machine.role);
    if (backup == nullptr || backup->wait != Backup::Wait::kActiveDown) return deadline(config, machine);
    return backup->since + 3 * backup->interval.value_or(config.interval);
  };
  rules.step = [rules](const VrrpConfig& config, const Machine& machine, const MachineEvent& event) {
    const auto early = rules.deadline(config, machine);
    const auto due = deadline(config, machine);
    const auto* timer = std::get_if<Timer>(&event);
    if (timer != nullptr && early && due && timer->now >= *early && timer->now < *due)
      return step(config, machine, Timer{*due});
    return step(config, machine, event);
  };
  EXPECT_TRUE(found_by(rules));
}

TEST(PlantedBug, AnIntervalThatIsNotLearnt) {
  EXPECT_TRUE(found_by(told([](VrrpConfig& config, MachineEvent& event) {
    if (auto* heard = heard_in(event)) heard->interval = config.interval;
  })));
}

// Which of these events never reach the machine.
Rules deaf(bool (*to)(const VrrpConfig&, const Machine&, const AdvertisementHeard&)) {
  Rules rules;
  rules.step = [to](const VrrpConfig& config, const Machine& machine, const MachineEvent& event) {
    const auto* heard = std::get_if<AdvertisementHeard>(&event);
    if (heard != nullptr && to(config, machine, *heard)) return Transition{machine, {}};
    return step(config, machine, event);
  };
  return rules;
}

TEST(PlantedBug, APriorityOfZeroThatIsIgnored) {
  EXPECT_TRUE(found_by(deaf([](const VrrpConfig&, const Machine& machine, const AdvertisementHeard& heard) {
    return heard.priority == kLeavingPriority && std::holds_alternative<Backup>(machine.role);
  })));
}

TEST(PlantedBug, PreemptionTheOtherWayRound) {
  EXPECT_TRUE(
      found_by(told([](VrrpConfig& config, MachineEvent& /*event*/) { config.preempt = !config.preempt; })));
}

TEST(PlantedBug, ALosingAdvertisementThatIsNotAnswered) {
  EXPECT_TRUE(
      found_by(deaf([](const VrrpConfig& config, const Machine& machine, const AdvertisementHeard& heard) {
        return std::holds_alternative<Active>(machine.role) && heard.priority != kLeavingPriority &&
               !yields_to(config, heard.priority, heard.source);
      })));
}

TEST(PlantedBug, ALateWakeThatIsNotNoticed) {
  Rules rules;
  rules.step = [](const VrrpConfig& config, const Machine& machine, const MachineEvent& event) {
    const auto* active = std::get_if<Active>(&machine.role);
    if (active == nullptr || !std::holds_alternative<Timer>(event)) return step(config, machine, event);
    return step(config, machine, Timer{active->advert_at});
  };
  EXPECT_TRUE(found_by(rules));
}

// What a Backup does at the end of its wait, whenever that was.
TEST(PlantedBug, ALateWakeOfABackupThatIsNotNoticed) {
  Rules rules;
  rules.step = [](const VrrpConfig& config, const Machine& machine, const MachineEvent& event) {
    const auto* timer = std::get_if<Timer>(&event);
    if (timer == nullptr || !std::holds_alternative<Backup>(machine.role))
      return step(config, machine, event);
    return step(config, machine, Timer{timer->now, true});
  };
  EXPECT_TRUE(found_by(rules));
}

TEST(PlantedBug, AReloadThatBeginsTheWaitAnew) {
  Rules rules;
  rules.step = [](const VrrpConfig& config, const Machine& machine, const MachineEvent& event) {
    auto next = step(config, machine, event);
    const auto* reload = std::get_if<Reload>(&event);
    auto* backup = std::get_if<Backup>(&next.machine.role);
    if (reload != nullptr && backup != nullptr) backup->since = reload->now;
    return next;
  };
  EXPECT_TRUE(found_by(rules));
}

TEST(PlantedBug, APriorityThatFallsWhilePreemptionIsGoingOn) {
  Rules rules;
  rules.step = [](const VrrpConfig& config, const Machine& machine, const MachineEvent& event) {
    if (std::holds_alternative<PriorityChanged>(event)) return Transition{machine, {}};
    return step(config, machine, event);
  };
  EXPECT_TRUE(found_by(rules));
}

TEST(PlantedBug, StandingByThatIsForgottenAfterARestart) {
  Rules rules;
  rules.recalls = false;
  EXPECT_TRUE(found_by(rules));
}

TEST(PlantedBug, ATimerOfTheOldRoleThatIsLeftRunning) {
  Rules rules;
  rules.step = [](const VrrpConfig& config, const Machine& machine, const MachineEvent& event) {
    const bool was_active = std::holds_alternative<Active>(machine.role);
    auto next = step(config, machine, event);
    const auto* backup = std::get_if<Backup>(&next.machine.role);
    if (!was_active && backup != nullptr && std::holds_alternative<Timer>(event))
      next.actions.emplace_back(SendAdvertisement{config.priority, config.interval});
    return next;
  };
  rules.deadline = [](const VrrpConfig& config, const Machine& machine) {
    auto due = deadline(config, machine);
    const auto* backup = std::get_if<Backup>(&machine.role);
    if (backup != nullptr && machine.heard && machine.heard->at == backup->since)
      due = std::min(*due, backup->since + config.interval / 2);
    return due;
  };
  EXPECT_TRUE(found_by(rules));
}

}  // namespace
}  // namespace hawser::vipd::storm
