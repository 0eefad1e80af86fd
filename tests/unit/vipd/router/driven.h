// One VRRP machine being driven by a test.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vipd/vrrp/machine.h"

namespace hawser::vipd {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

inline const IpAddress kOurs = IpAddress::v4(192, 0, 2, 11);
inline const IpAddress kLower = IpAddress::v4(192, 0, 2, 10);
inline const IpAddress kHigher = IpAddress::v4(192, 0, 2, 12);
inline const TimePoint kStart{100s};

// The figures of RFC 9568 for priority 128: skew is half an interval, Active_Down three and a half.
inline constexpr Centiseconds kInterval{100};
inline constexpr auto kSkew = 500ms;
inline constexpr auto kActiveDown = 3500ms;

inline VrrpConfig configured(int priority = 128, bool preempt = true, Milliseconds delay = 0ms) {
  return {Priority(static_cast<std::uint8_t>(priority)), kInterval, kOurs, preempt, delay};
}

inline AdvertisementHeard heard(TimePoint now, int priority, IpAddress source = kHigher,
                                Centiseconds interval = kInterval) {
  return {now, source, Priority(static_cast<std::uint8_t>(priority)), interval};
}

inline Action send(int priority, Centiseconds interval = kInterval) {
  return SendAdvertisement{Priority(static_cast<std::uint8_t>(priority)), interval};
}
inline Action change(RoleName from, RoleName to, std::string why) {
  return RoleChange{from, to, std::move(why)};
}

// One machine being driven; keeps the actions of the last event.
struct Driven {
  VrrpConfig config;
  Machine machine;
  std::vector<Action> actions;

  explicit Driven(VrrpConfig with) : config(with) {}

  Driven& give(const MachineEvent& event) {
    auto outcome = step(config, machine, event);
    machine = outcome.machine;
    actions = std::move(outcome.actions);
    return *this;
  }
  [[nodiscard]] RoleName role() const { return name_of_role(machine.role); }
  [[nodiscard]] std::optional<TimePoint> due() const { return deadline(config, machine); }
  [[nodiscard]] bool holds() const { return holds_addresses(machine); }
};

inline Driven backup(const VrrpConfig& config = configured()) {
  Driven driven(config);
  driven.give(Startup{kStart, false, {}});
  EXPECT_EQ(driven.role(), RoleName::kBackup);
  return driven;
}

inline Driven active(const VrrpConfig& config = configured()) {
  auto driven = backup(config);
  driven.give(Timer{*driven.due()});
  EXPECT_EQ(driven.role(), RoleName::kActive);
  return driven;
}
inline const TimePoint kActiveSince = kStart + kActiveDown;

// Active for as long as its own takeover may still be answered.
inline Driven settled() {
  auto driven = active();
  driven.give(Timer{*driven.due()});
  return driven;
}
inline const TimePoint kSettled = kActiveSince + 1s;

inline Driven leaving(const VrrpConfig& config = configured()) {
  auto driven = active(config);
  driven.give(Shutdown{kActiveSince});
  EXPECT_EQ(driven.role(), RoleName::kLeaving);
  return driven;
}

}  // namespace hawser::vipd
