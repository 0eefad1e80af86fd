// lbctl show [SERVICE]: asks the kernel, and netd where it runs.
#pragma once

#include "lib/cli/command.h"

namespace hawser::lbctl {

int show(const cli::Arguments& arguments);

}  // namespace hawser::lbctl
