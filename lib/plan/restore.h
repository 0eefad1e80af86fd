// Rolling back is planning towards what was there before.
#pragma once

#include <functional>

#include "lib/plan/object.h"

namespace hawser {

// What the kernel should have after a rollback: everything in `undone` as it was before, everything in `kept`
// as it is now. What neither is about but was there before (a foreign route that went with a link that was
// taken down) is wanted back; what came meanwhile from others stays.
State restore_target(const State& before, const State& now, const Touched& undone, const Touched& kept);

// Takes the devices that `is_excepted` names, with their addresses, routes and places in bonds, out of what
// is to be done: `target` becomes what is there.
void leave_as_is(State& target, const State& now, const std::function<bool(const std::string&)>& is_excepted);

}  // namespace hawser
