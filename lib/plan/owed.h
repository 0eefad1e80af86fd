// What others have on devices that a plan takes down, and the plan puts back: between the two steps nobody
// knows of it but who plans, so it is written down before the first, and put back by the next who plans when
// that one is no more. Pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>

#include "lib/plan/step.h"

namespace hawser {

struct Owed {
  std::map<std::pair<std::string, Prefix>, Address> addresses;  // by device and prefix
  std::map<RouteKey, Route> routes;

  [[nodiscard]] bool empty() const { return addresses.empty() && routes.empty(); }
  bool operator==(const Owed&) const = default;
};

// Of a plan towards `wanted`, the file's state: what it adds that the file does not name.
Owed owed_by(std::span<const Step> steps, const State& wanted);

// Into `target`, where its device is there to take it and nobody has put it back since.
void pay(State& target, const Owed& owed);

}  // namespace hawser
