// Asks the kernel, and netd where it runs.
#pragma once

#include "bondctl/show/view.h"
#include "lib/cli/command.h"

namespace hawser::bondctl {

// Error: no netlink to be had. What netd adds is extra: where it does not answer soon, it is left out.
Result<View> look(const cli::Arguments& arguments);

}  // namespace hawser::bondctl
