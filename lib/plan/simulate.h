// What Linux does when it takes a step, side effects included: a link that goes down loses its routes and
// IPv6 addresses, a new mode resets options, a port that leaves is closed. The planner plans from the state
// as it will be, so that what a step costs is put back by the same plan. Read in Linux 6.1 and 6.12
// (anchors/bonding.md 1.4), seen in Linux 6.18 for addresses and routes.
#pragma once

#include "lib/plan/step.h"

namespace hawser {

// Does not know what only the kernel knows: the MAC that a bond takes from a port becomes "open" (nullopt).
void simulate(State& state, const Step& step);

// Modes with one active port: they take a primary and the priorities of ports (bond_mode_uses_primary()).
bool has_active_port(BondMode mode);

// What the kernel adds and removes by itself and nobody plans: connected routes and those from router
// advertisements, IPv6 link-local addresses.
bool is_kernel_made(const Prefix& prefix, const Address& address);
bool is_kernel_made(const Route& route);

}  // namespace hawser
