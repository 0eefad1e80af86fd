#include "lib/config/value.h"

#include <algorithm>
#include <numeric>

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

namespace {

// Levenshtein's distance: how many letters to change, add or leave out.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto changed = diagonal + (a[i] == b[j] ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kLongest = 64;  // nobody mistypes that; and the work grows with the square
  if (word.size() > kLongest) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    const auto d = distance(word, candidate);
    if (d >= best_distance) continue;
    best = candidate;
    best_distance = d;
  }
  return best;
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
