// lbctl watch: rates and connections, drawn anew every second.
#pragma once

#include <vector>

#include "lib/cli/command.h"
#include "lib/state/observed.h"

namespace hawser::lbctl {

int watch_verb(const cli::Arguments& arguments);
std::vector<cli::Option> watch_options();

// One drawing. Pure.
std::string render_rates(const Observed& observed, std::size_t width);

}  // namespace hawser::lbctl
