#include "vipd/addresses/local_routes.h"

#include "lib/netlink/local_route_codec.h"

namespace hawser::vipd {

Result<std::vector<Picture::OnDevice>> our_local_routes(nl::Socket& socket) {
  constexpr auto kOurs = static_cast<std::uint8_t>(Owner::kVipd);
  const auto routes = socket.collect(nl::encode_get_local_routes(kOurs), nl::decode_local_route);
  if (!routes) return fail_because("local routes: read", routes.error());
  std::vector<Picture::OnDevice> ours;
  for (const auto& route : *routes)
    if (route && route->protocol == kOurs) ours.emplace_back(route->device, route->to);
  return ours;
}

}  // namespace hawser::vipd
