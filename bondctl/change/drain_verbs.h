// `bondctl drain BOND PORT` and `bondctl undrain BOND PORT`
#pragma once

#include "lib/cli/command.h"

namespace hawser::bondctl {

int drain_verb(const cli::Arguments& arguments);
int undrain_verb(const cli::Arguments& arguments);

}  // namespace hawser::bondctl
