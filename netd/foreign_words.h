// What people try with netd who come from ifupdown, netplan, nmstate or ldirectord.
#pragma once

#include "lib/cli/command.h"

namespace hawser::netd {

std::vector<cli::Hint> foreign_words();

}  // namespace hawser::netd
