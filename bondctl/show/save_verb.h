// `bondctl save [BOND]`
#pragma once

#include "lib/cli/command.h"

namespace hawser::bondctl {

int save_verb(const cli::Arguments& arguments);

}  // namespace hawser::bondctl
