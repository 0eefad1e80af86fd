// `netd dump`: the settings in effect as a file that `netd check` takes and that means the same on this node.
#pragma once

#include <string>
#include <vector>

#include "lib/config/load.h"

namespace hawser::config {

// What was written stands as it is in effect, defaults behind #; each line says where its value comes from.
std::string dump_file(const std::vector<Effective>& rows);

}  // namespace hawser::config
