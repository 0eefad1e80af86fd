#include "lib/base/utf8.h"

#include <algorithm>

namespace hawser {

namespace {

unsigned char byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

std::size_t length_after(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

// Shorter ones there would be for the same character, halves of UTF-16, and what is above the last one: RFC
// 3629, section 4.
bool may_follow(unsigned char first, unsigned char second) {
  const unsigned char least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned char most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  return second >= least && second <= most;
}

// How many bytes the character at `at` has; 0: what is there is none.
std::size_t character_at(std::string_view text, std::size_t at) {
  const auto first = byte_at(text, at);
  const auto length = length_after(first);
  if (length > 1 && !may_follow(first, byte_at(text, at + 1))) return 0;
  for (std::size_t n = 2; n < length; ++n)
    if ((byte_at(text, at + n) & 0xc0U) != 0x80U) return 0;
  return length;
}

}  // namespace

std::string as_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto length = character_at(text, at);
    result += length == 0 ? std::string_view("?") : text.substr(at, length);
    at += std::max<std::size_t>(length, 1);
  }
  return result;
}

}  // namespace hawser
