#include "lib/config/engine/problem.h"

#include <fmt/format.h>

namespace hawser::config {

std::string to_string(const Problem& problem) {
  if (problem.line == 0)
    return problem.key.empty() ? problem.what : fmt::format("{}: {}", problem.key, problem.what);
  if (problem.key.empty())
    return fmt::format("{}:{}:{}: {}", problem.file, problem.line, problem.column, problem.what);
  return fmt::format("{}:{}:{}: {}: {}", problem.file, problem.line, problem.column, problem.key,
                     problem.what);
}

std::string note_text(const Problem& note) {
  auto text = note;
  text.what = "note: " + note.what;
  return to_string(text);
}

}  // namespace hawser::config
