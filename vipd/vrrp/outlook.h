// What would move a router from the role it has, in a sentence: what an operator wants to know before he
// pulls a cable. Pure.
#pragma once

#include <string>

#include "vipd/vrrp/machine.h"

namespace hawser::vipd {

// "takes over if 192.0.2.11 (priority 150) is not heard for 3.61s", "yields to a priority above 150"
std::string outlook_of(const VrrpConfig& config, const Machine& machine, TimePoint now);

}  // namespace hawser::vipd
