// Aligned columns for people, as wide as their terminal. Widths count characters, not bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::cli {

enum class Align : std::uint8_t { kLeft, kRight };  // numbers: right

enum class Fit : std::uint8_t { kWhole, kWraps };  // sentences wrap where the terminal is too narrow

struct Column {
  std::string title;
  Align align = Align::kLeft;
  Fit fit = Fit::kWhole;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // A row shorter than the columns is filled with empty cells; a longer one is cut.
  void add(std::vector<std::string> cells);
  // Title line and rows, two spaces between columns, no blanks at line ends. A column whose cells are all
  // empty is left out. Nothing for a table without rows. Where the lines would be longer than `width`
  // characters (0: no limit), the column that wraps is continued in lines below.
  [[nodiscard]] std::string str(std::string_view indent = "", std::size_t width = 0) const;

 private:
  using Widths = std::vector<std::size_t>;  // one a column; 0: nothing in it, left out
  [[nodiscard]] Widths natural_widths() const;
  void narrow(Widths& widths, std::size_t indent, std::size_t limit) const;
  void append_row(std::string& text, const std::vector<std::string>& cells, const Widths& widths,
                  std::string_view indent) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Characters of UTF-8 text.
std::size_t width_of(std::string_view text);
// Into lines of at most `width` characters, between words where that can be.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);
// Text for a cell: control characters, which a name from outside may hold, become "?".
std::string printable(std::string_view text);

}  // namespace hawser::cli
