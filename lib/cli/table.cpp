#include "lib/cli/table.h"

#include <algorithm>

namespace hawser::cli {
namespace {

constexpr std::size_t kNarrowest = 24;  // a sentence in less is worse than a long line

bool is_inside_character(char byte) {  // continuation bytes are 10xxxxxx
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// Bytes of the first `count` characters.
std::size_t bytes_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if (!is_inside_character(text[at]) && count-- == 0) break;
  return at;
}

// Where a line of at most `width` characters ends: in front of a blank, else in the middle of a word.
std::size_t line_end(std::string_view text, std::size_t width) {
  const auto most = bytes_of(text, width);
  if (most == text.size()) return most;
  const auto blank = text.rfind(' ', most);
  return blank == std::string_view::npos || blank == 0 ? most : blank;
}

void append(std::string& line, std::string_view cell, std::size_t width, Align align) {
  const std::string blanks(width - width_of(cell), ' ');
  if (align == Align::kRight) line += blanks;
  line += cell;
  if (align == Align::kLeft) line += blanks;
  line += "  ";
}

void end(std::string& text, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  text += line + "\n";
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !is_inside_character(byte); }));
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  do {
    const auto end = line_end(text, std::max<std::size_t>(width, 1));
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(text.find_first_not_of(' ', end), text.size()));
  } while (!text.empty());
  return lines;
}

std::string printable(std::string_view text) {
  std::string result(text);
  for (auto& byte : result)
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F) byte = '?';
  return result;
}

void Table::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (auto& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

Table::Widths Table::natural_widths() const {
  Widths widths(columns_.size(), 0);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    for (const auto& row : rows_) widths[i] = std::max(widths[i], width_of(row[i]));
    if (widths[i] > 0) widths[i] = std::max(widths[i], width_of(columns_[i].title));
  }
  return widths;
}

void Table::narrow(Widths& widths, std::size_t indent, std::size_t limit) const {
  std::size_t whole = indent;
  for (const auto width : widths)
    if (width > 0) whole += width + 2;
  whole -= std::min<std::size_t>(whole, 2);  // no blanks at line ends
  for (std::size_t i = 0; i < columns_.size() && whole > limit; ++i) {
    if (columns_[i].fit != Fit::kWraps || widths[i] <= kNarrowest) continue;
    const auto narrower = std::max(kNarrowest, widths[i] - std::min(widths[i], whole - limit));
    whole -= widths[i] - narrower;
    widths[i] = narrower;
  }
}

void Table::append_row(std::string& text, const std::vector<std::string>& cells, const Widths& widths,
                       std::string_view indent) const {
  std::vector<std::vector<std::string>> lines;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    lines.push_back(widths[i] > 0 ? wrapped(cells[i], widths[i]) : std::vector<std::string>{});
    height = std::max(height, lines.back().size());
  }
  for (std::size_t at = 0; at < height; ++at) {
    std::string line(indent);
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (widths[i] > 0) append(line, at < lines[i].size() ? lines[i][at] : "", widths[i], columns_[i].align);
    end(text, line);
  }
}

std::string Table::str(std::string_view indent, std::size_t width) const {
  if (rows_.empty()) return {};
  auto widths = natural_widths();
  if (width > 0) narrow(widths, indent.size(), width);
  std::vector<std::string> titles;
  titles.reserve(columns_.size());
  for (const auto& column : columns_) titles.push_back(column.title);
  std::string text;
  append_row(text, titles, widths, indent);
  for (const auto& row : rows_) append_row(text, row, widths, indent);
  return text;
}

}  // namespace hawser::cli
