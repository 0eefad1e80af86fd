// The verbs of lbctl.
#pragma once

#include "lib/cli/command.h"

namespace hawser::lbctl {

const cli::Program& program();

}  // namespace hawser::lbctl
