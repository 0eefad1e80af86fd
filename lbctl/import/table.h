// The kernel's table as our TOML: what `netd check` takes, and over which `netd plan` has nothing to do on a
// host with that table; and by name what of it our file cannot say. Pure.
#pragma once

#include <map>
#include <string>

#include "lbctl/import/import.h"
#include "lib/state/state.h"

namespace hawser::lbctl {

// What netd calls them; those that are not here get the name of their address, or none.
struct KnownNames {
  std::map<ServiceKey, std::string> services;
  std::map<ServiceKey, std::map<Endpoint, std::string>> reals;
};

// What is left out stands by its name ("tcp 192.0.2.1:80") with the rule that `lbctl restore` takes.
Imported table_as_toml(const State& state, const KnownNames& names);

}  // namespace hawser::lbctl
