#include "lib/config/dump.h"

#include <algorithm>

#include <fmt/format.h>

namespace hawser::config {

namespace {

// "pool.web.real[2]" is the second [[pool.web.real]].
std::string header_of(const std::string& section) {
  if (!section.ends_with("]")) return fmt::format("[{}]", section);
  return fmt::format("[[{}]]", section.substr(0, section.rfind('[')));
}

std::string line_of(const Effective& row) {
  const auto name = row.section.empty() ? row.key : row.key.substr(row.section.size() + 1);
  const bool is_default = row.origin == "default" && row.whole.empty();
  return fmt::format("{}{} = {}  # {}\n", is_default ? "# " : "", name,
                     row.whole.empty() ? row.value : row.whole, row.origin);
}

}  // namespace

std::string dump_file(const std::vector<Effective>& rows) {
  std::string text;
  for (const auto& row : rows)
    if (row.section.empty()) text += line_of(row);
  std::string section;
  for (const auto& row : rows) {
    if (row.section.empty()) continue;
    if (row.section != section)
      text += fmt::format("{}{}\n", text.empty() ? "" : "\n", header_of(row.section));
    section = row.section;
    text += line_of(row);
  }
  return text;
}

}  // namespace hawser::config
