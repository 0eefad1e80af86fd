// Rules inside one bond, and between bonds and their ports.
#pragma once

#include "lib/config/sections.h"

namespace hawser::config {

void check_bonds(const File& file, Report& report);

}  // namespace hawser::config
