// vipd renews the lease of an address each second (vipd/addresses/lease.h), and the kernel tells everybody of
// it. That changes nothing, and is no reason for a fresh look.
#pragma once

#include <set>
#include <utility>

#include "lib/netlink/monitor.h"

namespace hawser {

class Renewals {
 public:
  // The same changes; without the addresses where all that was told of them is a renewal.
  Changes without(Changes changes);

 private:
  std::set<std::pair<IfIndex, Prefix>> known_;  // leased addresses that are there
};

}  // namespace hawser
