// The directories that netd and its tools share.
#pragma once

#include <filesystem>

#include "lib/cli/command.h"

namespace hawser {

// Where they are missing: under systemd the unit makes them, by hand we do.
void make_directories(const cli::Arguments& arguments);

// Where the running netd answers.
std::filesystem::path netd_socket(const cli::Arguments& arguments);

}  // namespace hawser
