#include "lib/base/bytes.h"

namespace hawser {

std::uint32_t checksum_add(ByteView bytes, std::uint32_t sum) {
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const std::uint32_t low = i + 1 < bytes.size() ? bytes[i + 1] : 0U;
    sum += (std::uint32_t{bytes[i]} << 8U) | low;
    sum = (sum & 0xFFFFU) + (sum >> 16U);
  }
  return sum;
}

std::uint16_t checksum_finish(std::uint32_t sum) {
  while (sum > 0xFFFFU) sum = (sum & 0xFFFFU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace hawser
