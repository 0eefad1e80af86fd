// The keys with which advertisements of version 3 are signed: where each is, and what of it may be told.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/bytes.h"
#include "lib/base/duration.h"
#include "lib/base/names.h"
#include "lib/base/result.h"

namespace hawser::config {

// keepalived takes no shorter and no longer ones.
inline constexpr std::size_t kLeastHmacKey = 32;
inline constexpr std::size_t kMostHmacKey = 64;

struct HmacKey {
  std::uint8_t id = 0;  // 1..255, in every packet: by it a receiver finds the key
  std::string key{};    // "file:/PATH" or "systemd:NAME"
  Bytes secret{};       // what is there; never in a row, and so in no dump
  bool operator==(const HmacKey&) const = default;
};

// The steps of a change that nobody notices: first all verify, then all sign, then all insist.
enum class HmacMode : std::uint8_t { kReceiveOnly, kPermissive, kEnforce };

// How far the clocks of two nodes may differ: what is older is a replay.
struct HmacWindow {
  std::optional<Milliseconds> length{};  // nullopt: three advertisement intervals, five seconds at least
  bool off = false;                      // clocks are not compared: the next has to be later than the last
  bool operator==(const HmacWindow&) const = default;
};

inline constexpr Milliseconds kLeastHmacWindow{1000};
inline constexpr Milliseconds kMostHmacWindow{300'000};

// nullopt: clocks are not compared.
std::optional<std::chrono::seconds> window_of(const HmacWindow& window, Milliseconds advertisement_interval);

// The bytes that a line stands for: "hex:" and pairs of digits, or the characters themselves. Error: it is no
// key, without repeating it.
Result<Bytes> hmac_secret(std::string_view line);
// As "hex:...".
std::string hmac_line(ByteView secret);

}  // namespace hawser::config

namespace hawser {

template <>
inline constexpr std::array<Name<config::HmacMode>, 3> kNames<config::HmacMode>{{
    {config::HmacMode::kReceiveOnly, "receive-only"},
    {config::HmacMode::kPermissive, "permissive"},
    {config::HmacMode::kEnforce, "enforce"},
}};

}  // namespace hawser
