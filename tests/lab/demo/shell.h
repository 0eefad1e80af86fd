// The demo's network for trying failovers by hand (./dev lab): everything runs, nothing happens by itself.
#pragma once

#include <filesystem>

#include "tests/lab/demo/site.h"

namespace hawser::demo {

// Writes FOLDER/env and, for each load balancer, FOLDER/env-HOST (shell variables, for
// tests/lab/vm/guest-bin), and keeps all of it running until SIGTERM or SIGINT. What is killed by hand is not
// started again.
int keep_for_shell(Site& site, const std::filesystem::path& folder);

}  // namespace hawser::demo
