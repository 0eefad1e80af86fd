#include "lib/config/engine/syntax.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lib/config/engine/schema.h"

namespace hawser::config {

namespace {

const Statement* earlier(const Broken& broken, const std::string& path) {
  const auto end = std::prev(broken.all.end());
  const auto found = std::find_if(std::make_reverse_iterator(end), broken.all.rend(),
                                  [&](const Statement& one) { return one.path() == path; });
  return found == broken.all.rend() ? nullptr : &*found;
}

// The value in { } above which a header or key wants to continue.
const Statement* closed_above(const Broken& broken, std::string path) {
  while (true) {
    const auto dot = path.rfind('.');
    if (dot == std::string::npos) return nullptr;
    path.resize(dot);
    const auto* found = earlier(broken, path);
    if (found != nullptr && found->value) return found;
  }
}

Guess guess_twice(const Broken& broken) {
  if (broken.parser_words.find("cannot redefine") == std::string_view::npos &&
      broken.parser_words.find("cannot insert") == std::string_view::npos)
    return std::nullopt;
  const auto& last = broken.last();
  const auto path = last.path();
  const auto where = [&](const Statement& one) {
    return fmt::format("{}:{}", broken.source.file, place_of(broken.text, one.begin, 0).line);
  };
  if (const auto* first = earlier(broken, path)) {
    if (!last.is_header())
      return Finding{last.begin, fmt::format("is set twice: first at {}", where(*first))};
    if (!first->is_header())
      return Finding{last.begin, fmt::format("has a value already at {}: write all of it there, or as a "
                                             "section",
                                             where(*first))};
    if (first->is_list != last.is_list)
      return Finding{last.begin, fmt::format("is written with [ ] and with [[ ]]: first at {}: [[{}]] each "
                                             "time makes several, [{}] once makes one",
                                             where(*first), path, path)};
    return Finding{last.begin, fmt::format("is written twice: first at {}: put both together under one [{}]",
                                           where(*first), path)};
  }
  if (const auto* closed = closed_above(broken, path))
    return Finding{last.begin,
                   fmt::format("cannot continue what {{ }} closes at {}: write it there", where(*closed))};
  const auto inner = std::ranges::find_if(
      broken.all, [&](const Statement& one) { return one.path().starts_with(path + "."); });
  if (inner != broken.all.end())
    return Finding{last.begin, fmt::format("is a table already: see {}", where(*inner))};
  return Finding{broken.at, "holds the same key twice"};
}

Guess guess(const Broken& broken) {
  if (auto found = guess_bytes(broken)) return found;
  if (broken.all.empty()) return std::nullopt;
  if (auto found = guess_twice(broken)) return found;
  if (auto found = guess_foreign(broken)) return found;
  const auto& last = broken.last();
  if (last.is_header()) return guess_header(broken);
  if (!last.value || broken.at < *last.value) return guess_no_value(broken);
  return guess_value(broken);
}

// The first word only, where the line is not a pair: "mode" of `mode "a"`.
std::string key_of(const Broken& broken) {
  if (broken.all.empty()) return {};
  auto last = broken.last();
  if (!last.value) last.key = last.key.substr(0, last.key.find_first_of(" \t:\"'{]"));
  // A no-break space or byte order mark is no part of a name.
  for (const std::string_view mark : {"\xC2\xA0", "\xEF\xBB\xBF"})
    last.key = last.key.substr(0, last.key.find(mark));
  return last.path();
}

std::string without_prefix(std::string_view words) {
  constexpr std::string_view kPrefix = "Error while parsing ";
  if (words.starts_with(kPrefix)) words.remove_prefix(kPrefix.size());
  std::string text(trimmed(words));
  std::ranges::replace(text, '\n', ' ');
  return text;
}

}  // namespace

std::string Broken::type() const {
  return all.empty() ? std::string() : type_of_key(last().section, last().key);
}

bool foreign_comment(std::string_view text) {
  constexpr std::array<std::string_view, 6> kMarks{";", "//", "/*", "!", "--", "<!--"};
  return std::ranges::any_of(kMarks, [&](auto mark) { return text.starts_with(mark); });
}

std::string as_toml(std::string_view bare) {
  constexpr std::array<std::string_view, 9> kQuotes{"\xE2\x80\x9C",
                                                    "\xE2\x80\x9D",
                                                    "\xE2\x80\x9E",
                                                    "\xE2\x80\x98",
                                                    "\xE2\x80\x99",
                                                    "\xC2\xAB",
                                                    "\xC2\xBB",
                                                    "`",
                                                    "\""};
  std::string text(trimmed(bare));
  bool quoted = false;
  for (const auto mark : kQuotes)
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
      text.erase(at, mark.size());
      quoted = true;
    }
  if (text.size() > 1 && (text.front() == '\'' || text.back() == '\'')) std::erase(text, '\''), quoted = true;
  const bool number = !text.empty() && (text.size() == 1 || text[0] != '0') &&
                      std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!quoted && (number || text == "true" || text == "false")) return text;
  return quote(text);
}

SyntaxFault explain_syntax(const Source& source, Place at, std::string_view parser_words) {
  const std::string_view text = source.text;
  const auto offset = offset_of(text, at);
  const Broken broken{source, text, offset, parser_words, statements(text, offset)};
  const auto found = guess(broken);
  if (!found) return {at, key_of(broken), without_prefix(parser_words)};
  return {place_of(text, found->at, at.file), found->keyless ? std::string() : key_of(broken), found->what};
}

}  // namespace hawser::config
