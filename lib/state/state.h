// All that Hawser plans: what the file wants, what the kernel has.
#pragma once

#include <map>
#include <string>

#include "lib/state/ipvs.h"
#include "lib/state/network.h"

namespace hawser {

struct State {
  std::map<std::string, Link> links;  // by device name
  std::map<RouteKey, Route> routes;
  std::map<ServiceKey, Service> services;

  bool operator==(const State&) const = default;
};

}  // namespace hawser
