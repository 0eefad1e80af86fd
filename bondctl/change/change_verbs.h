// The verbs that change a bond at once, without netd and without a file.
#pragma once

#include "lib/cli/command.h"

namespace hawser::bondctl {

int create_verb(const cli::Arguments& arguments);
int set_verb(const cli::Arguments& arguments);
int add_verb(const cli::Arguments& arguments);
int remove_verb(const cli::Arguments& arguments);
int switch_verb(const cli::Arguments& arguments);
int delete_verb(const cli::Arguments& arguments);

}  // namespace hawser::bondctl
