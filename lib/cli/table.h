// Aligned columns for people. Widths count characters, not bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::cli {

enum class Align : std::uint8_t { kLeft, kRight };  // numbers: right

struct Column {
  std::string title;
  Align align = Align::kLeft;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // A row shorter than the columns is filled with empty cells; a longer one is cut.
  void add(std::vector<std::string> cells);
  // Title line and rows, two spaces between columns, no blanks at line ends. A column whose cells are all
  // empty is left out. Nothing for a table without rows.
  [[nodiscard]] std::string str(std::string_view indent = "") const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Characters of UTF-8 text.
std::size_t width_of(std::string_view text);
// Text for a cell: control characters, which a name from outside may hold, become "?".
std::string printable(std::string_view text);

}  // namespace hawser::cli
