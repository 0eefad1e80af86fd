// Addresses and routes: net/ipv4/devinet.c, net/ipv6/addrconf.c, net/ipv4/fib_*.c.
#include <algorithm>
#include <cerrno>

#include "tests/support/fake/fake_kernel.h"
#include "tests/support/fake/refuse.h"

namespace hawser {

namespace {

constexpr std::uint8_t kLinkScope = 253;  // RT_SCOPE_LINK

// The kernel reads the scope of an IPv6 address from the address, and knows no broadcast in IPv6.
Address as_stored(const Prefix& prefix, Address address) {
  if (prefix.address.is_v4()) {
    address.no_dad = false;
    return address;
  }
  address.scope = prefix.address.is_link_local() ? kLinkScope : 0;
  address.broadcast.reset();
  return address;
}

}  // namespace

Status FakeKernel::add_address(const std::string& name, const Prefix& prefix, const Address& address) {
  auto* link = find(name);
  if (link == nullptr) return refuse(ENODEV);
  const auto stored = as_stored(prefix, address);
  const auto found = link->addresses.find(prefix);
  if (found != link->addresses.end()) return found->second == stored ? Status{} : refuse(EEXIST);
  link->addresses[prefix] = stored;
  if (prefix.address.is_v6()) make_prefix_routes(name, prefix.network());
  if (prefix.address.is_v4()) in_order_[name].push_back(prefix);
  return {};
}

// NLM_F_REPLACE: what IPv4 does not replace it leaves as it was, without a word.
Status FakeKernel::change_address(const std::string& name, const Prefix& prefix, const Address& to) {
  auto* link = find(name);
  if (link == nullptr) return refuse(ENODEV);
  const auto found = link->addresses.find(prefix);
  if (found == link->addresses.end()) return refuse(ENOENT);
  if (prefix.address.is_v6()) {
    found->second = as_stored(prefix, to);
  } else {
    found->second.preferred_lifetime = to.preferred_lifetime;
  }
  return {};
}

void FakeKernel::forget_address(const std::string& name, const Prefix& prefix) {
  auto* link = find(name);
  link->addresses.erase(prefix);
  std::erase(in_order_[name], prefix);
  if (!is_local(prefix.address))
    std::erase_if(state_.routes, [&](const auto& entry) { return entry.second.source == prefix.address; });
  if (prefix.address.is_v4() && in_order_[name].empty()) drop_routes(name, true, false);
}

// __inet_del_ifa() with promote_secondaries 0: the secondaries of a subnet go with its primary.
Status FakeKernel::remove_address(const std::string& name, const Prefix& prefix) {
  auto* link = find(name);
  if (link == nullptr) return refuse(ENODEV);
  if (!link->addresses.contains(prefix)) return {};
  const auto order = in_order_[name];
  const auto same_subnet = [&](const Prefix& other) { return other.network() == prefix.network(); };
  const auto first = std::ranges::find_if(order, same_subnet);
  const bool takes_along = prefix.address.is_v4() && !link->promotes_secondaries.value;
  if (takes_along && first != order.end() && *first == prefix)
    for (const auto& other : order)
      if (other != prefix && same_subnet(other)) forget_address(name, other);
  forget_address(name, prefix);
  const bool was_primary = first != order.end() && *first == prefix;
  if (was_primary ||
      std::ranges::none_of(link->addresses, [&](const auto& entry) { return same_subnet(entry.first); }))
    make_prefix_routes(name, prefix.network());
  return {};
}

void FakeKernel::lose_prefix_route(const std::string& device, const Prefix& address) {
  constexpr std::uint8_t kByKernel = 2;  // RTPROT_KERNEL
  RouteKey key;
  key.to = address.network();
  key.metric = address.address.is_v6() ? 256 : 0;
  while (state_.gone.contains(key)) ++key.nth;
  Route route;
  route.device = device;
  route.protocol = kByKernel;
  if (address.address.is_v4()) route.source = address.address;
  std::erase_if(state_.routes, [&](const auto& entry) { return entry.first == key; });
  state_.gone.emplace(key, route);
}

bool FakeKernel::is_gone(const std::string& device, const Prefix& subnet) const {
  return std::ranges::any_of(state_.gone, [&](const auto& entry) {
    return entry.second.device == device && entry.first.to == subnet;
  });
}

// With an address or a device that comes up the kernel makes them anew; with those that go there are none.
void FakeKernel::make_prefix_routes(const std::string& device, const std::optional<Prefix>& subnet) {
  std::erase_if(state_.gone, [&](const auto& entry) {
    return entry.second.device == device && (!subnet || entry.first.to == *subnet);
  });
}

// A route with several ways lives while one of them does (fib_sync_down_dev(), fib6_ifdown()).
void FakeKernel::drop_routes(const std::string& device, bool ipv4, bool ipv6) {
  const auto is_dead = [&](const std::string& way) {
    const auto* link = find(way);
    return way == device || link == nullptr || !link->up;
  };
  std::erase_if(state_.routes, [&](const auto& entry) {
    if (!(entry.first.to.address.is_v4() ? ipv4 : ipv6) || !leads_over(entry.second, device)) return false;
    return std::ranges::all_of(devices_of(entry.second), is_dead);
  });
}

// With the device (NETDEV_UNREGISTER) an IPv4 route goes whole, an IPv6 route loses that way.
void FakeKernel::delete_routes(const std::string& device) {
  const auto routes = state_.routes;
  for (const auto& [key, route] : routes) {
    if (!leads_over(route, device)) continue;
    state_.routes.erase(key);
    if (key.to.address.is_v4()) continue;
    if (auto left = without_ways_over(route, device)) state_.routes.emplace(key, *left);
  }
}

bool FakeKernel::is_local(const IpAddress& address) const {
  return std::ranges::any_of(state_.links, [&](const auto& link) {
    return std::ranges::any_of(link.second.addresses,
                               [&](const auto& entry) { return entry.first.address == address; });
  });
}

bool FakeKernel::is_reachable(const std::string& device, const IpAddress& gateway) const {
  if (gateway.is_link_local()) return true;
  const auto& addresses = state_.links.at(device).addresses;
  const auto by_address = [&](const auto& entry) {
    return !entry.second.no_prefix_route && entry.first.contains(gateway) &&
           !is_gone(device, entry.first.network());
  };
  const auto by_route = [&](const auto& entry) {
    return entry.second.device == device && !entry.second.via && entry.first.to.contains(gateway);
  };
  return std::ranges::any_of(addresses, by_address) || std::ranges::any_of(state_.routes, by_route);
}

Status FakeKernel::can_route(const Route& route) {
  for (const auto& device : devices_of(route)) {
    const auto* link = find(device);
    if (link == nullptr) return refuse(ENODEV);
    if (!link->up) return refuse(ENETDOWN, "Device for nexthop is not up");
  }
  if (route.via && !route.onlink && !is_reachable(route.device, *route.via))
    return refuse(ENETUNREACH, "Nexthop has invalid gateway");
  if (route.source && (!is_local(*route.source) || tentative_.contains(*route.source)))
    return refuse(EINVAL, "Invalid prefsrc address");
  return {};
}

// fib_table_insert() knows a route among those of its key by what it is, not by its number.
Status FakeKernel::add_route(const AddRoute& step) {
  const auto like = keys_like(state_.routes, step.key);
  for (const auto& key : like)
    if (state_.routes.at(key) == step.route) return {};
  const bool only_if_alone = step.key.nth == 0 && !step.before_others;
  if (only_if_alone && !like.empty()) return refuse(EEXIST);
  if (auto can = can_route(step.route); !can) return can;
  state_.gone.erase(step.key);
  auto key = step.key;
  key.nth = static_cast<std::uint8_t>(like.size());
  state_.routes[key] = step.route;
  if (!step.before_others || key.to.address.is_v6()) return {};
  for (; key.nth > 0; --key.nth) {
    auto before = key;
    --before.nth;
    std::swap(state_.routes[key], state_.routes[before]);
  }
  return {};
}

// NLM_F_REPLACE: the first of the key, whichever is meant.
Status FakeKernel::change_route(RouteKey key, const Route& to) {
  if (auto can = can_route(to); !can) return can;
  key.nth = 0;
  state_.routes[key] = to;
  state_.gone.erase(key);
  return {};
}

Status FakeKernel::remove_route(const RemoveRoute& step) {
  for (const auto& key : keys_like(state_.routes, step.key)) {
    if (state_.routes.at(key) != step.route) continue;
    state_.routes.erase(key);
    return {};
  }
  return {};
}

// The kernel numbers nothing: the first is the first.
void FakeKernel::number_routes() {
  std::map<RouteKey, Route> numbered;
  for (const auto& [key, route] : state_.routes) {
    auto place = key;
    place.nth = static_cast<std::uint8_t>(keys_like(numbered, key).size());
    numbered.emplace(place, route);
  }
  state_.routes = std::move(numbered);
}

}  // namespace hawser
