// Routes: what the file can say of one, and beside it what only the kernel said of one that others made, so
// that it comes back whole after its device was down.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/bytes.h"

namespace hawser {

inline constexpr std::uint32_t kIpv6UserMetric =
    1024;  // IP6_RT_PRIO_USER, what IPv6 gets when none is asked for

// What makes two routes the same one for the kernel (fib_find_alias: prefix, TOS, priority, in one table; in
// IPv6 also the source that it is for).
struct RouteKey {
  std::uint32_t table = 254;  // RT_TABLE_MAIN
  Prefix to;                  // 0.0.0.0/0 or ::/0: default
  std::uint32_t metric = 0;   // IPv6 never has 0: the kernel makes it 1024
  std::uint8_t tos = 0;
  std::optional<Prefix> from{};  // IPv6 only
  std::uint8_t nth = 0;  // of several that the kernel holds under one key ("ip route append"), its order

  auto operator<=>(const RouteKey&) const = default;
};

// One way of a route with several.
struct NextHop {
  std::string device;
  Bytes message;  // flags, weight and attributes of its rtnexthop

  bool operator==(const NextHop&) const = default;
};

// A route in the kernel's own words (RTM_NEWROUTE), without the numbers of its devices, which may be others
// when it comes back, and without what is only news (dead, offloaded, when it was last used).
struct KernelRoute {
  Bytes message;                 // rtmsg and attributes
  std::vector<NextHop> hops;     // empty: the one way of the Route itself
  std::uint32_t expires = 0;     // seconds; not compared: it runs
  std::uint32_t nexthop_id = 0;  // an object that goes with its device and that no message brings back

  bool operator==(const KernelRoute& other) const {
    return message == other.message && hops == other.hops && nexthop_id == other.nexthop_id;
  }
};

// What the fields of a Route cannot say. Nearly every route has none, and who has all of the Internet's
// routes pays a pointer for each. Copies share it.
class RouteRest {
 public:
  RouteRest() = default;
  explicit RouteRest(KernelRoute route) : route_(std::make_shared<const KernelRoute>(std::move(route))) {}

  explicit operator bool() const { return route_ != nullptr; }
  const KernelRoute& operator*() const { return *route_; }
  const KernelRoute* operator->() const { return route_.get(); }
  bool operator==(const RouteRest& other) const {
    return route_ == other.route_ || (route_ && other.route_ && *route_ == *other.route_);
  }

 private:
  std::shared_ptr<const KernelRoute> route_;
};

struct Route {
  std::string device;  // of several ways, the first one's
  std::optional<IpAddress> via;
  std::optional<IpAddress> source;  // RTA_PREFSRC
  bool onlink = false;
  std::uint32_t mtu = 0;      // RTAX_MTU; 0: not set
  std::uint8_t protocol = 0;  // rtm_protocol
  RouteRest rest{};           // of what others made; never of what we want

  bool operator==(const Route&) const = default;
};

// Of all that the kernel holds under one key, whichever of them `key` is, in their order.
std::vector<RouteKey> keys_like(const std::map<RouteKey, Route>& routes, const RouteKey& key);

std::string to_string(const RouteKey& key);  // "default", "198.51.100.0/24 table 100 metric 5"

// Every device that it leads over, each once.
std::vector<std::string> devices_of(const Route& route);
bool leads_over(const Route& route, const std::string& device);
// Without its ways over a device; nothing is left when it has no other.
std::optional<Route> without_ways_over(const Route& route, const std::string& device);

}  // namespace hawser
