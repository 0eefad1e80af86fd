// How the router's log speaks of addresses.
#pragma once

#include <string>
#include <string_view>

#include "lib/events/event.h"
#include "vipd/addresses/picture.h"

namespace hawser::vipd {

// After the kernel refused an address, and between two puttings back.
inline constexpr Milliseconds kRetryAddress{1000};

inline std::string topic(std::string_view what, const AddressKey& address) {
  return fmt::format("{} {} {}", what, address.first, address.second);
}

// "192.0.2.100 on front" and what of it.
inline Event of_address(const AddressKey& address, std::string_view more, CauseKind cause) {
  return {.kind = EventKind::kAddress,
          .what = fmt::format("{} on {}{}", address.second.address, address.first, more),
          .cause = {cause, ""}};
}

inline Event refused(const Error& why) {
  return {.kind = EventKind::kRefusal, .cause = {CauseKind::kKernel, why.text}};
}

inline std::string and_more(std::size_t count) {
  return count > 1 ? fmt::format(" and {} more", count - 1) : "";
}

// Why an address that is there is not held.
inline std::string_view why_mute(Holding holding) {
  switch (holding) {
    case Holding::kOursMute:
      return "somebody made it tentative: it answers nobody";
    case Holding::kForeignTentative:
      return "somebody else's, and its duplicate address detection is not through";
    case Holding::kForeignDuplicate:
      return "somebody else's, and its duplicate address detection found it on another host";
    case Holding::kNo:
    case Holding::kOurs:
    case Holding::kForeign:
      break;
  }
  return "";
}

}  // namespace hawser::vipd
