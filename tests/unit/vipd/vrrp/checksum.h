// Messages that are wrong in one thing only.
#pragma once

#include "vipd/vrrp/wire.h"

namespace hawser::vipd {

// With a checksum over the message alone, as version 2 has it and version 3 may.
inline Bytes with_right_checksum(Bytes message) {
  message.at(6) = message.at(7) = 0;
  const auto sum = checksum_finish(checksum_add(message));
  message.at(6) = static_cast<std::uint8_t>(sum >> 8U);
  message.at(7) = static_cast<std::uint8_t>(sum);
  return message;
}

}  // namespace hawser::vipd
