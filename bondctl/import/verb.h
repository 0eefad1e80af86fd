#pragma once

#include "lib/cli/command.h"

namespace hawser::bondctl {

int import_verb(const cli::Arguments& arguments);

}  // namespace hawser::bondctl
