// bondctl drill BOND: the pull-the-cable test.
#pragma once

#include "lib/cli/command.h"

namespace hawser::bondctl {

int drill_verb(const cli::Arguments& arguments);
std::vector<cli::Option> drill_options();

}  // namespace hawser::bondctl
