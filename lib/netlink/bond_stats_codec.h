// What LACP counts on a bond and its ports (RTM_GETSTATS; `ip link xstats type bond`), and the speed of a
// link (ethtool's generic netlink, ETHTOOL_MSG_LINKMODES_GET). Both are for everybody to read.
#pragma once

#include <optional>

#include "lib/base/strong.h"
#include "lib/netlink/message.h"
#include "lib/state/bond_details.h"

namespace hawser::nl {

// Of a bond itself, or of a port in its bond.
enum class StatsOf : std::uint8_t { kBond, kPort };

Message encode_get_bond_stats(IfIndex link, StatsOf which);
// nullopt: the kernel counts nothing for it (it is no 802.3ad bond, or no port of one).
Result<std::optional<LacpCounters>> decode_bond_stats(const MessageView& message);

// `family` is the number of ethtool's family in the running kernel.
Message encode_get_speed(std::uint16_t family, IfIndex link);
Result<LinkSpeed> decode_speed(const MessageView& message);

}  // namespace hawser::nl
