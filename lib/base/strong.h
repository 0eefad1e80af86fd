// Numbers that must not be mixed up: an interface index is not a VRID is not a priority.
#pragma once

#include <compare>
#include <cstdint>

#include <fmt/format.h>

namespace hawser {

template <class Tag, class Number>
struct Strong {
  Number value{};

  constexpr Strong() = default;
  constexpr explicit Strong(Number number) : value(number) {}
  constexpr auto operator<=>(const Strong&) const = default;
};

using IfIndex = Strong<struct IfIndexTag, int>;             // 0: no interface
using Vrid = Strong<struct VridTag, std::uint8_t>;          // 1..255, RFC 9568 5.2.3
using Priority = Strong<struct PriorityTag, std::uint8_t>;  // RFC 9568 5.2.4
inline constexpr Priority kLeavingPriority{0};
inline constexpr Priority kOwnerPriority{255};  // of the router that has the address as its own

}  // namespace hawser

template <class Tag, class Number>
struct fmt::formatter<hawser::Strong<Tag, Number>> : fmt::formatter<int> {
  template <class Context>
  auto format(const hawser::Strong<Tag, Number>& strong, Context& context) const {
    return fmt::formatter<int>::format(static_cast<int>(strong.value), context);
  }
};
