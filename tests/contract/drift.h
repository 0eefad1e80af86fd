// Drift: what is there changes behind our back, by ip or ipvsadm, one attribute at a time; the plan must name
// exactly that attribute, and carrying it out must leave nothing to plan.
#pragma once

#include "lib/plan/plan.h"
#include "tests/contract/host.h"
#include "tests/contract/tools.h"

namespace hawser::contract {

struct Drift {
  std::string command;            // what the administrator types
  std::vector<std::string> plan;  // describe() of what puts it back
};

// Makes `state`, lets `drift` happen, compares the plan, carries it out.
void expect_repaired(const HostTest& host, const State& state, const Drift& drift);

// Observes and performs until the plan is empty; fails the test when it does not get empty.
void make_so(const HostTest& host, const Desired& desired);
std::vector<std::string> plan_in_words(const HostTest& host, const Desired& desired);

}  // namespace hawser::contract
