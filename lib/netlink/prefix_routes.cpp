#include "lib/netlink/prefix_routes.h"

#include "lib/plan/simulate.h"

namespace hawser::nl {

namespace {

constexpr std::uint8_t kByKernel = 2;             // RTPROT_KERNEL
constexpr std::uint32_t kIpv6PrefixMetric = 256;  // IP6_RT_PRIO_ADDRCONF

// fib_add_ifaddr(), addrconf_prefix_route(): a subnet of one has no route to it.
bool has_prefix_route(const DecodedAddress& address) {
  return !address.address.no_prefix_route && address.prefix.length < address.prefix.address.bits();
}

}  // namespace

PrefixRoutes::PrefixRoutes(std::map<IfIndex, RoutingDevice> devices,
                           std::span<const DecodedAddress> addresses) {
  for (const auto& address : addresses) {
    const auto device = devices.find(address.link);
    if (device == devices.end() || !device->second.up || device->second.loopback) continue;
    if (!has_prefix_route(address)) continue;
    const Subnet subnet{device->second.table, address.prefix.network()};
    const auto& own = address.prefix.address;
    expected_.try_emplace({address.link, subnet}, own.is_v4() ? std::optional(own) : std::nullopt);
    subnets_.insert(subnet);
  }
}

void PrefixRoutes::see(const DecodedRoute& route) {
  const Subnet subnet{route.key.table, route.key.to};
  if (!subnets_.contains(subnet)) return;
  if (!is_kernel_made(route.route)) others_.insert(subnet);
  if (!route.route.via) there_.emplace(route.device, subnet);
  for (const auto& hop : route.hops) there_.emplace(hop, subnet);
}

bool PrefixRoutes::expects(const DecodedRoute& route) const {
  return expected_.contains({route.device, {route.key.table, route.key.to}});
}

std::vector<DecodedRoute> PrefixRoutes::gone() const {
  std::vector<DecodedRoute> list;
  for (const auto& [place, source] : expected_) {
    const auto& [device, subnet] = place;
    if (there_.contains(place) || others_.contains(subnet)) continue;
    DecodedRoute route;
    route.device = device;
    route.key.table = subnet.first;
    route.key.to = subnet.second;
    route.key.metric = subnet.second.address.is_v6() ? kIpv6PrefixMetric : 0;
    route.route.source = source;
    route.route.protocol = kByKernel;
    list.push_back(std::move(route));
  }
  return list;
}

}  // namespace hawser::nl
