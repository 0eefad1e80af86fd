// One entry of the kernel's neighbour tables (ARP, neighbour discovery): asked for, and asked to be found
// out.
#pragma once

#include <optional>

#include "lib/base/address.h"
#include "lib/base/strong.h"
#include "lib/netlink/message.h"

namespace hawser::nl {

struct DecodedNeighbour {
  std::optional<MacAddress> mac;  // none: not known, or not any more
  bool confirmed = false;         // within the last half minute or so, or for ever
  bool operator==(const DecodedNeighbour&) const = default;
};

// ENOENT: there is no entry.
Message encode_get_neighbour(IfIndex link, const IpAddress& address);
Result<DecodedNeighbour> decode_neighbour(const MessageView& message);
// As if something were sent there: the kernel asks for it, or whether it is still there.
Message encode_use_neighbour(IfIndex link, const IpAddress& address);

}  // namespace hawser::nl
