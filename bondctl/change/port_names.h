// Ports by any of their names, as `create` and the file take them: the device's own, another one that it was
// given, "mac:..", "path:..". Pure but for the paths.
#pragma once

#include <string>

#include "bondctl/change/edit.h"
#include "lib/reconcile/wanted.h"

namespace hawser::bondctl {

// The device of this name. What is not there stays as it was written: whoever looks for it says so.
std::string device_named(const Observed& observed, const std::string& name, const FindPaths& find_paths);

// The same words about devices.
Edits with_devices(Edits edits, const Observed& observed, const FindPaths& find_paths);

}  // namespace hawser::bondctl
