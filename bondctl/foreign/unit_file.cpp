#include "bondctl/foreign/unit_file.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace hawser::bondctl {

namespace {

constexpr std::int64_t kPerSecond = 1'000'000;                      // microseconds
constexpr std::int64_t kLongest = std::int64_t{0x7FFFFFFF} * 1000;  // of every option of the bonding driver

struct Unit {
  std::string_view name;
  std::int64_t microseconds;
};
constexpr std::array<Unit, 22> kUnits{{{"", kPerSecond},
                                       {"s", kPerSecond},
                                       {"sec", kPerSecond},
                                       {"second", kPerSecond},
                                       {"seconds", kPerSecond},
                                       {"ms", 1000},
                                       {"msec", 1000},
                                       {"us", 1},
                                       {"usec", 1},
                                       {"m", 60 * kPerSecond},
                                       {"min", 60 * kPerSecond},
                                       {"minute", 60 * kPerSecond},
                                       {"minutes", 60 * kPerSecond},
                                       {"h", 3600 * kPerSecond},
                                       {"hr", 3600 * kPerSecond},
                                       {"hour", 3600 * kPerSecond},
                                       {"hours", 3600 * kPerSecond},
                                       {"d", 86400 * kPerSecond},
                                       {"day", 86400 * kPerSecond},
                                       {"days", 86400 * kPerSecond},
                                       {"w", 604800 * kPerSecond},
                                       {"week", 604800 * kPerSecond}}};

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// Takes what `belongs` from the front.
template <class Belongs>
std::string_view taken(std::string_view& text, Belongs belongs) {
  const auto end = std::ranges::find_if_not(text, belongs);
  const auto size = static_cast<std::size_t>(end - text.begin());
  const auto front = text.substr(0, size);
  text.remove_prefix(size);
  return front;
}

// "1" and "5" of "1.5", in microseconds of this unit; nullopt: it is too long.
std::optional<std::int64_t> amount(std::string_view whole, std::string_view fraction, std::int64_t unit) {
  constexpr std::size_t kMostDigits = 12;
  if (whole.size() > kMostDigits || fraction.size() > kMostDigits) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : whole) number = number * 10 + (c - '0');
  std::int64_t result = 0;
  if (__builtin_mul_overflow(number, unit, &result) || result > kLongest) return std::nullopt;
  auto part = static_cast<double>(unit);
  for (const char c : fraction) {
    part /= 10;
    result += static_cast<std::int64_t>(part) * (c - '0');
  }
  return result;
}

// One "1min" from the front.
std::optional<std::int64_t> take_span(std::string_view& text) {
  const auto whole = taken(text, is_digit);
  std::string_view fraction;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    fraction = taken(text, is_digit);
    if (fraction.empty()) return std::nullopt;
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  text = trimmed(text);
  const auto name = taken(text, [](unsigned char c) { return std::isalpha(c) != 0; });
  text = trimmed(text);
  if (name.empty() && !text.empty()) return std::nullopt;
  const auto unit = std::ranges::find(kUnits, name, &Unit::name);
  return unit == kUnits.end() ? std::nullopt : amount(whole, fraction, unit->microseconds);
}

}  // namespace

UnitFile parse_unit(const std::string& file, std::string_view text) {
  UnitFile unit;
  for (const auto& line : lines_of(text, "#;")) {
    const Spot at{file, line.number};
    const auto equals = line.text.find('=');
    if (line.text.front() == '[' && line.text.back() == ']') {
      unit.sections.push_back({at, line.text.substr(1, line.text.size() - 2), {}});
    } else if (equals == std::string::npos || equals == 0) {
      unit.left_out.push_back({at, line.text, "neither a section nor KEY=VALUE"});
    } else if (unit.sections.empty()) {
      unit.left_out.push_back({at, line.text, "it stands in no section"});
    } else {
      const std::string_view whole(line.text);
      unit.sections.back().entries.push_back({at, std::string(trimmed(whole.substr(0, equals))),
                                              std::string(trimmed(whole.substr(equals + 1)))});
    }
  }
  return unit;
}

std::optional<bool> unit_flag(std::string_view text) {
  for (const auto* yes : {"1", "yes", "y", "true", "t", "on"})
    if (text == yes) return true;
  for (const auto* no : {"0", "no", "n", "false", "f", "off"})
    if (text == no) return false;
  return std::nullopt;
}

std::optional<Milliseconds> unit_span(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  std::int64_t sum = 0;
  while (!text.empty()) {
    const auto one = take_span(text);
    if (!one || *one > kLongest - sum) return std::nullopt;
    sum += *one;
  }
  return sum % 1000 == 0 ? std::optional(Milliseconds(sum / 1000)) : std::nullopt;
}

}  // namespace hawser::bondctl
