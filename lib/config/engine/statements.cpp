#include "lib/config/engine/statements.h"

#include <algorithm>

namespace hawser::config {

namespace {

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kBom = "\xEF\xBB\xBF";

bool starts_at(std::string_view text, std::size_t at, std::string_view what) {
  return text.substr(std::min(at, text.size())).starts_with(what);
}

std::size_t end_of_line(std::string_view text, std::size_t from) {
  return std::min(text.find('\n', from), text.size());
}

// Behind a string that begins at `from`, or where the text ends in it: a plain one ends with its line.
std::size_t end_of_string(std::string_view text, std::size_t from) {
  const char mark = text[from];
  const std::string triple(3, mark);
  if (starts_at(text, from, triple)) {
    const auto end = text.find(triple, from + 3);
    return end == std::string_view::npos ? text.size() : end + 3;
  }
  for (auto at = from + 1; at < text.size() && text[at] != '\n'; ++at) {
    if (text[at] == '\\' && mark == '"')
      ++at;
    else if (text[at] == mark)
      return at + 1;
  }
  return end_of_line(text, from);
}

class Scanner {
 public:
  Scanner(std::string_view text, std::size_t until) : text_(text), until_(until) {
    if (text.starts_with(kBom)) at_ = kBom.size();
  }

  std::vector<Statement> read() {
    while (to_next()) read_one();
    return std::move(found_);
  }

 private:
  // Over blanks, comments and ends of lines.
  bool to_next() {
    while (at_ < text_.size() &&
           (text_[at_] == '\n' || kBlanks.find(text_[at_]) != std::string_view::npos || text_[at_] == '#'))
      at_ = text_[at_] == '#' ? end_of_line(text_, at_) : at_ + 1;
    return at_ < text_.size() && at_ <= until_;
  }

  void read_one() {
    Statement next;
    next.begin = at_;
    if (text_[at_] == '[')
      read_header(next);
    else
      read_pair(next);
    found_.push_back(std::move(next));
  }

  void read_header(Statement& header) {
    auto line = line_at(text_, at_);
    header.is_list = line.starts_with("[[");
    line.remove_prefix(header.is_list ? 2 : 1);
    section_ = plain_path(line.substr(0, std::min({line.find(']'), line.find('#'), line.size()})));
    header.section = section_;
    at_ = end_of_line(text_, at_);
  }

  void read_pair(Statement& pair) {
    const auto end = end_of_line(text_, at_);
    auto equals = at_;
    while (equals < end && text_[equals] != '=')
      equals = text_[equals] == '"' || text_[equals] == '\'' ? end_of_string(text_, equals) : equals + 1;
    pair.section = section_;
    pair.key = plain_path(text_.substr(at_, std::min(equals, end) - at_));
    at_ = end;
    if (equals >= end) return;
    pair.value = std::min(text_.find_first_not_of(kBlanks, equals + 1), end);
    at_ = end_of_value(*pair.value);
  }

  [[nodiscard]] std::size_t end_of_value(std::size_t at) const {
    std::size_t depth = 0;
    while (at < text_.size() && at <= until_) {
      const char c = text_[at];
      if (c == '"' || c == '\'') {
        at = end_of_string(text_, at);
        continue;
      }
      if (c == '#') {
        at = end_of_line(text_, at);
        continue;
      }
      if (c == '\n' && depth == 0) break;
      if (c == '[' || c == '{') ++depth;
      if ((c == ']' || c == '}') && depth > 0) --depth;
      ++at;
    }
    return at;
  }

  std::string_view text_;
  std::size_t until_;
  std::size_t at_ = 0;
  std::string section_;
  std::vector<Statement> found_;
};

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string Statement::path() const {
  if (section.empty() || key.empty()) return section + key;
  return section + "." + key;
}

std::vector<Statement> statements(std::string_view text, std::size_t until) {
  return Scanner(text, until).read();
}

Surroundings surroundings(std::string_view text, std::size_t value, std::size_t at) {
  Surroundings around{{}, value, {}};
  const auto next = [&](std::size_t from) { return std::min(text.find_first_not_of(" \t\r\n", from), at); };
  for (auto i = value; i < std::min(at, text.size());) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      const auto end = end_of_string(text, i);
      const bool closed = end > i + 1 && text[end - 1] == c;
      if (end > at || !closed) return around.string = i, around;
      i = end;
      continue;
    }
    if (c == '#') {
      i = end_of_line(text, i);
      continue;
    }
    ++i;
    if (c == '[' || c == '{') around.open.push_back(i - 1);
    if ((c == ']' || c == '}') && !around.open.empty()) around.open.pop_back();
    if (c == '[' || c == '{' || (c == ',' && !around.open.empty())) around.element = next(i);
  }
  return around;
}

std::size_t offset_of(std::string_view text, Place place) {
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < place.line && at < text.size(); ++line)
    at = std::min(end_of_line(text, at) + 1, text.size());
  if (at == 0 && text.starts_with(kBom)) at = kBom.size();
  for (std::uint32_t column = 1; column < place.column && at < text.size(); ++column) {
    ++at;
    while (at < text.size() && continues(text[at])) ++at;
  }
  return at;
}

Place place_of(std::string_view text, std::size_t offset, std::uint32_t file) {
  const auto before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::ranges::count(before, '\n');
  auto last = before.substr(before.rfind('\n') + 1);
  if (line == 0 && last.starts_with(kBom)) last.remove_prefix(kBom.size());
  const auto column = std::ranges::count_if(last, [](char c) { return !continues(c); });
  return {file, static_cast<std::uint32_t>(line + 1), static_cast<std::uint32_t>(column + 1)};
}

std::string_view line_at(std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  auto line = text.substr(offset, end_of_line(text, offset) - offset);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

std::string plain_path(std::string_view written) {
  std::string path;
  while (true) {
    const auto dot = written.find('.');
    auto part = trimmed(written.substr(0, dot));
    if (part.size() > 1 && (part.front() == '"' || part.front() == '\'') && part.back() == part.front())
      part = part.substr(1, part.size() - 2);
    path += part;
    if (dot == std::string_view::npos) return path;
    path += '.';
    written.remove_prefix(dot + 1);
  }
}

}  // namespace hawser::config
