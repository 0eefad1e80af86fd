// The probe as bytes, and what a captured frame is to a drill. Pure.
#pragma once

#include <cstdint>
#include <variant>

#include "lib/base/address.h"
#include "lib/base/bytes.h"
#include "lib/base/strong.h"

namespace hawser::bondctl::drill {

// Tells our probes from other pings, also those of a drill before.
using Mark = Strong<struct MarkTag, std::uint64_t>;
using Number = std::uint32_t;

// An ICMP or ICMPv6 echo request, from the ICMP header on. The checksum of ICMPv6 is the kernel's.
Bytes encode_probe(Family family, Mark mark, Number number);

struct Request {
  Number number = 0;
  bool operator==(const Request&) const = default;
};
struct Reply {
  Number number = 0;
  bool operator==(const Reply&) const = default;
};
struct Told {  // a gratuitous ARP, an unsolicited Neighbor Advertisement to all
  IpAddress address;
  MacAddress mac;
  bool operator==(const Told&) const = default;
};
using Sight = std::variant<std::monostate, Request, Reply, Told>;  // monostate: nothing of ours

// An Ethernet frame, with or without VLAN tags, as far as it was captured.
Sight sight_of(ByteView frame, Mark mark);

}  // namespace hawser::bondctl::drill
