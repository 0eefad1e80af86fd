// Which object a step belongs to, and what of the kernel's state it may change.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/plan/step.h"

namespace hawser {

// The unit of refusal that a step is in: the smallest thing that can stand without the rest. "bond0" is the
// device itself, made or of another mode; then "bond0 port eth1" (with all that makes the card ready for it),
// "bond0 port eth1 prio", "bond0 option lacp_rate", "eth0 mtu", "eth0 address 192.0.2.1/24", "route default".
// What rests on a refused unit is in hold.h.
std::string unit_of(const Step& step, const State& wanted, const State& before);
bool is_service_step(const Step& step);

// The bond that lists `device` as a port; empty: none.
std::string bond_of(const State& state, const std::string& device);

// What steps were about; side effects of the kernel on other objects are not in it.
struct Touched {
  std::set<std::string> links;
  std::set<std::pair<std::string, Prefix>> addresses;
  std::set<RouteKey> routes;
  std::set<ServiceKey> services;

  void add(const Step& step);
};

}  // namespace hawser
