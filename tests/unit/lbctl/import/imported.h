// A file of another program as TOML that the rules take, and what was left out of it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lbctl/import/import.h"
#include "lib/config/host_file.h"

namespace hawser::lbctl {

// Whatever it is, `netd check` and `vipd check` take it.
inline Imported imported(Foreign format, const std::string& text, const IncludeReader& include = {}) {
  auto made = import_file(format, {"f", text}, include);
  if (made.text.empty()) return made;
  const auto judged = config::judge_sources({{"hawser.toml", made.text}}, {}, config::Part::kAll);
  for (const auto& problem : judged.problems) ADD_FAILURE() << to_string(problem) << "\n" << made.text;
  for (const auto& left : made.left_out) EXPECT_FALSE(left.why.empty()) << to_string(left);
  return made;
}

inline std::vector<std::string> left(const Imported& made) {
  std::vector<std::string> lines;
  lines.reserve(made.left_out.size());
  for (const auto& one : made.left_out) lines.push_back(to_string(one));
  return lines;
}

// Without the first line, which is always the same.
inline std::string body(const Imported& made) {
  const std::string head = "format = 1\n\n";
  EXPECT_TRUE(made.text.starts_with(head)) << made.text;
  return made.text.substr(std::min(head.size(), made.text.size()));
}

// What a version of Hawser that has it says, and one that does not have it names: `setting` is in the file,
// or the line is among those left out, and never both.
inline void expect_said_or_left(const Imported& made, const std::string& setting, unsigned line) {
  const bool said = made.text.find("\n" + setting + "\n") != std::string::npos;
  const bool named =
      std::ranges::any_of(made.left_out, [&](const LeftOut& one) { return one.at.line == line; });
  EXPECT_NE(said, named) << setting << "\n" << made.text << testing::PrintToString(left(made));
}

}  // namespace hawser::lbctl
