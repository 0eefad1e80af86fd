// lbctl save and restore: ipvsadm's rules.
#pragma once

#include <vector>

#include "lib/cli/command.h"

namespace hawser::lbctl {

int save_verb(const cli::Arguments& arguments);
int restore_verb(const cli::Arguments& arguments);
std::vector<cli::Option> restore_options();

}  // namespace hawser::lbctl
