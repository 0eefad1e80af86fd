// What rules come to on a table: as ipvsadm -R would carry them out, line after line, without asking the
// kernel. Pure.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "lbctl/rules/rule.h"
#include "lib/plan/step.h"
#include "lib/state/state.h"

namespace hawser::lbctl {

struct RuleStep {
  std::size_t line = 0;  // 0: of no line, what is not in the rules goes
  Step step;

  bool operator==(const RuleStep&) const = default;
};

struct Replayed {
  std::vector<RuleStep> steps;  // in order
  std::vector<RuleProblem> problems;
};

// Added to what is there. What is there already just so is no step; a line that cannot be carried out is a
// problem, and the lines after it are read as if it had been left out.
Replayed replay_onto(const State& there, const std::vector<Rule>& rules);

// In place of what is there: what differs is changed, what the rules do not have goes. Timeouts and sync
// daemons, which older saves never hold, go only as far as the rules name them.
Replayed replay_instead(const State& there, const std::vector<Rule>& rules);

}  // namespace hawser::lbctl
