// Messages taken from a running kernel by tests/contract/capture/take_captures.sh.
#pragma once

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "lib/netlink/message.h"

namespace hawser::nl {

inline Bytes bytes_of_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return bytes;
}

inline Bytes capture(const std::string& name) {
  std::ifstream file{HAWSER_SOURCE_DIR "/tests/unit/lib/netlink/captures/" + name + ".hex"};
  std::string line;
  std::string digits;
  while (std::getline(file, line))
    if (!line.starts_with('#')) digits += line;
  EXPECT_FALSE(digits.empty()) << "no capture " << name;
  return bytes_of_hex(digits);
}

inline bool operator==(const Message& message, const Bytes& expected) {
  return std::ranges::equal(message.bytes(), expected);
}
inline void PrintTo(const Message& message, std::ostream* out) {
  *out << testing::PrintToString(Bytes(message.bytes().begin(), message.bytes().end()));
}

// The bytes must outlive the view.
inline MessageView view_of(ByteView rest) {
  const auto message = next_message(rest);
  EXPECT_TRUE(message.has_value());
  EXPECT_TRUE(rest.empty());
  return message.value_or(MessageView{});
}
inline MessageView view_of(const Message& message) {
  return view_of(message.bytes());
}

// Cut anywhere, the message does not fit its own length. With the length corrected it is refused too, unless
// the cut is between two attributes, which leaves a shorter but whole message.
template <class Decode>
void expect_truncations_refused(const Bytes& message, std::size_t fixed, Decode decode) {
  std::set<std::size_t> whole;
  for (std::size_t at = 16 + fixed; at < message.size();) {
    const std::size_t length = message.at(at) | static_cast<std::size_t>(message.at(at + 1)) << 8U;
    whole.insert(at);
    for (std::size_t end = at + length; end % 4 != 0; ++end) whole.insert(end);
    at += (length + 3) / 4 * 4;
  }
  for (std::size_t size = 0; size < message.size(); ++size) {
    Bytes cut(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size));
    ByteView rest{cut};
    EXPECT_FALSE(next_message(rest)) << "cut at " << size;
    if (size < 16 || whole.contains(size)) continue;
    cut[0] = static_cast<std::uint8_t>(size);
    cut[1] = static_cast<std::uint8_t>(size >> 8U);
    EXPECT_FALSE(decode(view_of(cut))) << "cut at " << size;
  }
}

}  // namespace hawser::nl
