#include "lib/plan/words.h"

namespace hawser::words {

std::string protocol(std::uint8_t protocol) {
  switch (protocol) {
    case 0:
      return "none";
    case 2:
      return "kernel";
    case 3:
      return "boot";
    case 4:
      return "static";
    case static_cast<std::uint8_t>(Owner::kNetd):
      return "netd";
    case static_cast<std::uint8_t>(Owner::kVipd):
      return "vipd";
    default:
      return std::to_string(protocol);
  }
}

std::string with(std::string text, std::string_view more) {
  if (!more.empty()) text += fmt::format(", {}", more);
  return text;
}

}  // namespace hawser::words
