// Routes as RTM_NEWROUTE messages.
#pragma once

#include <optional>
#include <vector>

#include "lib/base/strong.h"
#include "lib/netlink/address_codec.h"
#include "lib/netlink/message.h"
#include "lib/state/route.h"

namespace hawser::nl {

struct DecodedRoute {
  RouteKey key;
  Route route;  // without its devices and its rest
  IfIndex device;
  std::optional<KernelRoute> rest;  // what the route's fields cannot say; its hops without their devices
  std::vector<IfIndex> hops;        // the devices of rest->hops, in their order
};

// nullopt: what nobody added by hand, or what leads over no device and so is lost with none (the local table,
// cached routes, the kernel's own local and broadcast routes, IPv4 blackholes).
Result<std::optional<DecodedRoute>> decode_route(const MessageView& message);

Message encode_get_routes(Family family);

// kReplace: in place of the first that has its key; kAppend, kPrepend: behind those, before them (IPv6 knows
// behind only).
enum class PutRoute : std::uint8_t { kNew, kReplace, kAppend, kPrepend };
Message encode_put_route(PutRoute put, const RouteKey& key, const Route& route, IfIndex device);
// A route with a rest, in the kernel's own words; `hops` are the devices of its hops.
Message encode_put_kernel_route(PutRoute put, const KernelRoute& route, IfIndex device,
                                const std::vector<IfIndex>& hops);
// What the kernel says of a route that is put back when its object of next hops is gone; nullopt: no more
// than the fields of a Route.
std::optional<KernelRoute> without_nexthop_object(KernelRoute route);
Message encode_remove_route(const RouteKey& key, const Route& route, IfIndex device);

}  // namespace hawser::nl
