// Which object a step belongs to, and what of the kernel's state it may change.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "lib/plan/step.h"

namespace hawser {

// The unit of rollback (DESIGN 3): like object_of(), but a device that is or was a bond's port counts as that
// bond, which a step on the device alone ("eth0: set down") does not say, and bonds that exchange a port are
// one unit, called by the first of their names.
std::string unit_of(const Step& step, const State& wanted, const State& before);
std::string unit_of_device(const std::string& device, const State& wanted, const State& before);
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
