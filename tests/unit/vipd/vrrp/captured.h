// The frames that tests/unit/vipd/vrrp/captures/take_captures.py took from keepalived and FRR.
#pragma once

#include <fstream>
#include <string>

#include "lib/base/bytes.h"

namespace hawser::vipd {

// One Ethernet frame; empty (and so every test of it fails) when the file is not there.
inline Bytes captured(const std::string& name) {
  std::ifstream file(std::string(HAWSER_SOURCE_DIR) + "/tests/unit/vipd/vrrp/captures/" + name + ".hex");
  std::string hex;
  file >> hex;
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

}  // namespace hawser::vipd
