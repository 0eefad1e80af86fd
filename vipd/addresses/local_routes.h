// The routes of the local table that stand for addresses of ours (store = "local-routes"), as the kernel has
// them.
#pragma once

#include <vector>

#include "lib/netlink/socket.h"
#include "vipd/addresses/picture.h"

namespace hawser::vipd {

// `socket` gives only what is asked (Socket::only_what_is_asked()), or a host with a full routing table sends
// all of it.
Result<std::vector<Picture::OnDevice>> our_local_routes(nl::Socket& socket);

}  // namespace hawser::vipd
