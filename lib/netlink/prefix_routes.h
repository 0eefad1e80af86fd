// The routes to the subnets of addresses, which the kernel makes by itself with an address and does not make
// again: after "ip route flush dev bond0" the address is still there and reaches nobody. Which of them are
// gone. Pure.
#pragma once

#include <map>
#include <set>
#include <span>
#include <tuple>

#include "lib/netlink/address_codec.h"
#include "lib/netlink/route_codec.h"

namespace hawser::nl {

// What of a device decides where the kernel makes these routes.
struct RoutingDevice {
  bool up = false;
  bool loopback = false;  // its subnets are local
  std::uint32_t table = 254;

  bool operator==(const RoutingDevice&) const = default;
};

class PrefixRoutes {
 public:
  // Addresses in the order of the kernel, which has the primary of a subnet before its secondaries.
  PrefixRoutes(std::map<IfIndex, RoutingDevice> devices, std::span<const DecodedAddress> addresses);

  // Every route that there is.
  void see(const DecodedRoute& route);
  // Whether it is the route to a subnet of an address that is there.
  [[nodiscard]] bool expects(const DecodedRoute& route) const;
  // What is missing, as the kernel would make it. A subnet to which somebody has a route of his own instead
  // is his decision.
  [[nodiscard]] std::vector<DecodedRoute> gone() const;

 private:
  using Subnet = std::pair<std::uint32_t, Prefix>;  // in which table

  std::map<std::pair<IfIndex, Subnet>, std::optional<IpAddress>> expected_;  // with the primary address
  std::set<Subnet> subnets_;
  std::set<std::pair<IfIndex, Subnet>> there_;
  std::set<Subnet> others_;
};

}  // namespace hawser::nl
