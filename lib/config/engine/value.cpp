#include "lib/config/engine/value.h"

#include <algorithm>

#include <fmt/format.h>

#include "lib/base/result.h"

namespace hawser::config {

const Value* find(const Table& table, std::string_view key) {
  const auto entry = std::ranges::find(table, key, &Entry::key);
  return entry == table.end() ? nullptr : &entry->value;
}

Value* find(Table& table, std::string_view key) {
  const auto entry = std::ranges::find(table, key, &Entry::key);
  return entry == table.end() ? nullptr : &entry->value;
}

std::string quote(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      result += fmt::format("\\{}", c);
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      result += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    else
      result += c;
  }
  return result + '"';
}

std::string toml_key(std::string_view name) {
  const bool bare = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return bare ? std::string(name) : quote(name);
}

std::string toml_text(const Value& value) {
  std::string inside;
  if (const auto* list = value.as<List>()) {
    for (const auto& item : *list) inside += fmt::format("{}{}", inside.empty() ? "" : ", ", toml_text(item));
    return fmt::format("[{}]", inside);
  }
  if (const auto* table = value.as<Table>()) {
    for (const auto& [key, place, item] : *table)
      inside += fmt::format("{}{} = {}", inside.empty() ? "" : ", ", toml_key(key), toml_text(item));
    return fmt::format("{{ {} }}", inside);
  }
  return in_words(value);
}

std::string in_words(const Value& value) {
  return std::visit(Overloaded{[](bool flag) { return std::string(flag ? "true" : "false"); },
                               [](std::int64_t number) { return std::to_string(number); },
                               [](double number) { return fmt::format("{}", number); },
                               [](const std::string& text) { return quote(text); },
                               [](const Other& other) { return other.text; },
                               [](const List&) { return std::string("a list"); },
                               [](const Table&) { return std::string("a table"); }},
                    value.data);
}

std::string joined(const std::vector<std::string_view>& words, std::string_view last, bool quoted) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? last : std::string_view(", ");
    text += quoted ? quote(words[i]) : std::string(words[i]);
  }
  return text;
}

}  // namespace hawser::config
