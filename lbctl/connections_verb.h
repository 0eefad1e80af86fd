// lbctl connections: what the kernel has in /proc/net/ip_vs_conn.
#pragma once

#include "lbctl/connections.h"
#include "lib/cli/command.h"

namespace hawser::lbctl {

// Errors: the module is not loaded; no permission.
Result<Connections> connections_of_kernel();

int connections_verb(const cli::Arguments& arguments);

}  // namespace hawser::lbctl
