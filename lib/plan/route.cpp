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

// Among others of its key, which stay. A route between two of them, and of IPv6 one before others, can only
// be had by adding the later ones anew behind it.
void add_route(Draft& draft, const RouteKey& key, const Route& wanted) {
  std::map<RouteKey, Route> later;
  bool is_first = true;
  for (const auto& other : keys_like(draft.now().routes, key)) {
    if (other < key) is_first = false;
    if (key < other) later.emplace(other, draft.now().routes.at(other));
  }
  if (is_first && key.to.address.is_v4()) return draft.take(AddRoute{key, wanted, !later.empty()});
  for (const auto& [other, route] : later) draft.take(RemoveRoute{other, route});
  draft.take(AddRoute{key, wanted});
  for (const auto& [other, route] : later) draft.take(AddRoute{other, route});
}

// Where there are several the kernel would replace the first of them, whichever is meant.
void change_route(Draft& draft, const RouteKey& key, const Route& there, const Route& wanted) {
  if (keys_like(draft.now().routes, key).size() == 1) return draft.take(ChangeRoute{key, there, wanted});
  draft.take(RemoveRoute{key, there});
  add_route(draft, key, wanted);
}

}  // namespace

void make_routes(Draft& draft, const State& target) {
  for (const auto& key : in_order(target.routes)) {
    const auto& wanted = target.routes.at(key);
    const auto found = draft.now().routes.find(key);
    if (is_kernel_made(wanted) && !draft.now().gone.contains(key)) continue;
    if (found == draft.now().routes.end())
      add_route(draft, key, wanted);
    else if (const auto there = found->second; there != wanted)
      change_route(draft, key, there, wanted);
  }
}

void remove_routes(Draft& draft, const State& target) {
  const auto there = draft.now().routes;
  for (const auto& [key, route] : there)
    if (!target.routes.contains(key) && !is_kernel_made(route)) draft.take(RemoveRoute{key, route});
}

}  // namespace hawser
