#include "lib/config/kinds.h"

#include <algorithm>
#include <cctype>

namespace hawser::config {

bool Text::parse(const Value& value, Type& out, const Fault& fault) const {
  const auto* text = value.as<std::string>();
  if (text == nullptr) return fault(value, fmt::format("must be text, not {}", in_words(value))), false;
  out = *text;
  return true;
}

bool valid_device(std::string_view name) {
  constexpr std::size_t kLongest = 15;  // IFNAMSIZ - 1
  const bool odd = std::ranges::any_of(
      name, [](char c) { return c == '/' || c == ':' || std::isspace(static_cast<unsigned char>(c)) != 0; });
  return !name.empty() && name.size() <= kLongest && !odd && name != "." && name != "..";
}

bool DeviceName::parse(const Value& value, Type& out, const Fault& fault) const {
  if (!Text::parse(value, out, fault)) return false;
  if (valid_device(out)) return true;
  fault(value, fmt::format("{} is not a device name: 1 to 15 characters without space, slash and colon",
                           in_words(value)));
  return false;
}

bool Flag::parse(const Value& value, Type& out, const Fault& fault) const {
  const auto* flag = value.as<bool>();
  if (flag == nullptr)
    return fault(value, fmt::format("must be true or false, not {}", in_words(value))), false;
  out = *flag;
  return true;
}

bool Whole::parse(const Value& value, Type& out, const Fault& fault) const {
  const auto* number = value.as<std::int64_t>();
  if (number == nullptr) {
    fault(value,
          fmt::format("must be a whole number from {} to {}, not {}", minimum, maximum, in_words(value)));
    return false;
  }
  if (*number < minimum || *number > maximum) {
    fault(value, fmt::format("must be from {} to {}, not {}", minimum, maximum, *number));
    return false;
  }
  out = *number;
  return true;
}

bool Span::parse(const Value& value, Type& out, const Fault& fault) const {
  const auto* text = value.as<std::string>();
  const auto parsed = text == nullptr ? fail("") : parse_duration(*text);
  if (!parsed) {
    fault(value,
          fmt::format("must be a duration such as \"100ms\", \"3s\" or \"5m\", not {}", in_words(value)));
    return false;
  }
  if (*parsed < minimum || *parsed > maximum) {
    fault(value, fmt::format("must be from {} to {}, not {}", format_duration(minimum),
                             format_duration(maximum), in_words(value)));
    return false;
  }
  if (*parsed % step != Milliseconds(0)) {
    fault(value, fmt::format("must be a multiple of {}, not {}", format_duration(step), in_words(value)));
    return false;
  }
  out = *parsed;
  return true;
}

std::string Span::range() const {
  const auto text = fmt::format("{} to {}", format_duration(minimum), format_duration(maximum));
  return step > Milliseconds(1) ? fmt::format("{} in steps of {}", text, format_duration(step)) : text;
}

bool OneOf::parse(const Value& value, Type& out, const Fault& fault) const {
  const auto* text = value.as<std::string>();
  if (text == nullptr || std::ranges::find(words, *text) == words.end()) {
    fault(value, fmt::format("must be {}, not {}", range(), in_words(value)));
    return false;
  }
  out = *text;
  return true;
}

}  // namespace hawser::config
