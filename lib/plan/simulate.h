// What Linux does when it takes a step, side effects included: a link that goes down loses its routes and
// IPv6 addresses, a new mode resets options, a port that leaves is closed. The planner plans from the state
// as it will be, so that what a step costs is put back by the same plan. Read in Linux 6.1 and 6.12
// (bond_options.c, bond_main.c), seen in Linux 6.18 for addresses and routes.
#pragma once

#include "lib/plan/step.h"

namespace hawser {

// Does not know what only the kernel knows: the MAC that a port gets back when it leaves its bond becomes
// "open" (nullopt), and with it that of a bond that such a port lends its own.
void simulate(State& state, const Step& step);

// Whether the route goes when its device goes down: it has no other way, or none that is up.
bool dies_with(const State& state, const Route& route, const std::string& device);
// What becomes of routes when a device is deleted.
void forget_device(std::map<RouteKey, Route>& routes, const std::string& device);

// The routes that die with the device, of one family or all.
void drop_routes(State& state, const std::string& device, std::optional<Family> family = std::nullopt);
// With what the kernel makes anew it makes its routes anew.
void no_longer_gone(State& state, const std::string& device, const std::optional<Prefix>& subnet = {});

// What the kernel removes together with this address of the device: its secondaries, unless they are
// promoted.
std::vector<Prefix> goes_along(const Link& link, const Prefix& prefix);

inline constexpr std::uint32_t kEthernetMtu = 1500;  // ETH_DATA_LEN: of a device of which nobody said another
inline constexpr std::uint32_t kIpv6Mtu = 1280;      // IPV6_MIN_MTU: below it a device has no IPv6

// What the kernel adds and removes by itself and nobody plans: connected routes and those from router
// advertisements, IPv6 link-local addresses.
bool is_kernel_made(const Prefix& prefix, const Address& address);
bool is_kernel_made(const Route& route);

}  // namespace hawser
