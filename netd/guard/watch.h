// The guard's picture of the bonds, kept up to date by notifications alone: asking the kernel again would
// cost more than the switch itself. Pure.
#pragma once

#include "lib/netlink/monitor.h"
#include "lib/state/observed.h"

namespace hawser::netd {

// Notifications name links by index; a fact about a link that is not known yet adds it.
void note(Observed& observed, const LinkFact& fact);

}  // namespace hawser::netd
