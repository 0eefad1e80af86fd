// What cannot be done, and what rests on it, taken out of what is to be done. The unit of refusal is the
// smallest thing that can stand without the rest: a port, one option, an MTU, an address, a route. What was
// refused goes back to what it was; what hangs on it (routes through an address, VLANs on a bond) waits;
// everything else is wanted as before.
#pragma once

#include <span>

#include "lib/plan/step.h"

namespace hawser {

struct Held {
  const State& before;  // what refused things go back to
  const State& now;     // what a single refused value is left at
  std::span<const Step> steps;
  const State& wanted;  // the file's: what it leaves open follows what was held
};

void hold(State& target, const Held& held);

// The parts of hold(), one file each: the refused things themselves, and what rests on them.
void hold_steps(State& target, const Held& held);
void hold_what_waits(State& target, const Held& held);

}  // namespace hawser
