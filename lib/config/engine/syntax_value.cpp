// What is wrong with what follows "=".
#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "lib/config/engine/syntax.h"

namespace hawser::config {

namespace {

using Text = std::string_view;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool contains(Text text, Text what) {
  return text.find(what) != Text::npos;
}

std::string lower(Text text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

bool has_curly_quote(Text text) {
  constexpr std::array<Text, 8> kCurly{"\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E", "\xE2\x80\x98",
                                       "\xE2\x80\x99", "\xC2\xAB",     "\xC2\xBB",     "`"};
  return std::ranges::any_of(kCurly, [&](Text mark) { return contains(text, mark); });
}

// Without a comment and without the comma or semicolon that other languages end a line with.
Text until_comment(Text line) {
  if (line.starts_with("#")) return {};
  line = line.substr(0, std::min({line.find(" #"), line.find("\t#"), line.size()}));
  line = trimmed(line);
  while (line.ends_with(",") || line.ends_with(";")) line.remove_suffix(1);
  return trimmed(line);
}

// `eth0, eth1` or `eth0 eth1` -> `["eth0", "eth1"]`.
std::string as_list(Text items) {
  items = trimmed(items);
  for (const char bracket : {'(', '[', '{'})
    if (items.starts_with(bracket)) items.remove_prefix(1);
  for (const char bracket : {')', ']', '}'})
    if (items.ends_with(bracket)) items.remove_suffix(1);
  // "tcp 192.0.2.1:80" is one element.
  const bool commas = contains(items, ",");
  const bool blanks = !commas && !items.starts_with("tcp ") && !items.starts_with("udp ") &&
                      !items.starts_with("sctp ") && !items.starts_with("fwmark");
  std::string text;
  while (!trimmed(items).empty()) {
    items = trimmed(items);
    const auto end = items.find_first_of(commas ? "," : blanks ? " \t" : "\n");
    const auto item = trimmed(items.substr(0, end));
    if (!item.empty()) text += (text.empty() ? "" : ", ") + as_toml(item);
    items = end == Text::npos ? Text() : items.substr(end + 1);
  }
  return fmt::format("[{}]", text);
}

bool wants_list(const Broken& broken) {
  return broken.type().starts_with("list");
}

bool is_placeholder(Text value) {
  return value.starts_with("$") || value.starts_with("{{") || value.starts_with("%(") ||
         (value.starts_with("<") && value.ends_with(">")) ||
         (value.size() > 2 && value.starts_with("@") && value.ends_with("@"));
}

Guess guess_word(const Broken& broken, std::size_t at, Text value) {
  constexpr std::array<Text, 5> kTrue{"true", "yes", "on", "y", "enable"};
  constexpr std::array<Text, 5> kFalse{"false", "no", "off", "n", "disable"};
  constexpr std::array<Text, 4> kNull{"null", "nil", "~", "undefined"};
  const auto word = lower(value);
  const auto type = broken.type();
  if (std::ranges::find(kNull, word) != kNull.end())
    return Finding{at, fmt::format("there is no {}: leave the line out to have the default", value)};
  const bool yes = std::ranges::find(kTrue, word) != kTrue.end();
  const bool no = std::ranges::find(kFalse, word) != kFalse.end();
  const bool flag = type == "bool" || word == "true" || word == "false";
  if ((yes || no) && flag) return Finding{at, fmt::format("write {}, not {}", yes, value)};
  if (type == "bool") return Finding{at, fmt::format("must be true or false, not {}", value)};
  return std::nullopt;
}

Guess guess_number(const Broken& broken, std::size_t at, Text value) {
  const bool digits = !value.empty() && std::ranges::all_of(value, is_digit);
  if (digits && value.size() > 1 && value[0] == '0')
    return Finding{at, fmt::format("a number has no zero in front: write {}",
                                   value.substr(std::min(value.find_first_not_of('0'), value.size() - 1)))};
  if (digits && value.size() > 18) return Finding{at, fmt::format("{} is too large", value)};
  if (broken.type() == "int") return Finding{at, fmt::format("must be a whole number, not {}", value)};
  return std::nullopt;
}

// Whether a value is all that follows "=", or stands within [ ] or { }.
enum class Depth : std::uint8_t { kWhole, kInside };

// The value as it should stand: a duration has no blank.
std::string mended(const Broken& broken, Text value, Depth depth) {
  std::string text(value);
  if (broken.type() == "duration") std::erase(text, ' ');
  return depth == Depth::kWhole && wants_list(broken) ? as_list(text) : as_toml(text);
}

Guess guess_bare(const Broken& broken, std::size_t at, Text value, Depth depth) {
  if (value.empty()) return Finding{at, "has no value: write one after \"=\", or delete the line"};
  if (value.starts_with("=")) return Finding{at, "one = is enough"};
  if (const auto blank = value.find(' '); blank != Text::npos && contains(value.substr(blank), "="))
    return Finding{at + blank, "each setting stands on a line of its own"};
  if (is_placeholder(value))
    return Finding{at, fmt::format("{} is the placeholder of a template that was not filled in", value)};
  if (value.starts_with("("))
    return Finding{at, fmt::format("a list stands in [ ]: write {}", as_list(value))};
  if (has_curly_quote(value))
    return Finding{at, fmt::format("the quotes are not plain ones: write {}", mended(broken, value, depth))};
  if (auto word = guess_word(broken, at, value)) return word;
  if (auto number = guess_number(broken, at, value)) return number;
  if (value.ends_with("\"") || value.ends_with("'"))
    return Finding{at, fmt::format("the opening quote is missing: write {}", mended(broken, value, depth))};
  return Finding{at, fmt::format("quotes are missing: write {}", mended(broken, value, depth))};
}

// A string in which the line ends, or that holds what it must not.
Guess guess_string(const Broken& broken, std::size_t begin) {
  const char mark = broken.text[begin];
  const auto line = line_at(broken.text, begin);
  if (mark == '"' && broken.at > begin + 1 && broken.text[broken.at - 1] == '\\')
    return Finding{broken.at - 1,
                   "a backslash in a text is written \\\\, or the text in single quotes, '..'"};
  if (line.starts_with("\"\"\"") || line.starts_with("'''"))
    return Finding{begin, fmt::format("the closing {} is missing", line.substr(0, 3))};
  if (has_curly_quote(line)) return Finding{begin, fmt::format("the closing quote is not a plain {}", mark)};
  return Finding{begin, fmt::format("the closing {} is missing", mark)};
}

// Behind a value that is whole.
Guess guess_behind(const Broken& broken, std::size_t begin) {
  const auto rest = trimmed(broken.rest());
  const auto line = line_at(broken.text, begin);
  const auto value = trimmed(broken.text.substr(begin, broken.at - begin));
  const bool number = std::ranges::all_of(value, is_digit);
  if (rest == "," || rest == ";" || rest.starts_with(", #") || rest.starts_with("; #"))
    return Finding{broken.at, fmt::format("the line ends without \"{}\"", rest.substr(0, 1))};
  if (contains(rest, "=") && !rest.starts_with("]"))
    return Finding{broken.at, "each setting stands on a line of its own"};
  if (foreign_comment(rest)) return Finding{broken.at, "a comment begins with #"};
  if (number && rest.starts_with(",") && rest.size() > 1 && is_digit(rest[1])) {
    std::string all(until_comment(line));
    std::erase(all, ',');
    return Finding{broken.at, fmt::format("a number has no comma: write {}", all)};
  }
  if (rest.starts_with(",") || wants_list(broken))
    return Finding{begin, fmt::format("a list stands in [ ]: write {}", as_list(until_comment(line)))};
  if (rest.starts_with("]") || rest.starts_with("}") || rest.starts_with(")"))
    return Finding{broken.at, fmt::format("has one {} too many", rest.substr(0, 1))};
  if (number && broken.type() == "int")
    return Finding{begin, fmt::format("a number stands alone: write {}", value)};
  if (value.starts_with("\"") || value.starts_with("'"))
    return Finding{broken.at, "behind the closing quote only a # comment may follow"};
  return Finding{
      begin, fmt::format("quotes are missing: write {}", mended(broken, until_comment(line), Depth::kWhole))};
}

// Nothing but blanks stands before it on its line.
bool begins_line(Text text, std::size_t at) {
  const auto before = text.substr(0, at);
  return trimmed(before.substr(before.rfind('\n') + 1)).empty() && contains(before, "\n");
}

std::string plain_list(Text line) {
  const auto end = line.find(']');
  if (end == Text::npos || contains(line.substr(1, end), "[") || contains(line.substr(0, end), "{"))
    return "";
  return as_list(line.substr(0, end));
}

// The bracket of a list in which the next [section] stands: nothing else looks like this at a line's
// beginning.
std::optional<std::size_t> list_before_header(const Broken& broken, const Surroundings& around) {
  for (std::size_t i = 1; i < around.open.size(); ++i) {
    const auto line = trimmed(line_at(broken.text, around.open[i]));
    if (begins_line(broken.text, around.open[i]) && line.ends_with("]") && !contains(line, "\"") &&
        !contains(line, ","))
      return around.open[i - 1];
  }
  return std::nullopt;
}

Guess guess_in_list(const Broken& broken, const Surroundings& around) {
  constexpr Text kNotClosed = "the list that begins here is not closed: write ] behind its last element";
  if (const auto list = list_before_header(broken, around)) return Finding{*list, std::string(kNotClosed)};
  const auto open = around.open.back();
  const auto rest = trimmed(broken.rest());
  const auto element = line_at(broken.text, around.element);
  if (broken.at >= broken.text.size() ||
      (begins_line(broken.text, broken.at) && (contains(rest, "=") || rest.starts_with("["))))
    return Finding{open, std::string(kNotClosed)};
  if (rest.starts_with(")") || rest.starts_with("}")) return Finding{broken.at, "a list ends with ]"};
  if (rest.starts_with(",")) return Finding{broken.at, "has one comma too many"};
  const bool quoted = element.starts_with("\"") || element.starts_with("'");
  if (quoted && broken.at > around.element) {
    if (rest.starts_with("\"") || rest.starts_with("'") || begins_line(broken.text, broken.at))
      return Finding{broken.at, fmt::format("a comma is missing before {}",
                                            rest.substr(0, std::min(rest.find_first_of(",]"), rest.size())))};
    return Finding{around.element, "the quotes do not pair: each text has one before and one behind it"};
  }
  const auto bare = trimmed(element.substr(0, std::min(element.find_first_of(",]}"), element.size())));
  auto found = guess_bare(broken, around.element, bare, Depth::kInside);
  const auto whole = plain_list(line_at(broken.text, open));
  if (found && found->what.starts_with("quotes are missing"))
    found->what = fmt::format("quotes are missing: write {}", whole.empty() ? as_toml(bare) : whole);
  return found;
}

Guess guess_in_table(const Broken& broken, const Surroundings& around) {
  const auto open = around.open.back();
  const auto rest = trimmed(broken.rest());
  if (is_placeholder(line_at(broken.text, open))) return guess_bare(broken, open, "{{", Depth::kInside);
  if (rest.empty() || rest.starts_with("#")) {
    const auto line = trimmed(until_comment(line_at(broken.text, open)));
    const auto written = trimmed(line_at(broken.text, open));
    const bool goes_on = written.size() != line.size() || line.ends_with("{");
    return Finding{
        open, goes_on ? "what begins with { must end with } on the same line" : "the closing } is missing"};
  }
  if (rest.starts_with(":")) return Finding{broken.at, "a value follows \"=\", not \":\""};
  if (rest.starts_with("}")) return Finding{broken.at, "no comma stands before }"};
  if (rest.starts_with(",")) return Finding{broken.at, "has one comma too many"};
  const auto before = trimmed(broken.text.substr(around.element, broken.at - around.element));
  const auto equals = before.find('=');
  if (equals == Text::npos)
    return Finding{broken.at, "between { and } stand pairs: KEY = VALUE, KEY = VALUE"};
  const auto element = line_at(broken.text, around.element);
  const auto behind = element.find_first_not_of(" \t", element.find('=') + 1);
  if (behind != Text::npos && around.element + behind < broken.at && contains(rest, "="))
    return Finding{broken.at,
                   fmt::format("a comma is missing before {}", rest.substr(0, rest.find_first_of(" \t=")))};
  const auto value = element.substr(std::min(behind, element.size()));
  const auto bare = trimmed(value.substr(0, std::min(value.find_first_of(",}"), value.size())));
  if (bare.starts_with("\"")) return Finding{broken.at, "the quotes do not pair"};
  return guess_bare(broken, around.element + behind, bare, Depth::kInside);
}

}  // namespace

Guess guess_value(const Broken& broken) {
  const auto begin = *broken.last().value;
  const auto around = surroundings(broken.text, begin, broken.at);
  if (around.string) return guess_string(broken, *around.string);
  if (!around.open.empty())
    return broken.text[around.open.back()] == '[' ? guess_in_list(broken, around)
                                                  : guess_in_table(broken, around);
  const auto line = line_at(broken.text, begin);
  const auto value = until_comment(line);
  const auto tail = value.empty() ? value : trimmed(line.substr(line.find(value) + value.size()));
  if (!value.empty() && std::ranges::all_of(value, is_digit) &&
      (tail.starts_with(";") || tail.starts_with(",")))
    return Finding{begin + value.size(), fmt::format("the line ends without \"{}\"", tail.substr(0, 1))};
  const bool behind_whole =
      broken.at > begin && contains(broken.parser_words, "expected a comment or whitespace");
  if (behind_whole) return guess_behind(broken, begin);
  return guess_bare(broken, begin, value, Depth::kWhole);
}

}  // namespace hawser::config
