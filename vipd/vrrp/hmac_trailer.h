// What signs an advertisement of version 3: 28 bytes behind it, as keepalived's auth_hmac has them since its
// 2.4.2 (draft-cassen-vrrp-auth-hmac): the number of a key, a sequence made of the time of day, and half of
// an HMAC-SHA256 over the advertisement, its source and that sequence. The checksum is not signed, because of
// IPv6 the kernel writes it, and neither is the destination: one signature goes to every peer. Pure; no
// clock.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/bytes.h"
#include "lib/base/duration.h"
#include "lib/base/sparse.h"
#include "lib/config/config.h"

namespace hawser::vipd {

using config::HmacKey;
using config::kHmacTrailer;

// Seconds since 1970 in the upper half, below them 65536ths of a second, below those a counter. Where it
// wraps (2106) it goes on: two are compared by what lies between them (RFC 1982).
using HmacSequence = std::uint64_t;
using WallClock = std::chrono::system_clock::time_point;

struct HmacTrailer {
  std::uint8_t key = 0;  // its id
  HmacSequence sequence = 0;
  std::array<std::uint8_t, 16> code{};

  bool operator==(const HmacTrailer&) const = default;
};

// ---- the bytes

void put(Writer& writer, const HmacTrailer& trailer);
// Exactly kHmacTrailer bytes, of the one kind that there is; nullopt: something else.
std::optional<HmacTrailer> read_trailer(ByteView bytes);

// ---- the signature. `message`: from its first byte up to the trailer.

HmacTrailer sign(ByteView message, const IpAddress& source, const HmacKey& key, HmacSequence sequence);
bool is_signed_by(ByteView message, const IpAddress& source, const HmacTrailer& trailer, const HmacKey& key);

// ---- the order of advertisements

// nullopt: clocks are not compared.
using ClockWindow = std::optional<std::chrono::seconds>;

// What the next advertisement bears: the time, or one more than the last where the clock stands or went back.
// A clock that was put back by more than the window leaves the last sequence where nobody takes it: then it
// is the time again. Without a window it only ever grows.
HmacSequence next_sequence(HmacSequence last, WallClock now, ClockWindow window);

// How far the sender's clock is ahead of ours; negative: behind.
std::chrono::seconds clock_lead(HmacSequence sequence, WallClock now);

enum class Freshness : std::uint8_t {
  kFresh,
  kOfAnotherTime,  // outside the window: our clock is wrong, or theirs, or it was sent long ago
  kReplayed        // not later than one that was heard
};

// The last advertisements that were heard, by sender and key.
struct HeardSequences {
  struct Last {
    HmacSequence sequence = 0;
    std::uint64_t order = 0;  // of hearing
    bool operator==(const Last&) const = default;
  };
  Sparse<std::map<std::pair<IpAddress, std::uint8_t>, Last>> last{};
  bool operator==(const HeardSequences&) const = default;
};
inline constexpr std::size_t kMostSequences{16};  // whoever has the key chooses how many senders there are

// Of one whose signature is right. What is fresh is remembered, and nothing else: what others send moves
// nothing. What was remembered of a sender whose clock was ahead and is right again says nothing any more:
// outside the window nothing is heard anyway.
Freshness hear(HeardSequences& heard, const IpAddress& source, const HmacTrailer& trailer, WallClock now,
               ClockWindow window);

}  // namespace hawser::vipd
