// `vipd run`.
#pragma once

#include "lib/cli/command.h"

namespace hawser::vipd {

// From the command line to the event loop and, on request, into itself again. Returns the exit code.
int run_daemon(const cli::Arguments& arguments);

}  // namespace hawser::vipd
