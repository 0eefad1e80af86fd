#include "lib/plan/simulate.h"

#include <algorithm>

namespace hawser {

namespace {

bool is_down(const State& state, const std::string& device) {
  const auto link = state.links.find(device);
  return link == state.links.end() || !link->second.up;
}

}  // namespace

void drop_routes(State& state, const std::string& device, std::optional<Family> family) {
  std::erase_if(state.routes, [&](const auto& entry) {
    return (!family || entry.first.to.address.family() == *family) && dies_with(state, entry.second, device);
  });
}

void no_longer_gone(State& state, const std::string& device, const std::optional<Prefix>& subnet) {
  std::erase_if(state.gone, [&](const auto& entry) {
    return entry.second.device == device && (!subnet || entry.first.to == *subnet);
  });
}

bool dies_with(const State& state, const Route& route, const std::string& device) {
  if (!leads_over(route, device)) return false;
  const auto devices = devices_of(route);
  return std::ranges::all_of(devices, [&](const auto& way) { return way == device || is_down(state, way); });
}

// fib_sync_down_dev() drops an IPv4 route with any of its devices, fib6_ifdown() takes the one way out.
void forget_device(std::map<RouteKey, Route>& routes, const std::string& device) {
  for (auto entry = routes.begin(); entry != routes.end();) {
    const bool is_v6 = entry->first.to.address.is_v6();
    auto left =
        is_v6 || !leads_over(entry->second, device) ? without_ways_over(entry->second, device) : std::nullopt;
    if (left) entry->second = std::move(*left);
    entry = left ? std::next(entry) : routes.erase(entry);
  }
}

// __inet_del_ifa()
std::vector<Prefix> goes_along(const Link& link, const Prefix& prefix) {
  const auto found = link.addresses.find(prefix);
  if (found == link.addresses.end() || !prefix.address.is_v4() || link.promotes_secondaries.value) return {};
  const auto place = found->second.place.value;
  std::vector<Prefix> secondaries;
  for (const auto& [other, address] : link.addresses) {
    if (other == prefix || other.network() != prefix.network()) continue;
    if (address.place.value < place) return {};  // a secondary itself
    if (address.place.value > place) secondaries.push_back(other);
  }
  return secondaries;
}

void simulate(State& state, const Step& step) {
  std::visit([&](const auto& one) { family::simulate(state, one); }, step);
}

bool is_kernel_made(const Prefix& prefix, const Address& address) {
  constexpr std::uint8_t kKernelLinkLocal = 3;  // IFAPROT_KERNEL_LL; 1 loopback, 2 router advertisement
  const bool by_number = address.protocol >= 1 && address.protocol <= kKernelLinkLocal;
  return by_number || (prefix.address.is_v6() && prefix.address.is_link_local());
}

bool is_kernel_made(const Route& route) {
  constexpr std::array<std::uint8_t, 3> kProtocols{1, 2, 9};  // RTPROT_REDIRECT, RTPROT_KERNEL, RTPROT_RA
  return std::ranges::find(kProtocols, route.protocol) != kProtocols.end();
}

}  // namespace hawser
