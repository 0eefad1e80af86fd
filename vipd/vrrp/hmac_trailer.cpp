#include "vipd/vrrp/hmac_trailer.h"

#include <algorithm>

#include "vipd/vrrp/sha256.h"

namespace hawser::vipd {

namespace {

constexpr std::uint8_t kHmacSha256 = 1;  // the only kind
constexpr std::size_t kSumAt = 6;        // the checksum's two bytes in the message
constexpr std::array<std::uint8_t, 16> kZeros{};

using Code = decltype(HmacTrailer::code);

// Ties the code to the family, the version, the router id and the sender.
Bytes hmac_pseudo_header(ByteView message, const IpAddress& source) {
  Writer writer;
  writer.u8(source.is_v4() ? 4 : 6);
  writer.u8(message[0] >> 4U);
  writer.u8(message[1]);
  writer.u8(0);
  writer.put(source.bytes());
  writer.zeros(16 - source.bytes().size());
  return writer.take();
}

void put_head(Writer& writer, const HmacTrailer& trailer) {
  writer.u8(kHmacSha256);
  writer.u8(trailer.key);
  writer.u16(0);
  writer.u64(trailer.sequence);
}

// The message is at least as long as its fixed part.
Code code_of(ByteView message, const IpAddress& source, const HmacTrailer& trailer, const HmacKey& key) {
  const auto pseudo = hmac_pseudo_header(message, source);
  Writer head;
  put_head(head, trailer);
  const auto digest = hmac_sha256(key.secret, {pseudo, message.first(kSumAt), ByteView(kZeros).first(2),
                                               message.subspan(kSumAt + 2), head.bytes(), kZeros});
  Code code{};
  std::copy_n(digest.begin(), code.size(), code.begin());
  return code;
}

bool is_after(HmacSequence one, HmacSequence other) {
  return static_cast<std::int64_t>(one - other) > 0;
}

// RFC 1982, for the seconds alone.
std::int32_t seconds_between(HmacSequence from, HmacSequence to) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(to >> 32U) -
                                   static_cast<std::uint32_t>(from >> 32U));
}

HmacSequence sequence_at(WallClock now) {
  const auto since = now.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds).count();
  const auto fraction = (static_cast<std::uint64_t>(rest) << 16U) / 1'000'000'000U;
  return (static_cast<std::uint64_t>(seconds.count()) << 32U) | (fraction << 16U);
}

bool is_within(HmacSequence sequence, WallClock now, std::chrono::seconds window) {
  return std::chrono::abs(clock_lead(sequence, now)) <= window;
}

void forget_oldest(HeardSequences& heard) {
  auto& all = heard.last.fill();
  all.erase(std::ranges::min_element(all, {}, [](const auto& entry) { return entry.second.order; }));
}

}  // namespace

void put(Writer& writer, const HmacTrailer& trailer) {
  put_head(writer, trailer);
  writer.put(trailer.code);
}

std::optional<HmacTrailer> read_trailer(ByteView bytes) {
  Reader reader(bytes);
  HmacTrailer trailer;
  const auto kind = reader.u8();
  trailer.key = reader.u8();
  const auto reserved = reader.u16();
  trailer.sequence = reader.u64();
  const auto code = reader.take(trailer.code.size());
  if (!reader.finished() || kind != kHmacSha256 || reserved != 0) return std::nullopt;
  std::ranges::copy(code, trailer.code.begin());
  return trailer;
}

HmacTrailer sign(ByteView message, const IpAddress& source, const HmacKey& key, HmacSequence sequence) {
  HmacTrailer trailer{key.id, sequence, {}};
  trailer.code = code_of(message, source, trailer, key);
  return trailer;
}

bool is_signed_by(ByteView message, const IpAddress& source, const HmacTrailer& trailer, const HmacKey& key) {
  return message.size() > kSumAt + 1 && is_same_code(trailer.code, code_of(message, source, trailer, key));
}

HmacSequence next_sequence(HmacSequence last, WallClock now, ClockWindow window) {
  const auto clock = sequence_at(now);
  if (is_after(clock, last)) return clock;
  const bool stranded = window && seconds_between(clock, last) > window->count();
  return stranded ? clock : last + 1;
}

std::chrono::seconds clock_lead(HmacSequence sequence, WallClock now) {
  return std::chrono::seconds(seconds_between(sequence_at(now), sequence));
}

Freshness hear(HeardSequences& heard, const IpAddress& source, const HmacTrailer& trailer, WallClock now,
               ClockWindow window) {
  if (window && !is_within(trailer.sequence, now, *window)) return Freshness::kOfAnotherTime;
  const auto sender = std::pair(source, trailer.key);
  const auto found = heard.last->find(sender);
  const bool counts =
      found != heard.last->end() && (!window || is_within(found->second.sequence, now, *window));
  if (counts && !is_after(trailer.sequence, found->second.sequence)) return Freshness::kReplayed;
  std::uint64_t order = 0;
  for (const auto& [who, last] : *heard.last) order = std::max(order, last.order);
  heard.last.fill()[sender] = {trailer.sequence, order + 1};
  if (heard.last->size() > kMostSequences) forget_oldest(heard);
  return Freshness::kFresh;
}

}  // namespace hawser::vipd
