// Carrying a plan out: observe, plan, perform, observe again; on a refusal roll the unit back by planning
// towards what was there.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/plan/kernel.h"
#include "lib/plan/plan.h"

namespace hawser {

enum class Rollback : std::uint8_t {
  kObject,      // daemons: a refused unit goes back to what it was, the others go on
  kEverything,  // command line: all or nothing
  kNothing,     // command line with --keep-going: keep what was done, go on with the others
};

struct Applied {
  std::vector<Step> done;        // in order, without what was rolled back
  std::vector<Refusal> refused;  // per unit, first reason
  std::vector<Step> left;        // the plan of the last look: empty when the kernel is as desired
  std::vector<Step> futile;      // of those, what rests on nothing refused: taken, and to no effect
  [[nodiscard]] bool complete() const { return refused.empty() && left.empty(); }
};

// Fails only when the kernel cannot be observed. `on_step` sees each step after the kernel took it. The units
// of the steps in `leave` are held as if they had been refused (hold.h), without asking the kernel.
Result<Applied> apply(const Desired& desired, Kernel& kernel, Rollback rollback, const Scope& scope = {},
                      const std::function<void(const Step&)>& on_step = {},
                      const std::vector<Step>& leave = {});

}  // namespace hawser
