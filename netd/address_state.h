// Whether the addresses that the file gives a device can be reached there: what the device itself does not
// show, since it is up and has them. Pure.
#pragma once

#include <string>
#include <vector>

#include "lib/config/ports.h"
#include "lib/control/finding.h"
#include "lib/state/observed.h"

namespace hawser::netd {

// One finding for each device with addresses, "bond0 addresses". dead: the device is in somebody else's
// bridge or bond, which takes all that arrives. degraded: it is in his VRF; the route to a subnet is gone; an
// address is on another device too, by whoever's hand (that the file itself names it there, on the loopback
// or in another VRF is meant).
std::vector<Finding> states_of_addresses(const config::ResolvedPorts& network, const Observed& observed);

}  // namespace hawser::netd
