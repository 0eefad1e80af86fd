// `bondctl migrate DEVICE --into BOND`
#pragma once

#include "lib/cli/command.h"

namespace hawser::bondctl {

int migrate_verb(const cli::Arguments& arguments);
const std::vector<cli::Option>& migrate_options();

}  // namespace hawser::bondctl
