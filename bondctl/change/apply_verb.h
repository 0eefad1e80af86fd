// `bondctl apply [-c FILE] [BOND...]`
#pragma once

#include "lib/cli/command.h"

namespace hawser::bondctl {

int apply_verb(const cli::Arguments& arguments);
const std::vector<cli::Option>& apply_options();

}  // namespace hawser::bondctl
