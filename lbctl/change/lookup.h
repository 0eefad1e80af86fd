// Names of hosts and ports, from the system: what a rules file has that was saved without -n.
#pragma once

#include "lbctl/rules/words.h"

namespace hawser::lbctl {

// Asks the resolver for IPv4 addresses only, as ipvsadm does; it may take as long as that.
RuleNames system_names();

}  // namespace hawser::lbctl
