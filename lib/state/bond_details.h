// What the kernel tells of bonds beyond what a plan compares, for people who look at them: LACP, its
// counters, speed and duplex.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/names.h"

namespace hawser {

// The state that an LACPDU carries of each end (IEEE 802.1AX 6.4.2.3; kernel LACP_STATE_*).
enum class LacpBit : std::uint8_t {
  kActive = 0x01,        // sends LACPDUs by itself
  kShortTimeout = 0x02,  // wants one a second
  kAggregating = 0x04,   // may be joined with others
  kInSync = 0x08,        // is in the right aggregator
  kCollecting = 0x10,    // takes frames
  kDistributing = 0x20,  // sends frames
  kDefaulted = 0x40,     // knows no partner: what it believes of it is made up
  kExpired = 0x80,       // its partner has fallen silent
};

// What one end says of itself.
struct LacpEnd {
  std::uint16_t system_priority = 0;
  MacAddress system;
  std::uint16_t key = 0;  // ports of one system and one key may be joined
  std::uint16_t port_priority = 0;
  std::uint16_t port = 0;  // its number at that end

  bool operator==(const LacpEnd&) const = default;
};

// AD_CHURN_MONITOR, AD_CHURN, AD_NO_CHURN: whether an end fails to get into sync.
enum class Churn : std::uint8_t { kMonitoring = 0, kChurned = 1, kNone = 2 };

// One port of an 802.3ad bond.
struct LacpDetails {
  std::uint16_t aggregator = 0;
  std::uint8_t actor_state = 0;    // bits of LacpBit
  std::uint8_t partner_state = 0;  // what the partner said last
  std::optional<Churn> actor_churn, partner_churn;
  std::optional<std::uint32_t> actor_churns, partner_churns;  // how often it failed so
  std::optional<LacpEnd> actor, partner;                      // only for CAP_NET_ADMIN

  bool operator==(const LacpDetails&) const = default;
};

// BOND_3AD_STAT_*, in their order.
struct LacpCounters {
  std::uint64_t lacpdu_rx = 0, lacpdu_tx = 0, lacpdu_unknown_rx = 0, lacpdu_illegal_rx = 0;
  std::uint64_t marker_rx = 0, marker_tx = 0, marker_response_rx = 0, marker_response_tx = 0;
  std::uint64_t marker_unknown_rx = 0;

  bool operator==(const LacpCounters&) const = default;
};

// DUPLEX_*
enum class Duplex : std::uint8_t { kHalf = 0, kFull = 1, kUnknown = 0xFF };

struct LinkSpeed {
  std::uint32_t megabits = 0;  // per second; 0: unknown
  Duplex duplex = Duplex::kUnknown;

  bool operator==(const LinkSpeed&) const = default;
};

struct PortDetails {
  std::uint32_t carrier_ups = 0, carrier_downs = 0;
  std::optional<LinkSpeed> speed;
  std::optional<LacpDetails> lacp;
  std::optional<LacpCounters> counters;

  bool operator==(const PortDetails&) const = default;
};

// The aggregator of an 802.3ad bond that carries its frames.
struct ActiveAggregator {
  std::uint16_t id = 0;
  std::uint16_t ports = 0;
  std::uint16_t actor_key = 0, partner_key = 0;
  MacAddress partner;  // all zero: nobody

  bool operator==(const ActiveAggregator&) const = default;
};

struct LacpOfBond {
  std::optional<ActiveAggregator> aggregator;
  std::optional<LacpCounters> counters;  // of all that were its ports

  bool operator==(const LacpOfBond&) const = default;
};

struct BondDetails {
  std::map<std::string, LacpOfBond> bonds;
  std::map<std::string, PortDetails> ports;

  bool operator==(const BondDetails&) const = default;
};

inline bool has(std::uint8_t state, LacpBit bit) {
  return (state & static_cast<std::uint8_t>(bit)) != 0;
}

// "10 Gb/s full", "100 Mb/s half", "unknown": what a cell takes.
std::string format_speed(const LinkSpeed& speed);

// The words of those bits that are set, as iproute2 has them: "active, aggregating, in_sync".
std::vector<std::string_view> lacp_words(std::uint8_t state);

}  // namespace hawser

template <>
inline constexpr std::array<hawser::Name<hawser::LacpBit>, 8> hawser::kNames<hawser::LacpBit>{{
    {hawser::LacpBit::kActive, "active"},
    {hawser::LacpBit::kShortTimeout, "short_timeout"},
    {hawser::LacpBit::kAggregating, "aggregating"},
    {hawser::LacpBit::kInSync, "in_sync"},
    {hawser::LacpBit::kCollecting, "collecting"},
    {hawser::LacpBit::kDistributing, "distributing"},
    {hawser::LacpBit::kDefaulted, "defaulted"},
    {hawser::LacpBit::kExpired, "expired"},
}};

template <>
inline constexpr std::array<hawser::Name<hawser::Churn>, 3> hawser::kNames<hawser::Churn>{{
    {hawser::Churn::kMonitoring, "monitoring"},
    {hawser::Churn::kChurned, "churned"},
    {hawser::Churn::kNone, "none"},
}};

template <>
inline constexpr std::array<hawser::Name<hawser::Duplex>, 3> hawser::kNames<hawser::Duplex>{{
    {hawser::Duplex::kHalf, "half"},
    {hawser::Duplex::kFull, "full"},
    {hawser::Duplex::kUnknown, "unknown"},
}};
