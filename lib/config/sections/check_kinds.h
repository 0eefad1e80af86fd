// The kinds of check: one entry each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/config/engine/reading.h"
#include "lib/config/sections/check.h"

namespace hawser::config {

struct CheckKindInfo {
  std::string_view word;                              // of `type`
  std::string_view called;                            // "an http check"
  void (*add_rows)(Rows<CheckSpec>& rows) = nullptr;  // null: it has no settings of its own
  void (*check)(const Section<CheckSpec>& check, Report& report) = nullptr;
  void (*note)(const Section<CheckSpec>& check, Report& report) = nullptr;
};

// In the order of CheckKind's alternatives.
const std::vector<CheckKindInfo>& check_kinds();
std::string list_of_check_kinds();  // "tcp" or "http", each in quotes
// Known by name and refused in words until a version supports it.
bool is_later_check_kind(std::string_view word);

}  // namespace hawser::config
