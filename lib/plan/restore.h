// Rolling back is planning towards what was there before.
#pragma once

#include <span>
#include <vector>

#include "lib/plan/object.h"

namespace hawser {

// What the kernel should have after a rollback: everything in `undone` as it was before, everything in `kept`
// as it is now. What neither is about but was there before (a foreign route that went with a link that was
// taken down) is wanted back; what came meanwhile from others stays.
State restore_target(const State& before, const State& now, const Touched& undone, const Touched& kept);

// What comes before that where a bond leaves the mode that it was given: the values that only this mode
// takes. The one that it goes back to does not, and the kernel would keep them (lacp_rate,
// packets_per_slave). Nothing of the kind: empty.
std::vector<Step> before_the_mode_goes(const State& before, const State& now, const Touched& undone,
                                       Owner owner);

// From what is there now to what there was before a plan of these steps: for who takes a change back that was
// made, long after it. What others changed meanwhile stays, unless these steps are about it too.
std::vector<Step> way_back(const State& before, const State& now, std::span<const Step> planned, Owner owner);

// Whether of a step that was done nothing is left: what it changed is as it was before.
bool came_to_nothing(const Step& step, const State& before, const State& now);

}  // namespace hawser
