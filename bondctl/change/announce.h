// Telling switches and neighbours where addresses are now: gratuitous ARP, unsolicited Neighbor
// Advertisements. The kernel does it of its own accord only when a bond's active port changes.
#pragma once

#include <string>
#include <vector>

#include "lib/base/result.h"

namespace hawser::bondctl {

// Every address that these devices have; a device that is not there is none.
Status announce(const std::vector<std::string>& devices);

}  // namespace hawser::bondctl
