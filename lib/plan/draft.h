// A plan while it is being made: the steps so far and the state that they lead to. Every part of the planner
// compares that state with the target, so that what an earlier step costs is seen by the later ones.
#pragma once

#include <string>
#include <vector>

#include "lib/plan/step.h"

namespace hawser {

class Draft {
 public:
  Draft(State observed, Owner planner) : owner(planner), now_(std::move(observed)) {}

  void take(Step step);
  [[nodiscard]] const State& now() const { return now_; }
  [[nodiscard]] const Link* link(const std::string& name) const;
  // As the kernel has it now; a device that is not there counts as a new one that is down.
  [[nodiscard]] Link link_or_new(const std::string& name) const;
  [[nodiscard]] bool is_up(const std::string& name) const { return link_or_new(name).up; }
  std::vector<Step> finish() { return std::move(steps_); }

  const Owner owner;

 private:
  State now_;
  std::vector<Step> steps_;
};

// From the one whole state to the other: target.h says what belongs into `target`. An MTU or MAC that the
// target leaves open is not compared, an option that the mode does not take neither.
std::vector<Step> towards_network(const State& from, const State& target, Owner owner);
std::vector<Step> towards_ipvs(const State& from, const State& target);

// The parts of towards_network(), one file each.
void delete_links(Draft& draft, const State& target);
void make_link(Draft& draft, const State& target, const std::string& name);   // with all it carries
void make_exist(Draft& draft, const State& target, const std::string& name);  // the device only
void make_bond(Draft& draft, const State& target, const std::string& name);
void make_addresses(Draft& draft, const Link& wanted, const std::string& name);
void remove_addresses(Draft& draft, const State& target);
void make_routes(Draft& draft, const State& target);
void remove_routes(Draft& draft, const State& target);

// Whether the planner makes devices of this kind; others it takes as they come.
bool is_made_by_us(LinkKind kind);
// Whether a difference in this option means anything for a bond as `wanted`: the mode takes it, and delays
// need the monitor whose ticks they count.
bool is_relevant(const Bond& wanted, BondOption option);

}  // namespace hawser
