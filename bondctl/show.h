// bondctl show [BOND]: asks the kernel, and netd where it runs.
#pragma once

#include "lib/cli/command.h"

namespace hawser::bondctl {

int show(const cli::Arguments& arguments);

}  // namespace hawser::bondctl
