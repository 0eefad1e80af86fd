#include "vipd/vrrp/sha256.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace hawser::vipd {

namespace {

constexpr std::size_t kBlock = 64;  // bytes
constexpr std::size_t kLengthAt = 56;

// FIPS 180-4 4.2.2
constexpr std::array<std::uint32_t, 64> kRounds{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

using Block = std::array<std::uint8_t, kBlock>;

class Sha256 {
 public:
  Sha256& add(ByteView bytes) {
    for (const auto byte : bytes) {
      block_[filled_++] = byte;
      if (filled_ < kBlock) continue;
      mix();
      filled_ = 0;
    }
    length_ += bytes.size();
    return *this;
  }

  Sha256Digest finish() {
    const std::uint64_t bits = 8 * length_;
    add(std::to_array<std::uint8_t>({0x80}));
    while (filled_ != kLengthAt) add(std::to_array<std::uint8_t>({0}));
    Writer length;
    length.u64(bits);
    add(length.bytes());
    Writer digest;
    for (const auto word : state_) digest.u32(word);
    Sha256Digest result{};
    std::ranges::copy(digest.bytes(), result.begin());
    return result;
  }

 private:
  // 6.2.2: the message schedule, sixty-four rounds, and what was there before added.
  void mix() {
    std::array<std::uint32_t, 64> schedule{};
    Reader reader(block_);
    for (std::size_t i = 0; i < 16; ++i) schedule[i] = reader.u32();
    for (std::size_t i = 16; i < 64; ++i) {
      const auto near = schedule[i - 2];
      const auto far = schedule[i - 15];
      schedule[i] = (std::rotr(near, 17) ^ std::rotr(near, 19) ^ (near >> 10U)) + schedule[i - 7] +
                    (std::rotr(far, 7) ^ std::rotr(far, 18) ^ (far >> 3U)) + schedule[i - 16];
    }
    auto [a, b, c, d, e, f, g, h] = state_;
    for (std::size_t i = 0; i < 64; ++i) {
      const auto first = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) +
                         kRounds[i] + schedule[i];
      const auto second =
          (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = std::exchange(g, std::exchange(f, std::exchange(e, d + first)));
      d = std::exchange(c, std::exchange(b, std::exchange(a, first + second)));
    }
    const std::array<std::uint32_t, 8> mixed{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < 8; ++i) state_[i] += mixed[i];
  }

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};  // 5.3.3
  Block block_{};
  std::size_t filled_ = 0;
  std::uint64_t length_ = 0;  // bytes
};

}  // namespace

Sha256Digest sha256(std::initializer_list<ByteView> parts) {
  Sha256 hash;
  for (const auto part : parts) hash.add(part);
  return hash.finish();
}

Sha256Digest hmac_sha256(ByteView key, std::initializer_list<ByteView> parts) {
  Block padded{};
  if (key.size() > kBlock)
    std::ranges::copy(sha256({key}), padded.begin());
  else
    std::ranges::copy(key, padded.begin());
  Block inside{};
  Block outside{};
  std::ranges::transform(padded, inside.begin(), [](auto byte) { return byte ^ 0x36U; });
  std::ranges::transform(padded, outside.begin(), [](auto byte) { return byte ^ 0x5cU; });
  Sha256 hash;
  hash.add(inside);
  for (const auto part : parts) hash.add(part);
  const auto first = hash.finish();
  return sha256({outside, first});
}

bool is_same_code(ByteView one, ByteView other) {
  if (one.size() != other.size()) return false;
  unsigned differing = 0;
  for (std::size_t i = 0; i < one.size(); ++i) differing |= static_cast<unsigned>(one[i] ^ other[i]);
  return differing == 0;
}

}  // namespace hawser::vipd
