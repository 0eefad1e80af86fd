// Keys of tests, and bytes written as hexadecimal.
#pragma once

#include <string>
#include <string_view>

#include "lib/config/config.h"

namespace hawser::vipd {

inline Bytes bytes_of(std::string_view hex) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return bytes;
}

// 00 01 02 .. 1f
inline config::HmacKey counting_key(std::uint8_t id) {
  config::HmacKey key{id, "file:/etc/hawser/vrrp.key", {}};
  for (std::uint8_t i = 0; i < 32; ++i) key.secret.push_back(i);
  return key;
}

inline config::HmacKey letter_key(std::uint8_t id) {
  constexpr std::string_view kLetters = "thirty-two characters of a key!!";
  return {id, "systemd:vrrp", Bytes(kLetters.begin(), kLetters.end())};
}

}  // namespace hawser::vipd
