// lbctl report: everything about IPVS on this host that somebody who is asked for help wants to see.
#pragma once

#include "lib/cli/command.h"

namespace hawser::lbctl {

int report_verb(const cli::Arguments& arguments);

}  // namespace hawser::lbctl
