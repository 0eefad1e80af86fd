#include "netd/address_state.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hawser::netd {
namespace {

constexpr std::string_view kLoopback = "lo";

const Link* find(const State& state, const std::string& name) {
  const auto found = state.links.find(name);
  return found == state.links.end() ? nullptr : &found->second;
}

// The VRF that a device is in, or is; empty: none.
std::string vrf_of(const State& state, const std::string& name) {
  const auto* link = find(state, name);
  if (link == nullptr) return {};
  if (link->kind == LinkKind::kVrf) return name;
  const auto* master = find(state, link->master);
  return master != nullptr && master->kind == LinkKind::kVrf ? link->master : std::string{};
}

bool has_address(const Link& link, const IpAddress& address) {
  return std::ranges::any_of(link.addresses,
                             [&](const auto& entry) { return entry.first.address == address; });
}

bool names_it(const State& wanted, const std::string& device, const IpAddress& address) {
  const auto* link = find(wanted, device);
  return link != nullptr && has_address(*link, address);
}

std::vector<std::string> others_with(const std::string& name, const IpAddress& address, const State& wanted,
                                     const State& state) {
  std::vector<std::string> devices;
  for (const auto& [other, link] : state.links)
    if (other != name && other != kLoopback && has_address(link, address) &&
        !names_it(wanted, other, address) && vrf_of(state, other) == vrf_of(state, name))
      devices.push_back(other);
  return devices;
}

// The device's master, if that is none of the file's; empty: none.
std::string foreign_master(const std::string& name, const State& wanted, const State& state) {
  const auto* link = find(state, name);
  if (link == nullptr || link->master.empty() || wanted.links.contains(link->master)) return {};
  return link->master;
}

std::string kind_of(const std::string& device, const Observed& observed) {
  const auto status = observed.links.find(device);
  return status == observed.links.end() || status->second.kind.empty() ? "device" : status->second.kind;
}

// The kernel does not take the route back while the address itself is not a local one any more ("ip route
// flush table all").
std::vector<std::string> lost_subnets(const std::string& name, const Link& wanted, const State& state) {
  std::vector<std::string> texts;
  for (const auto& [key, route] : state.gone) {
    if (route.device != name) continue;
    const auto address = std::ranges::find_if(
        wanted.addresses, [&](const auto& entry) { return entry.first.network() == key.to; });
    if (address != wanted.addresses.end())
      texts.push_back(
          fmt::format("the route to {} is gone: where it does not come back, delete the address "
                      "(ip address del {} dev {}): netd adds it again",
                      key.to, address->first, name));
  }
  return texts;
}

std::vector<std::string> doubled_addresses(const std::string& name, const State& wanted, const State& state) {
  std::vector<std::string> texts;
  const auto* link = find(wanted, name);
  if (link == nullptr) return texts;
  for (const auto& [prefix, address] : link->addresses)
    if (const auto others = others_with(name, prefix.address, wanted, state);
        !others.empty() && !prefix.address.is_link_local())
      texts.push_back(fmt::format("{} is on {} too, not by netd: answers may leave by either", prefix.address,
                                  fmt::join(others, ", ")));
  return texts;
}

Finding state_of_addresses(const std::string& name, const Link& wanted, const State& file,
                           const Observed& observed) {
  const auto object = name + " addresses";
  const auto master = foreign_master(name, file, observed.state);
  if (!master.empty() && vrf_of(observed.state, name).empty())
    return {object, Condition::kDead,
            fmt::format("{} is in {} {}, which netd did not make: they answer nobody: take it out (ip link "
                        "set {} nomaster)",
                        name, kind_of(master, observed), master, name)};
  std::vector<std::string> troubles;
  if (!master.empty())
    troubles.push_back(fmt::format(
        "{} is in VRF {}, which netd did not make: they are reached through that alone", name, master));
  std::ranges::move(lost_subnets(name, wanted, observed.state), std::back_inserter(troubles));
  std::ranges::move(doubled_addresses(name, file, observed.state), std::back_inserter(troubles));
  if (troubles.empty()) return {object, Condition::kOk, "reachable"};
  return {object, Condition::kDegraded, fmt::format("{}", fmt::join(troubles, "; "))};
}

}  // namespace

std::vector<Finding> states_of_addresses(const config::ResolvedPorts& network, const Observed& observed) {
  std::vector<Finding> list;
  for (const auto& [name, link] : network.network.links)
    if (!link.addresses.empty() && observed.state.links.contains(name))
      list.push_back(state_of_addresses(name, link, network.network, observed));
  return list;
}

}  // namespace hawser::netd
