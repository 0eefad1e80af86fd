// Who may have changed behind our back what is ours: programs that run here and are known to do such things.
// The kernel does not tell who it was.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/events/event.h"

namespace hawser::netd {

struct RunningProgram {
  std::string name;  // as the kernel has it: /proc/PID/comm, 15 characters
  int pid = 0;

  bool operator==(const RunningProgram&) const = default;
};

// Those of this network namespace; one whose namespace may not be seen counts as well.
std::vector<RunningProgram> programs_here(const std::filesystem::path& proc = "/proc");

// "keepalived[812] runs here", "ldirectord[7] and keepalived[812] run here"; empty: none of them is
// known to change such an object. `object` is a step's: "tcp 192.0.2.100:80", "bond0", "nftables".
std::string who_may_change(std::string_view object, const std::vector<RunningProgram>& programs);

// Hands events on, and adds to those that somebody else is the cause of who that may have been.
Tell with_suspects(
    Tell tell, std::function<std::vector<RunningProgram>()> look = [] { return programs_here(); });

}  // namespace hawser::netd
