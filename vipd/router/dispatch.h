// From a packet on an interface to the virtual router that it is for, or to the counter that it belongs to.
#pragma once

#include <vector>

#include "vipd/router/router.h"
#include "vipd/vrrp/counters.h"

namespace hawser::vipd {

// `here`: the routers of the packet's family on the interface it came in on. What concerns none of them is
// counted in `others`. Our own packets are nothing. Returns the router that was given the advertisement;
// none: nobody was.
VirtualRouter* dispatch(const Packet& packet, const std::vector<VirtualRouter*>& here, BadPackets& others);

}  // namespace hawser::vipd
