// Routes of the local table as RTM_NEWROUTE messages: with one the host takes packets to an address that none
// of its interfaces has, and answers ARP for it where the others ask (fib_lookup() in arp_process()). The
// kernel keeps them in a trie, where addresses of an interface are a list that each new one walks through.
// IPv4: neighbour solicitations are answered for addresses only.
#pragma once

#include <optional>

#include "lib/base/address.h"
#include "lib/base/strong.h"
#include "lib/netlink/message.h"

namespace hawser::nl {

struct LocalRoute {
  IfIndex device;
  Prefix to;
  std::uint8_t protocol = 0;  // rtm_protocol: whose it is
  bool operator==(const LocalRoute&) const = default;
};

// Behind others of the same prefix: the kernel has one for each address of an interface, and an address may
// be about to move here. Refused with EEXIST where this very one is there.
Message encode_add_local_route(const LocalRoute& route);
Message encode_remove_local_route(const LocalRoute& route);

// All that one program has; a socket with only_what_is_asked() is told of no others.
Message encode_get_local_routes(std::uint8_t protocol);
// Of RTM_NEWROUTE and RTM_DELROUTE; nullopt: none of the local table, or one without a device.
Result<std::optional<LocalRoute>> decode_local_route(const MessageView& message);

}  // namespace hawser::nl
