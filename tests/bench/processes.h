// Processes as /proc shows them: who started whom, and what memory each has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace hawser::bench {

// Kilobytes of a process. rss = shared + own; own = what it alone holds, of which the heap and other
// anonymous memory are a part.
struct Memory {
  long rss = 0;
  long shared = 0;
  long own = 0;
  long heap = 0;  // [heap] of brk
  long anonymous =
      0;  // all memory without a file: heap, stacks, mmap; without the private pages of libraries

  bool operator==(const Memory&) const = default;
};

// From the texts of /proc/PID/smaps_rollup and /proc/PID/smaps. Pure.
Memory parse_memory(std::string_view rollup, std::string_view maps);

// Zero for a process that is gone.
Memory memory_of(pid_t pid);

// `pid` and all that descend from it, parents first.
std::vector<pid_t> tree_of(pid_t pid);

// Its command line, words joined by a blank; empty for a process that is gone.
std::string command_of(pid_t pid);

}  // namespace hawser::bench
