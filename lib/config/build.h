// From the sections' shapes to one host's Config. Total: what makes no sense was refused before by the rules.
#pragma once

#include "lib/config/sections.h"

namespace hawser::config {

Config build(const File& file);

}  // namespace hawser::config
