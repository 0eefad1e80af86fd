// An advertisement as an Ethernet frame, for the virtual routers that send with a virtual MAC (RFC 9568 7.3):
// the kernel would put the interface's own into it. Bytes only.
#pragma once

#include <optional>

#include "lib/base/address.h"
#include "lib/base/bytes.h"

namespace hawser::vipd {

// Where a group's frames go (RFC 1112 6.4, RFC 2464 7); nullopt: it is none.
std::optional<MacAddress> mac_of_group(const IpAddress& group);

struct VrrpFrame {
  MacAddress from, to;
  IpAddress source, destination;  // of one family
};
// `message` is a VRRP message with its checksum. TTL 255, precedence "internetwork control".
Bytes encode(const VrrpFrame& frame, ByteView message);

}  // namespace hawser::vipd
