// `netd runner`: hawser-runner.service. Reads the file, the clock and the socket; decides nothing.
#pragma once

#include "lib/cli/command.h"

namespace hawser::netd {

// Without a word a daemon until SIGTERM or SIGINT; with "status" or "reload" asks the one that
// runs. The exit code.
int runner_verb(const cli::Arguments& arguments);

}  // namespace hawser::netd
