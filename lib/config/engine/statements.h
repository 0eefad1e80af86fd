// Which line belongs to which section and key in a file that the parser refused, up to the error. The text
// before the error is valid TOML, so a simple scan is enough.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/engine/value.h"

namespace hawser::config {

// One header or one KEY = VALUE, which may go over several lines.
struct Statement {
  std::size_t begin = 0;
  std::string section;               // of the header above, or of this header: "bond.bond0"
  std::string key;                   // empty: a header
  std::optional<std::size_t> value;  // where the value begins; none: there is no "="
  bool is_list = false;              // [[section]]

  [[nodiscard]] bool is_header() const { return key.empty() && !value; }
  [[nodiscard]] std::string path() const;  // "bond.bond0.mode"
};

// Every statement that begins at or before `until`; the mistake there is in the last one.
std::vector<Statement> statements(std::string_view text, std::size_t until);

// What surrounds an offset within a value.
struct Surroundings {
  std::vector<std::size_t> open;      // brackets that are not closed before it, outermost first
  std::size_t element = 0;            // where the element begins in which, or behind which, it lies
  std::optional<std::size_t> string;  // where the string begins in which it lies
};
Surroundings surroundings(std::string_view text, std::size_t value, std::size_t at);

// Lines are counted from 1, columns in characters from 1, as toml++ does.
std::size_t offset_of(std::string_view text, Place place);
Place place_of(std::string_view text, std::size_t offset, std::uint32_t file);

std::string_view line_at(std::string_view text, std::size_t offset);  // from there to the line's end
std::string_view trimmed(std::string_view text);
// Parts between dots, without blanks and quotes: `bond . "bond0"` -> "bond.bond0".
std::string plain_path(std::string_view written);

}  // namespace hawser::config
