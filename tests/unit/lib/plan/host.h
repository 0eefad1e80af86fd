// The host that the planner's tests begin with.
#pragma once

#include <string>
#include <vector>

#include "tests/unit/lib/plan/world.h"

namespace hawser::world {

using Lines = std::vector<std::string>;

// A host in order: a bond with a VLAN on it, each with addresses, and a default route.
inline State host() {
  State state;
  state.links["eth0"] = card(true);
  state.links["eth1"] = card(true);
  state.links["eth2"] = card(false);
  state.links["bond0"] = bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  state.links["bond0"].mtu = 1500;
  state.links["bond0"].mac = mac("52:54:00:00:53:01");
  state.links["eth0"].master = state.links["eth1"].master = "bond0";
  state.links["bond0"].addresses[prefix("192.0.2.11/24")] = owned_by(kNetd);
  state.links["front"] = vlan("bond0", 100);
  state.links["front"].mtu = 1500;
  state.links["front"].addresses[prefix("203.0.113.11/24")] = owned_by(kNetd);
  state.routes[route_to("0.0.0.0/0")] = route("front", "203.0.113.254", kNetd);
  return state;
}

inline Lines plan_of(const State& desired, const State& observed, const Journal& journal = {}) {
  return lines(plan(wanting(desired, journal), observed));
}

}  // namespace hawser::world
