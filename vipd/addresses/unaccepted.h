// To which addresses this host accepts nothing although it may hold them (Accept_Mode false of RFC 9568 6.1).
// Pure.
#pragma once

#include <vector>

#include "lib/config/config.h"
#include "lib/state/unaccepted.h"

namespace hawser::vipd {

// Whether packets to the vip's addresses are accepted while this host is Active. The owner's addresses are
// its own: accepted always.
bool accepts(const config::Vip& vip);

// Of all of them, whatever the role: who does not hold an address gets nothing for it, so that what drops it
// is in place before the role comes.
Unaccepted unaccepted_of(const std::vector<config::Vip>& vips);

// Both together.
Unaccepted either(const Unaccepted& one, const Unaccepted& other);

}  // namespace hawser::vipd
