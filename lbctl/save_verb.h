// lbctl save: the table as ipvsadm's rules, or as our TOML.
#pragma once

#include <vector>

#include "lbctl/import/table.h"
#include "lbctl/netd_view.h"
#include "lib/cli/command.h"

namespace hawser::lbctl {

int save_verb(const cli::Arguments& arguments);
std::vector<cli::Option> save_options();

// Pure: what netd calls the services and real servers of the table.
KnownNames names_in(const NetdView& netd);
// The table as a file, with what netd would change all the same: what it has to say of a table goes beyond
// what stands there (sh and mh with a real server of weight 0). Sysctls are no part of the table.
Imported saved_as_toml(const State& table, const KnownNames& names);

}  // namespace hawser::lbctl
