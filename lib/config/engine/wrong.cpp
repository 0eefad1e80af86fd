#include "lib/config/engine/wrong.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lib/config/engine/hints.h"

namespace hawser::config {

namespace {

std::string with_advice(std::string text, std::string_view right) {
  return right.empty() ? text : fmt::format("{}: write {}", text, right);
}

// A scalar or a list of one text, as text; empty: no sure form.
std::string as_text(const Value& value) {
  if (const auto* list = value.as<List>()) {
    const auto* only = list->size() == 1 ? list->front().as<std::string>() : nullptr;
    return only == nullptr ? std::string() : quote(*only);
  }
  return value.as<Table>() == nullptr ? quote(in_words(value)) : std::string();
}

std::string_view flag_meant(const Value& value) {
  constexpr std::array<std::string_view, 6> kTrue{"true", "yes", "on", "y", "enabled", "1"};
  constexpr std::array<std::string_view, 6> kFalse{"false", "no", "off", "n", "disabled", "0"};
  const auto* text = value.as<std::string>();
  const auto* number = value.as<std::int64_t>();
  if (text == nullptr && number == nullptr) return {};
  const auto word = text != nullptr ? plain_word(*text) : std::to_string(*number);
  if (std::ranges::find(kTrue, word) != kTrue.end()) return "true";
  return std::ranges::find(kFalse, word) != kFalse.end() ? "false" : std::string_view();
}

}  // namespace

std::string not_text(const Value& value, std::string_view example) {
  const auto right = as_text(value);
  if (!right.empty()) return fmt::format("must be text, not {}: write {}", in_words(value), right);
  return fmt::format("must be text such as {}, not {}", example, in_words(value));
}

std::string not_a(std::string_view what, std::string_view example, const Value& value) {
  return fmt::format("must be {} such as {}, not {}", what, example, in_words(value));
}

std::string not_true_or_false(const Value& value) {
  return with_advice(fmt::format("must be true or false, not {}", in_words(value)), flag_meant(value));
}

std::string not_a_number(const Value& value, std::int64_t minimum, std::int64_t maximum) {
  const auto* text = value.as<std::string>();
  const bool digits = text != nullptr && !text->empty() && text->size() < 18 &&
                      std::ranges::all_of(*text, [](char c) { return c >= '0' && c <= '9'; });
  return with_advice(
      fmt::format("must be a whole number from {} to {}, not {}", minimum, maximum, in_words(value)),
      digits ? std::to_string(std::stoll(*text)) : std::string());
}

std::string not_a_list(const Value& value, std::string_view example, std::string_view meant) {
  return with_advice(fmt::format("must be a list such as {}, not {}", example, in_words(value)), meant);
}

std::string not_a_word(const Value& value, std::string_view range, std::string_view meant) {
  return with_advice(fmt::format("must be {}, not {}", range, in_words(value)),
                     meant.empty() ? std::string() : quote(meant));
}

std::vector<std::string> elements_in(std::string_view text) {
  std::vector<std::string> elements;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(", \t"), text.size());
    if (end > 0) elements.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return elements;
}

}  // namespace hawser::config
