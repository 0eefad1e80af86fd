// lbctl import, and how it answers.
#pragma once

#include <string_view>

#include "lbctl/import/import.h"
#include "lib/cli/command.h"

namespace hawser::lbctl {

int import_verb(const cli::Arguments& arguments);

// Prints the TOML, and what was left out on standard error; with --json all in one. The exit code.
int answer_with(const cli::Arguments& arguments, const Imported& imported, std::string_view source);

}  // namespace hawser::lbctl
