// The play: which faults happen in which order, and what must come true after each.
#pragma once

#include <vector>

#include "tests/lab/demo/director.h"
#include "tests/lab/demo/site.h"

namespace hawser::demo {

// What must hold before the first fault, as told by the kernels of both load balancers.
std::vector<Expectation> service_is_up(Site& site);

// Faults, returns, a planned handover and a restart, in this order. Each act leaves the site as the next one
// needs it.
std::vector<Act> script(Site& site);

}  // namespace hawser::demo
