// Which steps may go to the kernel together, unseen what became of those beside them. A real server waits
// until its new service has been acknowledged: another program may have made one of the same address
// meanwhile, and that one is not to be given real servers of ours. Pure.
#pragma once

#include <span>
#include <vector>

#include "lbctl/rules/replay.h"

namespace hawser::lbctl {

// Steps of different services do not depend on one another; those of one keep their order, and what is of no
// service (timeouts, sync daemons) is alone. A wave stays small enough to be taken back.
using Wave = std::vector<const RuleStep*>;
std::vector<Wave> waves_of(std::span<const RuleStep> steps);

}  // namespace hawser::lbctl
