// Taking a change back, long after it was made: for `--confirm` (lib/daemon/undo.h).
#pragma once

#include <span>
#include <vector>

#include "lib/plan/kernel.h"

namespace hawser {

// Plans towards what was there before `planned` and carries it out, until nothing is left of it; then come
// the active roles. The error names what could not be put back; the rest is.
Status put_back(Kernel& kernel, const Observed& before, std::span<const Step> planned, Owner owner);

// Which port of a bond is the active one is no setting, so nothing plans it: where ports were released or the
// bond went down, the kernel chose the first that had a carrier again. What these steps were about gets the
// port that it had. Also for a plan that was rolled back as soon as a step of it was refused.
Status give_roles_back(Kernel& kernel, const Observed& before, std::span<const Step> planned);
std::vector<SetActivePort> lost_roles(const Observed& before, const Observed& now,
                                      std::span<const Step> planned);

}  // namespace hawser
