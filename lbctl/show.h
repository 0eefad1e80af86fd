// lbctl show [SERVICE]: asks the kernel, and netd where it runs. With --format ipvsadm the kernel only.
#pragma once

#include <vector>

#include "lib/cli/command.h"

namespace hawser::lbctl {

int show(const cli::Arguments& arguments);
std::vector<cli::Option> show_options();

}  // namespace hawser::lbctl
