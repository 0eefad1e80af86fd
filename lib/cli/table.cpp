#include "lib/cli/table.h"

#include <algorithm>

namespace hawser::cli {
namespace {

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

// Continuation bytes are 10xxxxxx.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  }));
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

std::string Table::str(std::string_view indent) const {
  if (rows_.empty()) return {};
  std::vector<std::size_t> widths(columns_.size(), 0);  // 0: nothing in it, left out
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    for (const auto& row : rows_) widths[i] = std::max(widths[i], width_of(row[i]));
    if (widths[i] > 0) widths[i] = std::max(widths[i], width_of(columns_[i].title));
  }
  std::string text;
  std::string titles(indent);
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (widths[i] > 0) append(titles, columns_[i].title, widths[i], columns_[i].align);
  end(text, titles);
  for (const auto& row : rows_) {
    std::string line(indent);
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (widths[i] > 0) append(line, row[i], widths[i], columns_[i].align);
    end(text, line);
  }
  return text;
}

}  // namespace hawser::cli
