// vipctl provider: a provider's API at the prompt and in scripts, without vipd and without our file.
#pragma once

#include "lib/cli/command.h"

namespace hawser::vipd {

cli::Verb provider_verb();

}  // namespace hawser::vipd
