// The verbs of netd that are over at once. Each returns the exit code (lib/daemon/exit_code.h).
#pragma once

#include "lib/cli/command.h"

namespace hawser::netd {

int check(const cli::Arguments& arguments);      // `netd check [--all-nodes]`
int dump(const cli::Arguments& arguments);       // `netd dump`
int plan_verb(const cli::Arguments& arguments);  // `netd plan`
int apply_verb(
    const cli::Arguments& arguments);  // `netd apply [--dry-run] [--keep-going] [--allow-interruption]`
int status(const cli::Arguments& arguments);  // `netd status`
int reload(const cli::Arguments& arguments);  // `netd reload`

}  // namespace hawser::netd
