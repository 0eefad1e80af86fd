// bondctl watch [BOND]: what happens to bonds, one line a change, until Ctrl-C.
#pragma once

#include "lib/cli/command.h"

namespace hawser::bondctl {

int watch(const cli::Arguments& arguments);

}  // namespace hawser::bondctl
