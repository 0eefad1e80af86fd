// The Ethernet frames that tell a segment where an address is now: gratuitous ARP for IPv4 (RFC 5944 4.6
// names both forms), unsolicited Neighbor Advertisement for IPv6 (RFC 4861 7.2.6). Bytes only; sent by
// lib/announce/frame_socket.cpp.
#pragma once

#include <string>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/bytes.h"

namespace hawser {

// Some receivers listen only to the one form, some only to the other.
enum class ArpForm : std::uint8_t { kRequest = 1, kReply = 2 };  // values are the ARP operation

// An address announced to everybody. `address` must be IPv4.
struct GratuitousArp {
  ArpForm form = ArpForm::kRequest;
  MacAddress mac;
  IpAddress address;
};
Bytes encode(const GratuitousArp& arp);

// Asks who has the address without saying that we do: its sender is nobody (RFC 5227 2.1.1), so that no cache
// learns from it. `address` must be IPv4.
struct ArpProbe {
  MacAddress mac;
  IpAddress address;
};
Bytes encode(const ArpProbe& probe);

// A Neighbor Solicitation (RFC 4861 4.3): asks who has the address, in the name of `from`, an address of this
// host's. In nobody's name (as duplicate address detection asks) the answer would go to all nodes, and draw
// the address to whoever answers. Both are IPv6.
struct NeighborProbe {
  MacAddress mac;
  IpAddress from;
  IpAddress address;
};
Bytes encode(const NeighborProbe& probe);

// What a Neighbor Advertisement says of who sends it. A host that calls itself a router, or the reverse,
// costs its neighbours their default route (RFC 4861 7.2.5).
enum class NeighborRole : std::uint8_t { kHost, kRouter };

// To all nodes, with override flag. `address` must be IPv6.
struct UnsolicitedNeighbor {
  MacAddress mac;
  IpAddress address;
  NeighborRole role = NeighborRole::kRouter;  // RFC 9568 6.4.1: R=1 S=0 O=1
};
Bytes encode(const UnsolicitedNeighbor& neighbor);

// All frames that announce one address once: both ARP forms, or the one Neighbor Advertisement.
std::vector<Bytes> announcement_of(const IpAddress& address, const MacAddress& mac,
                                   NeighborRole role = NeighborRole::kRouter);

// What the kernel says of this host when it is asked for an address on that link: whether it forwards IPv6
// there. An announcement must not say the opposite.
NeighborRole role_on(const std::string& link);

}  // namespace hawser
