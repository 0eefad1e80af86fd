// lbctl probe: the checks of the file, asked once and now, by this process.
#pragma once

#include <vector>

#include "lib/cli/command.h"

namespace hawser::lbctl {

int probe_verb(const cli::Arguments& given);
std::vector<cli::Option> probe_options();

}  // namespace hawser::lbctl
