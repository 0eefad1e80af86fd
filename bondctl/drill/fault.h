// The faults that a drill makes, and how a bond gets back what it had.
#pragma once

#include <string>
#include <vector>

#include "bondctl/drill/terms.h"
#include "lib/plan/kernel.h"

namespace hawser::bondctl::drill {

// What was before: every one of these ports was up.
struct Before {
  std::string bond;
  std::string active;  // empty: the mode has no active port
  std::vector<std::string> ports;
};

// kSwitch: `port` becomes the active one.
Status make_fault(Kernel& kernel, How how, const std::string& bond, const std::string& port);
Status mend(Kernel& kernel, How how, const std::string& port);

// All of it again, whatever was done: frames pass, ports are up, the active role is where it was. A port
// whose monitor needs time for it is waited for. The first thing that was refused, after all else was tried.
Status restore(Kernel& kernel, const Before& before);

}  // namespace hawser::bondctl::drill
