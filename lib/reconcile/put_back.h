// Taking a change back, long after it was made: for `--confirm` (lib/daemon/undo.h).
#pragma once

#include <span>

#include "lib/plan/kernel.h"

namespace hawser {

// Plans towards what was there before `planned` and carries it out, until nothing is left of it. The error
// names what could not be put back; the rest is.
Status put_back(Kernel& kernel, const State& before, std::span<const Step> planned, Owner owner);

}  // namespace hawser
