// Carrying a change out, or showing it: what all verbs that change a bond do alike. Who asks has the only
// bondctl that is at work here, netd does not keep the bond, the plan is allowed to interrupt, and what was
// there comes back when the kernel refuses a step or nobody confirms.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "bondctl/change/change.h"
#include "lib/answer/plan.h"
#include "lib/cli/command.h"

namespace hawser::bondctl {

// A change, and what of it is not the kernel's.
struct Work {
  Change change;
  // What is written down beside the kernel: before the first step, when all is done, when all is taken back.
  std::function<Status()> before{}, after{}, undone{};
  // Of a verb that interrupts by its nature: what it cuts. Then --confirm, which ends every interruption,
  // allows it as well.
  std::string cuts{};
};
using MakeWork = std::function<Work(const Observed&)>;

// The whole verb, from its first look to its exit code; of a bond that netd does not keep.
int change_bond(const cli::Arguments& arguments, const std::string& bond, const MakeWork& make);

// The same of who has seen to it that netd keeps out. `view`: the kernel as the verb has to see it; empty: as
// it is. `object` is what messages name.
using MakeView = std::function<std::unique_ptr<Kernel>(Kernel&)>;
int change_network(const cli::Arguments& arguments, const std::string& object, const MakeView& view,
                   const MakeWork& make);

answer::Plan plan_of(const Observed& observed, const Change& change, std::vector<Step> steps);
int show_plan(const cli::Arguments& arguments, const Change& change, const answer::Plan& plan);

}  // namespace hawser::bondctl
