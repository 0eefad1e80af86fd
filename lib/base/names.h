// Enum words are written once: specialise kNames<E> beside the enum, and name_of, from_name and the messages
// follow. tests/unit/lib/base/names_test.cpp walks every table.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace hawser {

template <class E>
using Name = std::pair<E, std::string_view>;

template <class E>
inline constexpr std::array<Name<E>, 0> kNames{};

template <class E>
constexpr std::string_view name_of(E value) {
  for (const auto& [candidate, name] : kNames<E>)
    if (candidate == value) return name;
  return "?";
}

template <class E>
constexpr std::optional<E> from_name(std::string_view text) {
  for (const auto& [value, name] : kNames<E>)
    if (name == text) return value;
  return std::nullopt;
}

// "active-backup, balance-rr or 802.3ad": for messages that say what would have been right.
template <class E>
std::string all_names() {
  std::string text;
  std::size_t index = 0;
  for (const auto& [value, name] : kNames<E>) {
    if (index > 0) text += index + 1 == kNames<E>.size() ? " or " : ", ";
    text += name;
    ++index;
  }
  return text;
}

}  // namespace hawser
