// Which steps may go to the kernel together, unseen what became of those beside them: only what is added,
// which takes nothing away from anybody. A real server waits until its new service has been acknowledged:
// another program may have made one of the same address meanwhile, and that one is not to be given real
// servers of ours. What is changed or goes is alone, and comes when all before it is done. Pure.
#pragma once

#include <span>
#include <vector>

#include "lbctl/rules/replay.h"

namespace hawser::lbctl {

// A wave stays small enough to be taken back.
using Wave = std::vector<const RuleStep*>;
std::vector<Wave> waves_of(std::span<const RuleStep> steps);

}  // namespace hawser::lbctl
