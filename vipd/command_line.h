// The words of vipd's command line. `run` is done by vipd itself, the other verbs by a program beside it:
// they judge whole files, and what knows all sections of one would be a fifth of the advertising process's
// memory.
#pragma once

#include "lib/cli/command.h"

namespace hawser::vipd {

struct VerbFunctions {
  std::function<int(const cli::Arguments&)> run, check, reload, cleanup;
};

cli::Program command_line(VerbFunctions verbs);

}  // namespace hawser::vipd
