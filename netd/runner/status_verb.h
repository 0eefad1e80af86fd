// `netd runner status` and `netd runner reload`: what is asked of the runner that runs.
#pragma once

#include <filesystem>

#include "lib/cli/command.h"

namespace hawser::netd {

// Where hawser-runner answers: RUNTIME_DIR/runner.sock.
std::filesystem::path runner_socket(const cli::Arguments& arguments);

int runner_status(const cli::Arguments& arguments);
int runner_reload(const cli::Arguments& arguments);

}  // namespace hawser::netd
