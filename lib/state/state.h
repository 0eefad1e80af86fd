// All that Hawser plans: what the file wants, what the kernel has.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "lib/state/ipvs.h"
#include "lib/state/network.h"
#include "lib/state/nft.h"

namespace hawser {

struct State {
  std::map<std::string, Link> links;  // by device name
  std::map<RouteKey, Route> routes;
  // Observed only: routes to the subnets of addresses that are there, which the kernel made with the address
  // and somebody took away.
  std::map<RouteKey, Route> gone{};
  std::map<ServiceKey, Service> services;
  IpvsHost ipvs{};
  std::optional<NftTable> nft{};  // with Look::kNft

  bool operator==(const State&) const = default;
};

}  // namespace hawser
