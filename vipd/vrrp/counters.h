// What is counted, per vip and per interface, since the process began; per vip also across
// `vipctl restart`, which is the same process.
#pragma once

#include <array>
#include <cstdint>

#include "lib/base/rare.h"
#include "vipd/vrrp/wire.h"

namespace hawser::vipd {

struct BadPackets {
  using ByReason = std::array<std::uint64_t, kNames<BadPacket>.size()>;
  Rare<ByReason> by_reason{};  // none, as long as all are good

  void count(BadPacket reason) {
    if (!by_reason) by_reason = ByReason{};
    ++by_reason->at(static_cast<std::size_t>(reason));
  }
  [[nodiscard]] std::uint64_t of(BadPacket reason) const {
    return by_reason ? by_reason->at(static_cast<std::size_t>(reason)) : 0;
  }
  bool operator==(const BadPackets&) const = default;
};

struct Counters {
  std::uint64_t sent = 0;      // advertisements that went out; one per peer with unicast
  std::uint64_t not_sent = 0;  // that the kernel refused
  std::uint64_t received = 0;  // good ones for this vip
  std::uint64_t became_active = 0;
  std::uint64_t announced = 0;  // addresses announced, counted per round
  std::uint64_t put_back = 0;   // addresses that somebody else had removed
  BadPackets bad;
  bool operator==(const Counters&) const = default;
};

}  // namespace hawser::vipd
