#include "lib/config/engine/kinds.h"

#include <algorithm>
#include <cctype>

namespace hawser::config {

namespace {

constexpr bool is_control(char c) {
  return (c >= 0 && c < ' ') || c == '\x7F';
}

// isspace() of the kernel, whose table is that of Latin-1: 0xA0 is its no-break space.
bool is_kernel_space(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0 || c == '\xA0';
}

}  // namespace

bool AnyText::parse(const Value& value, Type& out, const Fault& fault) const {
  const auto* text = value.as<std::string>();
  if (text == nullptr) return fault(value, not_text(value, example())), false;
  out = *text;
  return true;
}

bool Text::parse(const Value& value, Type& out, const Fault& fault) const {
  if (!AnyText{}.parse(value, out, fault)) return false;
  if (std::ranges::none_of(out, is_control)) return true;
  return fault(value, fmt::format("must be without control characters, not {}", in_words(value))), false;
}

bool NonEmpty::parse(const Value& value, Type& out, const Fault& fault) const {
  if (!Text::parse(value, out, fault)) return false;
  if (out.empty()) fault(value, "must not be empty");
  return !out.empty();
}

std::string device_fault(std::string_view name) {
  constexpr std::size_t kLongest = 15;  // IFNAMSIZ - 1
  const auto fault = [&](std::string_view why) {
    return fmt::format("{} is not a device name: {}", quote(name), why);
  };
  const bool odd = std::ranges::any_of(
      name, [](char c) { return c == '/' || c == ':' || is_kernel_space(c) || is_control(c); });
  if (odd || name.empty() || name.size() > kLongest || name == "." || name == "..")
    return fault("1 to 15 characters without space, slash and colon");
  // dev_alloc_name(): a%d becomes a0, and at the next try a1.
  if (name.find('%') != std::string_view::npos) return fault("the kernel puts a number in the place of a %");
  // sysctl_dev_name_is_allowed()
  if (name == "all" || name == "default") return fault("the kernel has it for the settings of all devices");
  return {};
}

bool DeviceName::parse(const Value& value, Type& out, const Fault& fault) const {
  if (!Text::parse(value, out, fault)) return false;
  auto wrong = device_fault(out);
  if (!wrong.empty()) return fault(value, std::move(wrong)), false;
  return true;
}

bool WithLength::parse(const Value& value, Type& out, const Fault& fault) const {
  if (!Parsed<Prefix>::parse(value, out, fault)) return false;
  if (value.as<std::string>()->find('/') != std::string::npos) return true;
  const auto example = [&](unsigned length) { return quote(fmt::format("{}/{}", out.address, length)); };
  fault(value,
        fmt::format("{} has no prefix length: write {}, or {} if no neighbour is in its network",
                    in_words(value), example(out.address.is_v4() ? 24 : 64), example(out.address.bits())));
  return false;
}

bool Flag::parse(const Value& value, Type& out, const Fault& fault) const {
  const auto* flag = value.as<bool>();
  if (flag == nullptr) return fault(value, not_true_or_false(value)), false;
  out = *flag;
  return true;
}

bool Whole::parse(const Value& value, Type& out, const Fault& fault) const {
  const auto* number = value.as<std::int64_t>();
  if (number == nullptr) {
    fault(value, not_a_number(value, minimum, maximum));
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

std::string Span::example(std::size_t) const {
  constexpr Milliseconds kUsual{1000};
  return quote(format_duration(std::clamp(kUsual, minimum, maximum)));
}

std::string Span::range() const {
  const auto text = fmt::format("{} to {}", format_duration(minimum), format_duration(maximum));
  return step > Milliseconds(1) ? fmt::format("{} in steps of {}", text, format_duration(step)) : text;
}

bool OneOf::parse(const Value& value, Type& out, const Fault& fault) const {
  const auto* text = value.as<std::string>();
  if (text == nullptr || std::ranges::find(words, *text) == words.end()) {
    fault(value, not_a_word(value, range(), text == nullptr ? std::string_view() : meant_word(*text, words)));
    return false;
  }
  out = *text;
  return true;
}

}  // namespace hawser::config
