// Whether a process still runs, by its number. A zombie does not: whoever has to reap it may take its time,
// as process 1 of some machines does, and kill(pid, 0) calls it alive until then.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>
#include <sys/types.h>

namespace hawser::lab {

inline bool runs(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  const std::string stat(std::istreambuf_iterator<char>(file), {});
  const auto name_ends = stat.rfind(')');  // the name may have spaces and brackets of its own
  if (name_ends == std::string::npos || name_ends + 2 >= stat.size()) return false;
  const char state = stat[name_ends + 2];
  return state != 'Z' && state != 'X';
}

}  // namespace hawser::lab
