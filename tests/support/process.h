// A background program in a namespace: started from its arguments (no shell), its output kept, killed when
// the object goes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <signal.h>
#include <sys/types.h>

#include "lib/base/fd.h"
#include "tests/support/clock.h"
#include "tests/support/namespace.h"

namespace hawser::lab {

class Process {
 public:
  struct Options {
    std::vector<std::string> environment{};  // "NAME=value", added to ours
    std::string input{};                     // standard input; then its end
  };

  // The child has the namespace's network, its host name and a /sys that shows its interfaces, as under `ip
  // netns exec`. A program that does not exist ends with status 127 and says so in output().
  Process(const Namespace& where, const Argv& argv) : Process(where, argv, Options{}) {}
  Process(const Namespace& where, const Argv& argv, const Options& options);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool running();
  // Exit status (128 + signal if killed), or nothing if it still runs after `within`.
  std::optional<int> wait(Duration within);
  void signal(int number) const;
  // SIGKILL, and waits: when this returns the process is gone.
  void kill();
  // Asks with SIGTERM, insists after `patience`; the exit status.
  int stop(Duration patience = 5s);
  // Standard output and error so far, in order.
  [[nodiscard]] std::string output() const;

 private:
  void collect(int raw_status);

  pid_t pid_ = -1;
  Fd pidfd_;
  Fd output_;
  std::optional<int> status_;
};

}  // namespace hawser::lab
