// bondctl show [BOND] and bondctl why BOND.
#pragma once

#include "lib/cli/command.h"

namespace hawser::bondctl {

int show(const cli::Arguments& arguments);
int why(const cli::Arguments& arguments);

}  // namespace hawser::bondctl
