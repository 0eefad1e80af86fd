// Bond options as IFLA_BOND_* attributes (include/uapi/linux/if_link.h). libnl 3.7 knows none of them.
#pragma once

#include "lib/base/strong.h"
#include "lib/netlink/message.h"
#include "lib/state/bond.h"
#include "lib/state/bond_details.h"
#include "lib/state/observed.h"

namespace hawser::nl {

struct BondData {
  Bond bond;  // without primary and ports: those are indexes of links, not names
  IfIndex primary;
  IfIndex active_port;
  std::optional<ActiveAggregator> aggregator;  // 802.3ad
};

// `data` is the content of IFLA_INFO_DATA. An option that the kernel leaves out has its default.
bool decode_bond(ByteView data, BondData& bond);

struct PortData {
  PortStatus status;
  BondPort options;
  bool tells_actor_port_prio = false;  // in 802.3ad; where not, the kernel has none
  std::optional<LacpDetails> lacp;     // 802.3ad; without the ends, which are not in this message
};

// `data` is the content of IFLA_INFO_SLAVE_DATA.
bool decode_port(ByteView data, PortData& port);

void put_mode(Message& message, BondMode mode);
void put_option(Message& message, BondOption option, std::uint32_t value);
// The whole set; an empty one clears.
void put_targets(Message& message, Family family, const std::vector<IpAddress>& targets);
// As far as the mode takes it: all that a new bond might have otherwise, because it begins with the module's
// parameters.
void put_new_bond(Message& message, const Bond& bond);
// What differs between the two: an option that the mode does not have must not be sent at all.
void put_port(Message& message, const BondPort& from, const BondPort& to);

}  // namespace hawser::nl
