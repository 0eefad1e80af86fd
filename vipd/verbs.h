// The verbs of vipd, `run` apart, which vipd-verbs carries out, one function each; they return the exit code.
#pragma once

#include "lib/cli/command.h"

namespace hawser::vipd {

int check(const cli::Arguments& arguments);
int reload(const cli::Arguments& arguments);
int cleanup(const cli::Arguments& arguments);

}  // namespace hawser::vipd
