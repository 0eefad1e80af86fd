// Loading texts in tests.
#pragma once

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "lib/config/load.h"

namespace hawser::config {

inline const std::string kTwoNodes =
    "[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = [\"192.0.2.12\", \"2001:db8::12\"]\n";

// Each problem as people see it.
inline std::vector<std::string> lines(const Loaded& loaded) {
  std::vector<std::string> result;
  result.reserve(loaded.problems.size());
  for (const auto& problem : loaded.problems) result.push_back(to_string(problem));
  return result;
}

inline std::vector<std::string> notes(const Loaded& loaded) {
  std::vector<std::string> result;
  result.reserve(loaded.notes.size());
  for (const auto& note : loaded.notes) result.push_back(note_text(note));
  return result;
}

inline Loaded load_text(const std::string& text, const std::string& node = {}, Part part = Part::kAll) {
  return load({{"t.toml", text}}, {node, {}, "host"}, part, Emptiness::kAllowed);
}

inline std::vector<std::string> problems_of(const std::string& text, const std::string& node = {},
                                            Part part = Part::kAll) {
  return lines(load_text(text, node, part));
}

// Exactly these lines. Not ElementsAre: hundreds of its instantiations take a compiler minutes.
template <class... Text>
auto Lines(const Text&... text) {
  return testing::ContainerEq(std::vector<std::string>{std::string(text)...});
}

// The row of `netd dump` as "VALUE (ORIGIN)".
inline std::string effective(const Loaded& loaded, const std::string& key) {
  for (const auto& row : loaded.effective)
    if (row.key == key) return row.value + " (" + row.origin + ")";
  return "no such row";
}

}  // namespace hawser::config
