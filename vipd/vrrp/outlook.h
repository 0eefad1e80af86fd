// What would move a router from the role it has, and what would come of an event, in a sentence: what an
// operator wants to know before he pulls a cable. Pure.
#pragma once

#include <string>

#include "vipd/vrrp/machine.h"

namespace hawser::vipd {

// "takes over if 192.0.2.11 (priority 150) is not heard for 3.61s", "yields to a priority above 150"
std::string outlook_of(const VrrpConfig& config, const Machine& machine, TimePoint now);

// "Active here: would send priority 0 and go on answering until another router is Active; then it ..;
// 192.0.2.12 (priority 100) was heard 0.4s ago". `config`: the one that the event comes with.
std::string foretold(const VrrpConfig& config, const Machine& machine, const MachineEvent& event,
                     TimePoint now);

}  // namespace hawser::vipd
