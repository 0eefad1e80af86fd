// How a bond of the file is, in one word and its reason. Pure.
#pragma once

#include <string>
#include <vector>

#include "lib/config/ports.h"
#include "lib/control/finding.h"
#include "lib/state/observed.h"

namespace hawser::netd {

// ok: every port of the file carries or could at once ("active port eth0", "2 ports carry"). degraded: one
// does not. dead: none does, or the kernel holds the bond for down. `missing`: of all bonds, ports that are
// no device.
Finding state_of_bond(const std::string& name, const Link& wanted,
                      const std::vector<config::MissingPort>& missing, const Observed& observed);

}  // namespace hawser::netd
