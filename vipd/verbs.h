// The verbs of vipd, one function each; they return the exit code.
#pragma once

#include "lib/cli/command.h"

namespace hawser::vipd {

int run_daemon(const cli::Arguments& arguments);
int check(const cli::Arguments& arguments);
int reload(const cli::Arguments& arguments);
int cleanup(const cli::Arguments& arguments);
int worker(const cli::Arguments& arguments);

}  // namespace hawser::vipd
