// Help texts from the table of verbs.
#pragma once

#include <string>

#include "lib/cli/command.h"

namespace hawser::cli {

std::string help_of(const Program& program);
std::string help_of(const Program& program, const Verb& verb);
std::string usage_of(const Program& program);                    // "usage: bondctl [OPTIONS] VERB ..."
std::string usage_of(const Program& program, const Verb& verb);  // "usage: bondctl show [OPTIONS] [BOND]"

// The common options as rows: "-c,--config", "FILE", "...".
Option describe(Common option);

}  // namespace hawser::cli
