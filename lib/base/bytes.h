// Reading and writing packets. Bounds are checked by the reader and remembered: a decoder is a list of fields
// in wire order and one question at the end. Numbers are in network order; *_native for netlink.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace hawser {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }

  template <class Number>
  Number native() {
    Number value{};
    const auto bytes = take(sizeof(Number));
    if (bytes.size() == sizeof(Number)) std::memcpy(&value, bytes.data(), sizeof(Number));
    return value;
  }

  // The next `count` bytes, or an empty view and !ok() when there are fewer.
  ByteView take(std::size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const auto result = rest_.first(count);
    rest_ = rest_.subspan(count);
    return result;
  }
  void skip(std::size_t count) { take(count); }

  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  [[nodiscard]] bool ok() const { return ok_; }                         // nothing was read past the end
  [[nodiscard]] bool finished() const { return ok_ && rest_.empty(); }  // and nothing is left over

 private:
  std::uint64_t number(std::size_t count) {
    std::uint64_t value = 0;
    for (const auto byte : take(count)) value = (value << 8U) | byte;
    return value;
  }

  ByteView rest_;
  bool ok_ = true;
};

class Writer {
 public:
  void u8(std::uint8_t value) { bytes_.push_back(value); }
  void u16(std::uint16_t value) { number(value, 2); }
  void u32(std::uint32_t value) { number(value, 4); }
  void u64(std::uint64_t value) { number(value, 8); }
  void put(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void zeros(std::size_t count) { bytes_.insert(bytes_.end(), count, 0); }

  template <class Number>
  void native(Number value) {
    std::array<std::uint8_t, sizeof(Number)> raw{};
    std::memcpy(raw.data(), &value, sizeof(Number));
    put(raw);
  }

  // Overwrites two bytes already written (a checksum, a length). `offset + 2` must not exceed size().
  void set_u16(std::size_t offset, std::uint16_t value) {
    bytes_.at(offset) = static_cast<std::uint8_t>(value >> 8U);
    bytes_.at(offset + 1) = static_cast<std::uint8_t>(value);
  }

  // The same in the machine's byte order: lengths of netlink messages.
  template <class Number>
  void set_native(std::size_t offset, Number value) {
    if (offset + sizeof(Number) <= bytes_.size()) std::memcpy(bytes_.data() + offset, &value, sizeof(Number));
  }

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  Bytes take() { return std::move(bytes_); }

 private:
  void number(std::uint64_t value, unsigned count) {
    for (unsigned shift = 8 * count; shift > 0; shift -= 8)
      u8(static_cast<std::uint8_t>(value >> (shift - 8)));
  }

  Bytes bytes_;
};

// The Internet checksum (RFC 1071): ones' complement sum over 16-bit words, odd length padded with zero.
// Start with the sum over a pseudo-header to chain.
std::uint32_t checksum_add(ByteView bytes, std::uint32_t sum = 0);
std::uint16_t checksum_finish(std::uint32_t sum);

}  // namespace hawser
