#include <algorithm>

#include "lib/plan/draft.h"
#include "lib/plan/simulate.h"

namespace hawser {

namespace {

// A gateway must be reachable when its route is added: routes without one first, then the narrower ones.
std::vector<RouteKey> in_order(const std::map<RouteKey, Route>& routes) {
  std::vector<RouteKey> keys;
  keys.reserve(routes.size());
  for (const auto& [key, route] : routes) keys.push_back(key);
  std::ranges::stable_sort(keys, {}, [&](const RouteKey& key) {
    const auto& route = routes.at(key);
    return std::pair(route.via.has_value() || route.rest, 128 - key.to.length);
  });
  return keys;
}

}  // namespace

void make_routes(Draft& draft, const State& target) {
  for (const auto& key : in_order(target.routes)) {
    const auto& wanted = target.routes.at(key);
    const auto found = draft.now().routes.find(key);
    if (is_kernel_made(wanted)) continue;
    if (found == draft.now().routes.end())
      draft.take(AddRoute{key, wanted});
    else if (const auto there = found->second; there != wanted)
      draft.take(ChangeRoute{key, there, wanted});
  }
}

void remove_routes(Draft& draft, const State& target) {
  const auto there = draft.now().routes;
  for (const auto& [key, route] : there)
    if (!target.routes.contains(key) && !is_kernel_made(route)) draft.take(RemoveRoute{key, route});
}

}  // namespace hawser
