#include "lib/state/route.h"

#include <algorithm>

namespace hawser {

namespace {

constexpr std::uint32_t kMainTable = 254;  // RT_TABLE_MAIN

std::string destination(const Prefix& to) {
  if (to.length > 0 || !to.address.is_unspecified()) return to_string(to);
  return to.address.is_v4() ? "default" : "IPv6 default";
}

}  // namespace

std::vector<RouteKey> keys_like(const std::map<RouteKey, Route>& routes, const RouteKey& key) {
  const auto base_of = [](RouteKey one) {
    one.nth = 0;
    return one;
  };
  std::vector<RouteKey> keys;
  const auto base = base_of(key);
  for (auto at = routes.lower_bound(base); at != routes.end() && base_of(at->first) == base; ++at)
    keys.push_back(at->first);
  return keys;
}

std::string to_string(const RouteKey& key) {
  auto text = destination(key.to);
  if (key.from) text += fmt::format(" from {}", *key.from);
  if (key.tos != 0) text += fmt::format(" tos {:#x}", key.tos);
  if (key.table != kMainTable) text += fmt::format(" table {}", key.table);
  const auto usual = key.to.address.is_v6() ? kIpv6UserMetric : 0;
  if (key.metric != usual) text += fmt::format(" metric {}", key.metric);
  return text;
}

std::vector<std::string> devices_of(const Route& route) {
  if (!route.rest || route.rest->hops.empty()) return {route.device};
  std::vector<std::string> devices;
  for (const auto& hop : route.rest->hops)
    if (std::ranges::find(devices, hop.device) == devices.end()) devices.push_back(hop.device);
  return devices;
}

bool leads_over(const Route& route, const std::string& device) {
  if (route.device == device) return true;
  return route.rest &&
         std::ranges::find(route.rest->hops, device, &NextHop::device) != route.rest->hops.end();
}

std::optional<Route> without_ways_over(const Route& route, const std::string& device) {
  if (!leads_over(route, device)) return route;
  if (!route.rest) return std::nullopt;
  auto rest = *route.rest;
  std::erase_if(rest.hops, [&](const NextHop& hop) { return hop.device == device; });
  if (rest.hops.empty()) return std::nullopt;
  auto left = route;
  left.device = rest.hops.front().device;
  left.rest = RouteRest(std::move(rest));
  return left;
}

}  // namespace hawser
