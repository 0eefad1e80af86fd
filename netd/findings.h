// What of the file is not as it should be at this moment: what `netd status` says first, and exits with.
// Pure.
#pragma once

#include <vector>

#include "lib/answer/config_status.h"
#include "lib/config/load.h"
#include "netd/bond_state.h"
#include "netd/guard/protocol.h"
#include "netd/pools.h"

namespace hawser::netd {

using answer::ConfigStatus;

// What waits to be tried again, with the words of its log line.
struct Waiting {
  std::string object;  // "bond0", "tcp 192.0.2.100:80"
  std::string reason;  // "bond0: add port eth1: No such device"
};

struct Situation {
  const config::ResolvedPorts& network;
  const Observed& observed;
  const Layout& layout;
  const HealthTable& health;
  const std::map<ServiceKey, Service>& table;  // what the kernel has
  const Pools& pools;
  const ConfigStatus& source;
  const GuardStatus& guard;
  std::vector<Waiting> waiting;
  bool ready = false;
};

// The bonds and links of the file and their addresses, the good ones too.
std::vector<Finding> states_of_links(const config::ResolvedPorts& network, const Observed& observed);

// How one virtual address is. dead: no real server in service; degraded: fewer than the file says, or in
// another way.
Finding state_of_service(const Pools::At& at, const Pools& pools);

// Only what is not ok: the file, bonds, links, their addresses, services, what was refused, the bond guard.
std::vector<Finding> findings(const Situation& situation);

}  // namespace hawser::netd
