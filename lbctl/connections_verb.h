// lbctl connections: what the kernel has in /proc/net/ip_vs_conn.
#pragma once

#include "lib/cli/command.h"

namespace hawser::lbctl {

int connections_verb(const cli::Arguments& arguments);

}  // namespace hawser::lbctl
