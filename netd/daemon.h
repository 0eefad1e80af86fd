// `netd run`: the event loop around the controller. Reads the clock, the file and the sockets; decides
// nothing.
#pragma once

#include "lib/cli/command.h"

namespace hawser::netd {

// Until SIGTERM or SIGINT; the kernel's state stays as it is then. The exit code.
int run_daemon(const cli::Arguments& arguments);

}  // namespace hawser::netd
