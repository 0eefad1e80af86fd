// Random refusals that last, as a kernel or a driver has them: not one message, but what it asks for. And
// what a file asks for when that is taken out of it by hand: the oracle of the property test.
#pragma once

#include "lib/plan/apply.h"
#include "tests/unit/lib/plan/random_state.h"

namespace hawser::world {

// Whether the step asks for what is refused.
using Refuses = std::function<bool(const Step&)>;

// What `step`, one of a plan, asks for; of a bond's creation sometimes only one of its options.
Refuses refusal_of(const Step& step, RandomState& random);

// `desired` without what was refused, as people would edit the file: nothing must be left to do for it.
Desired without(const Desired& desired, const std::vector<Refusal>& refused, const State& before,
                const State& now);

}  // namespace hawser::world
