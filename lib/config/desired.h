// The whole state that a file asks the kernel for, as if every check passed: links, routes, and every service
// with all its real servers at their configured weights. What netd makes of it while probes run is netd's
// business.
#pragma once

#include "lib/config/config.h"

namespace hawser::config {

State desired_state(const Config& config);

}  // namespace hawser::config
