// Devices of the file that somebody else made: netd changes them to what the file says, and does not remove
// them when the file no longer does. Pure.
#pragma once

#include <map>
#include <string>

#include "lib/plan/plan.h"

namespace hawser {

// By device: "bond0: is a bond that netd did not make: it is changed to what the file says (ports now: eth0,
// eth1), and stays when it is no longer in the file".
std::map<std::string, std::string> taken_over(const Desired& desired, const State& observed);

}  // namespace hawser
