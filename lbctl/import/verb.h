#pragma once

#include "lib/cli/command.h"

namespace hawser::lbctl {

int import_verb(const cli::Arguments& arguments);

}  // namespace hawser::lbctl
