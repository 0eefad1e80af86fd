// ARP packets as others send them (RFC 826). Pure. Ours are made in lib/announce.
#pragma once

#include <optional>

#include "lib/base/address.h"
#include "lib/base/bytes.h"

namespace hawser::vipd {

// Who sent an ARP packet, by what it says itself.
struct ArpSender {
  MacAddress mac;
  IpAddress address;
  bool operator==(const ArpSender&) const = default;
};

// Of a packet without its Ethernet header; none: it is not ARP for IPv4 over Ethernet.
std::optional<ArpSender> arp_sender(ByteView packet);

}  // namespace hawser::vipd
