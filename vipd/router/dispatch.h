// From a packet on an interface to the virtual router that it is for, or to the counter that it belongs to.
#pragma once

#include <optional>

#include "vipd/router/router.h"
#include "vipd/vrrp/counters.h"

namespace hawser::vipd {

// Whose packet it says it is; nullopt: it is too short to say so.
std::optional<Vrid> router_id_in(ByteView message);

// `router`: the one of that id and of the packet's family on the interface it came in on; null: there is
// none, and the packet is counted in `others`. Our own packets are nothing. True: the router has been given
// it.
bool dispatch(const Packet& packet, VirtualRouter* router, BadPackets& others);

}  // namespace hawser::vipd
