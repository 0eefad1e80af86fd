#include "lib/foreign/lines.h"

#include <algorithm>

namespace hawser {

namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";

bool goes_on(std::string& text) {
  const bool more = !text.empty() && text.back() == '\\';
  if (more) text.back() = ' ';
  return more;
}

}  // namespace

std::string to_string(const LeftOut& left) {
  const auto place = left.at.line == 0 ? left.at.file : fmt::format("{}:{}", left.at.file, left.at.line);
  return fmt::format("{}: {}: {}", place, left.what, left.why);
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (text = trimmed(text); !text.empty();) {
    const auto end = std::min(text.find_first_of(kBlanks), text.size());
    words.emplace_back(text.substr(0, end));
    text = trimmed(text.substr(end));
  }
  return words;
}

std::pair<std::string, std::string> first_word(std::string_view text) {
  text = trimmed(text);
  const auto end = std::min(text.find_first_of(kBlanks), text.size());
  return {std::string(text.substr(0, end)), std::string(trimmed(text.substr(end)))};
}

std::vector<Line> lines_of(std::string_view text, std::string_view comment) {
  std::vector<Line> lines;
  bool more = false;
  for (unsigned number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string line(trimmed(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool is_comment = !line.empty() && comment.find(line.front()) != std::string_view::npos;
    if (is_comment) continue;  // also between a line and its continuation
    const bool joins = more;
    more = goes_on(line);
    if (joins)
      lines.back().text += line;
    else
      lines.push_back({number, std::move(line)});
  }
  for (auto& line : lines) line.text = std::string(trimmed(line.text));
  std::erase_if(lines, [](const Line& line) { return line.text.empty(); });
  return lines;
}

}  // namespace hawser
