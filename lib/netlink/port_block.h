// A device through which no frame passes, while its link stays up: the fault that no carrier shows. Two
// nftables chains of the netdev family, ingress and egress, whose policy is to drop; they need no rule. The
// egress hook is Linux 5.16's. LACP and ARP monitoring are cut off as well, since both pass these hooks.
#pragma once

#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/netlink/message.h"

namespace hawser::nl {

// The table's name says whose it is: "nft list tables" shows it. There is one at a time.
inline constexpr const char* kBlockTable = "bondctl_drill";

// All in one transaction. "eth0: drop its frames: table netdev bondctl_drill exists: .."
Status block_port(const std::string& device);
// Without a table there is nothing to do.
Status unblock_port();

// What the transactions hold, message by message.
std::vector<Message> block_messages(const std::string& device);
std::vector<Message> unblock_messages();

}  // namespace hawser::nl
