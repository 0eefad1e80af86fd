// Starts a program of the user's under a process of its own that minds it: all that the program starts, also
// what leaves its process group or session, comes down to the minder and is ended by it, when the program has
// ended, when it is told to, and when whoever started it is gone. For run.cpp only.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace hawser::run {

// What the two say to each other.
enum class Order : int { kTerminate = 1, kKill };  // SIGTERM to the program's group; SIGKILL to everything
enum class News : int { kNotStarted = 1, kEnded };
struct Report {
  News news = News::kEnded;
  int value = 0;  // kNotStarted: errno; kEnded: the status of waitpid(2)
};

struct Minded {
  pid_t minder = 0;
  Fd control;  // SOCK_SEQPACKET: an Order, a Report each; its end: nothing of the program is left
  Fd output, errors;
};

struct Image {
  std::vector<std::string> words;        // argv: first what it is called
  std::vector<std::string> environment;  // all of it, "NAME=value"
  std::string input;                     // of at most what a pipe holds
};

// `program`: of open_program(). What is returned does not block.
Result<Minded> start_minded(const Fd& program, Image image);

}  // namespace hawser::run
