// Which object a step belongs to, and what of the kernel's state it may change.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/plan/step.h"

namespace hawser {

// The units of rollback (DESIGN 3) that a step is in, its own first: what is refused goes back with all that
// is in the unit which is the refused step's own. For most steps that is the device, as in object_of(), but
// one that is or was a bond's port counts as that bond, which a step on the device alone ("eth0: set down")
// does not say, and bonds that exchange a port are one unit, called by the first of their names. What hangs
// on a device and may be refused for a reason of its own is a unit inside the device's: a route (its source
// is a tentative address yet, its gateway is wrong), with the others to the same destination, so that none
// goes before its successor came; a device's IPv6 addresses (IPv6 may be off there). A bond that carries IPv4
// must not be torn down for them.
std::vector<std::string> units_of(const Step& step, const State& wanted, const State& before);
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
