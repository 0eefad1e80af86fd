// What is wrong with a section's header, and with a line before its value.
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "lib/config/engine/syntax.h"

namespace hawser::config {

namespace {

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts{""};
  for (const char c : path) {
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

// "bond b" -> "bond.b", "bond.bond0:1" -> "bond."bond0:1"", "bond." -> "bond.NAME".
std::string mended_path(std::string_view inside) {
  std::string path(trimmed(inside));
  if (path.find('.') == std::string::npos)
    if (const auto blank = path.find_first_of(" \t"); blank != std::string::npos) {
      path[blank] = '.';
      std::erase(path, '"');
    }
  std::string mended;
  for (const auto& part : parts_of(plain_path(path)))
    mended += (mended.empty() ? "" : ".") + (part.empty() ? std::string("NAME") : toml_key(part));
  return mended;
}

// Only [[..real]] repeats.
std::string header_for(std::string_view inside) {
  const auto path = mended_path(inside);
  return path.ends_with(".real") ? fmt::format("[[{}]]", path) : fmt::format("[{}]", path);
}

Guess guess_behind_header(const Broken& broken, std::string_view behind) {
  if (foreign_comment(behind)) return Finding{broken.at, "a comment begins with #"};
  if (behind.starts_with("]")) return Finding{broken.at, "has one ] too many"};
  if (behind.starts_with("{"))
    return Finding{broken.at, "needs no { }: what stands below belongs to it, up to the next [section]"};
  return Finding{broken.at, "what belongs to a section begins on the next line"};
}

Guess guess_key(const Broken& broken, std::string_view written) {
  const auto at = broken.last().begin;
  if (written.starts_with("\"") || written.starts_with("'"))
    return Finding{at, "the key's closing quote is missing; a key needs no quotes"};
  if (written.starts_with("- "))
    return Finding{at, "is not a list item: a list is written KEY = [\"a\", \"b\"]"};
  if (written.find_first_of(" \t") != std::string_view::npos)
    return Finding{at, fmt::format("{} is not a key: a key is one word, without blanks", quote(written))};
  return std::nullopt;
}

// What stands where "=" should.
Guess guess_instead_of_equals(const Broken& broken, std::string_view key, std::string_view behind) {
  const auto at = broken.last().begin + key.size();
  if (behind.starts_with("]")) {
    return Finding{broken.last().begin, fmt::format("the opening [ is missing: write {}", header_for(key))};
  }
  const bool colon = behind.starts_with(":");
  const auto value = trimmed(behind.substr(colon ? 1 : 0));
  if (value.empty() && !colon) return Finding{at, fmt::format("has no value: write {} = ..", key)};
  const auto right = value.starts_with("[") || value.starts_with("{") ? std::string(value) : as_toml(value);
  return Finding{
      at, fmt::format("{}: write {} = {}", colon ? "a value follows \"=\", not \":\"" : "\"=\" is missing",
                      key, right)};
}

}  // namespace

Guess guess_header(const Broken& broken) {
  const auto line = broken.line();
  const bool list = line.starts_with("[[");
  const auto from = std::min(line.find_first_not_of('['), line.size());
  const auto comment = line.find('#');
  const auto close = line.substr(0, comment).find(']');
  const auto inside = trimmed(line.substr(from, std::min({close, comment, line.size()}) - from));
  if (close == std::string_view::npos)
    return Finding{broken.at, fmt::format("the closing ] is missing: write {}", header_for(inside))};
  const auto end = broken.last().begin + close + (list ? 2 : 1);
  if (list && !line.substr(close).starts_with("]]"))
    return Finding{broken.at, fmt::format("the brackets do not pair: write {}", header_for(inside))};
  if (broken.at >= end) return guess_behind_header(broken, broken.rest());
  if (inside.empty() || mended_path(inside).find("NAME") != std::string::npos)
    return Finding{broken.at, fmt::format("a name is missing: write {}",
                                          inside.empty() ? "[SECTION.NAME]" : header_for(inside))};
  if (mended_path(inside) == inside) return std::nullopt;
  return Finding{broken.at,
                 fmt::format("a section is words with a dot between: write {}", header_for(inside))};
}

Guess guess_no_value(const Broken& broken) {
  const auto line = broken.line();
  const auto at = broken.last().begin;
  if (foreign_comment(line)) return Finding{at, "a comment begins with #", true};
  if (line.starts_with("=")) return Finding{at, "a key is missing before \"=\"", true};
  if (broken.last().value) {
    auto written = line.substr(0, std::min(line.find('='), line.size()));
    return guess_key(broken, trimmed(written));
  }
  const auto end = std::ranges::find_if_not(line, [](char c) { return is_bare(c) || c == '.'; });
  const auto key = line.substr(0, static_cast<std::size_t>(end - line.begin()));
  auto behind = line.substr(key.size());
  behind = trimmed(behind.substr(0, std::min(behind.find(" #"), behind.size())));
  if (line.starts_with("\"") || line.starts_with("'"))
    return Finding{at, "the quotes do not pair; a key needs none", true};
  if (key.empty()) return std::nullopt;
  return guess_instead_of_equals(broken, key, behind);
}

}  // namespace hawser::config
