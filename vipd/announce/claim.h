// Who says that an address is his, in the packets by which others say it: ARP (RFC 826) and Neighbor
// Advertisements (RFC 4861 4.4). Pure. Ours are made in lib/announce.
#pragma once

#include <optional>

#include "lib/base/address.h"
#include "lib/base/bytes.h"

namespace hawser::vipd {

struct Claim {
  MacAddress mac;
  IpAddress address;
  bool operator==(const Claim&) const = default;
};

// The sender of an ARP packet without its Ethernet header; none: it is not ARP for IPv4 over Ethernet.
std::optional<Claim> arp_claim(ByteView packet);

// The target of a Neighbor Advertisement, an IPv6 packet that came from `mac`; none: it is another packet, or
// one that a neighbour may not send (RFC 4861 7.1.2).
std::optional<Claim> neighbor_claim(ByteView packet, const MacAddress& mac);

}  // namespace hawser::vipd
