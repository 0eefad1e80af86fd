// lbctl restore: ipvsadm's rules, carried out.
#pragma once

#include <vector>

#include "lib/cli/command.h"

namespace hawser::lbctl {

int restore_verb(const cli::Arguments& arguments);
std::vector<cli::Option> restore_options();

}  // namespace hawser::lbctl
