// From a packet on an interface to the virtual router that it is for, or to the counter that it belongs to.
#pragma once

#include <vector>

#include "vipd/router/router.h"
#include "vipd/vrrp/counters.h"

namespace hawser::vipd {

// `packet` begins with its IP header. `here`: the routers of the interface it came in on. What concerns none
// of them is counted in `others`. Our own packets are nothing. Returns the router that was given the
// advertisement; none: nobody was.
VirtualRouter* dispatch(ByteView packet, const std::vector<VirtualRouter*>& here, BadPackets& others);

}  // namespace hawser::vipd
