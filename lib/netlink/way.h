// Over which device the kernel sends to an address: its own answer (RTM_GETROUTE), so that policy rules,
// metrics and route caches count as they do for a packet.
#pragma once

#include <optional>
#include <string>

#include "lib/base/address.h"
#include "lib/base/strong.h"
#include "lib/netlink/message.h"

namespace hawser::nl {

struct Way {
  IfIndex device;                // lo: the address is one of this host
  std::optional<IpAddress> via;  // none: the address is on the link

  bool operator==(const Way&) const = default;
};

Message ask_way(const IpAddress& to);
Result<Way> decode_way(const MessageView& message);

// "198.51.100.9: no route: Network is unreachable"
Result<Way> way_to(const IpAddress& to);

}  // namespace hawser::nl
