// TOML text to the tree of value.h. The only user of toml++.
#pragma once

#include <variant>

#include "lib/config/engine/problem.h"
#include "lib/config/engine/value.h"

namespace hawser::config {

struct SyntaxError {
  Place place;
  std::string what;  // the parser's words; better ones: explain_syntax()
};

// `file` is the index that every Place gets. Never throws; toml++ stops at the first syntax error.
std::variant<Table, SyntaxError> parse(const std::string& text, std::uint32_t file);

}  // namespace hawser::config
