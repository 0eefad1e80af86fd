// Looks at what bonds and their ports are about beyond their state: LACP, counters, speed. For the programs
// that people ask, not for daemons: it takes a request or two for each port.
#pragma once

#include "lib/base/result.h"
#include "lib/state/bond_details.h"

namespace hawser {

// Of the network namespace of this process. What the kernel does not tell (no ethtool family, no
// CAP_NET_ADMIN) is left open. Error: no netlink to be had.
Result<BondDetails> read_bond_details();

}  // namespace hawser
