// The verbs of bondctl.
#pragma once

#include "lib/cli/command.h"

namespace hawser::bondctl {

const cli::Program& program();

}  // namespace hawser::bondctl
