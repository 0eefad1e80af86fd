// A line of ipvsadm's rules as a value: what ipvsadm -S prints and -R reads, and what it takes on its command
// line (ipvsadm(8)).
#pragma once

#include <cstddef>
#include <string>
#include <variant>

#include "lib/plan/ipvs_host_steps.h"
#include "lib/plan/service_steps.h"

namespace hawser::lbctl {

struct ClearTable {  // -C
  bool operator==(const ClearTable&) const = default;
};

// Of those that change something `from` is empty: a line does not know what is there.
using RuleAction = std::variant<AddService, EditService, DeleteService, AddReal, EditReal, DeleteReal,
                                SetIpvsTimeouts, StartSync, StopSync, ZeroCounters, ClearTable>;

struct Rule {
  std::size_t line = 0;  // from 1
  RuleAction action;

  bool operator==(const Rule&) const = default;
};

struct RuleProblem {
  std::size_t line = 0;
  std::string text;
  bool of_the_kernel = false;  // by what is there now, not by the file itself

  bool operator==(const RuleProblem&) const = default;
};

}  // namespace hawser::lbctl
