#include "lib/config/engine/hints.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "lib/base/spelling.h"
#include "lib/config/engine/schema.h"

namespace hawser::config {

namespace {

bool holds(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

// "ports = ["eth0", "eth1"]", or with the section where it is another one.
std::string written(const KeyHint& hint, std::string_view kind) {
  const auto dot = hint.target.find('.');
  const auto* info = find_key(hint.target.substr(0, dot), hint.target.substr(dot + 1));
  if (info == nullptr) return std::string(hint.write);
  const auto pair =
      hint.write.empty() ? fmt::format("{} = {}", info->key, info->example) : std::string(hint.write);
  return find_key(kind, info->key) == nullptr ? fmt::format("{} in {}", pair, info->section) : pair;
}

std::string hint_text(const KeyHint& hint, std::string_view kind) {
  if (hint.target.empty()) return fmt::format("no such setting: {}", hint.why);
  if (hint.why.empty()) return fmt::format("no such setting: here it is {}", written(hint, kind));
  return fmt::format("no such setting: {}: write {}", hint.why, written(hint, kind));
}

const KeyHint* hint_of(std::string_view kind, std::string_view word) {
  for (const auto& hint : key_hints())
    if (holds(hint.kinds, kind) && holds(hint.words, word)) return &hint;
  return nullptr;
}

// The key in other letters, or with the prefix of ifupdown: "MTU", "lacp-rate", "bond-lacp-rate".
std::string_view same_key(std::string_view word, const std::vector<std::string_view>& known) {
  const auto found = std::ranges::find(known, word);
  if (found != known.end()) return *found;
  constexpr std::string_view kBond = "bond_";
  return word.starts_with(kBond) ? same_key(word.substr(kBond.size()), known) : std::string_view();
}

std::string did_you_mean(std::string_view near) {
  return near.empty() ? "no such setting" : fmt::format("no such setting; did you mean \"{}\"?", near);
}

std::string as_word(const Value& value) {
  if (const auto* text = value.as<std::string>()) return plain_word(*text);
  if (const auto* number = value.as<std::int64_t>()) return std::to_string(*number);
  return {};
}

}  // namespace

std::string plain_word(std::string_view word) {
  std::string plain(word.substr(0, 64));
  for (char& c : plain) c = c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return plain;
}

std::string unknown_key(std::string_view path, std::string_view word,
                        const std::vector<std::string_view>& known) {
  const auto kind = kind_of(path);
  const auto plain = plain_word(word);
  if (const auto same = same_key(plain, known); !same.empty()) return did_you_mean(same);
  if (const auto* hint = hint_of(kind, plain)) return hint_text(*hint, kind);
  return did_you_mean(nearest(plain, known));
}

std::string unknown_section(std::string_view word, TopEntry entry,
                            const std::vector<std::string_view>& known) {
  const auto plain = plain_word(word);
  if (entry == TopEntry::kSetting) {
    const auto home = section_with(plain);
    if (!home.empty())
      return fmt::format("stands above every section: write it below the line {} that it belongs to", home);
  }
  for (const auto& hint : section_hints())
    if (holds(hint.words, plain)) return fmt::format("no such section: here it is {}", hint.write);
  return did_you_mean(nearest(plain, known));
}

std::string right_value(std::string_view key, const Value& wrong) {
  const auto word = as_word(wrong);
  if (word.empty()) return {};
  for (const auto& hint : value_hints())
    if (hint.key == key && holds(hint.words, word)) return quote(hint.right);
  return {};
}

std::string_view meant_word(std::string_view wrong, const std::vector<std::string_view>& allowed) {
  const auto plain = plain_word(wrong);
  for (const auto word : allowed)
    if (plain_word(word) == plain) return word;
  return wrong.size() < 3 ? std::string_view() : nearest(wrong, allowed);
}

}  // namespace hawser::config
