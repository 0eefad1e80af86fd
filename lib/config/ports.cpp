#include "lib/config/ports.h"

#include <algorithm>
#include <optional>

namespace hawser::config {

namespace {

MacAddress own_mac(const Observed& observed, const std::string& device, const Link& link) {
  const auto status = observed.links.find(device);
  if (status != observed.links.end() && status->second.port && !status->second.port->permanent_mac.is_zero())
    return status->second.port->permanent_mac;
  return link.mac.value_or(MacAddress{});
}

std::optional<std::string> device_with_mac(const Observed& observed, std::string_view text) {
  const auto mac = MacAddress::parse(text);
  if (!mac) return std::nullopt;
  // VLANs and bonds carry the MAC of a card: only cards count.
  for (const auto& [device, link] : observed.state.links)
    if (link.kind == LinkKind::kPhysical && own_mac(observed, device, link) == *mac) return device;
  return std::nullopt;
}

// The file makes it if it is not there.
bool is_made(const State& network, const std::string& device) {
  const auto found = network.links.find(device);
  return found != network.links.end() && found->second.kind != LinkKind::kPhysical;
}

std::optional<std::string> find_device(const std::string& port, const State& network,
                                       const Observed& observed, const DevicesByPath& by_path) {
  constexpr std::string_view kMac = "mac:";
  constexpr std::string_view kPath = "path:";
  auto device = std::optional(port);
  if (port.starts_with(kMac)) {
    device = device_with_mac(observed, std::string_view(port).substr(kMac.size()));
  } else if (port.starts_with(kPath)) {
    const auto found = by_path.find(port.substr(kPath.size()));
    device = found == by_path.end() ? std::nullopt : std::optional(found->second);
  }
  if (!device || (!observed.state.links.contains(*device) && !is_made(network, *device))) return std::nullopt;
  return device;
}

// The port whose own MAC the bond has.
std::string lender_of(const Observed& observed, const std::string& bond) {
  const auto link = observed.state.links.find(bond);
  if (link == observed.state.links.end() || !link->second.mac) return {};
  for (const auto& [name, card] : observed.state.links)
    if (card.master == bond && own_mac(observed, name, card) == *link->second.mac) return name;
  return {};
}

std::string needs(const std::string& name, const Link& link) {
  if (link.vlan) return link.vlan->on;
  return link.kind == LinkKind::kPhysical ? name : std::string{};
}

// Again and again: with a device that is missing go the VLANs on it.
void leave_out_missing(const Observed& observed, ResolvedPorts& result) {
  const auto is_missing = [&](const std::string& device) {
    return !device.empty() && !observed.state.links.contains(device) && !is_made(result.network, device);
  };
  auto& links = result.network.links;
  for (auto link = links.begin(); link != links.end();) {
    const auto device = needs(link->first, link->second);
    if (!is_missing(device)) {
      ++link;
      continue;
    }
    std::erase_if(result.network.routes,
                  [&](const auto& route) { return route.second.device == link->first; });
    result.missing_devices.push_back({link->first, device});
    links.erase(link);
    link = links.begin();
  }
}

void resolve_bond(const std::string& name, const Observed& observed, const DevicesByPath& by_path,
                  ResolvedPorts& result) {
  auto& policy = result.bonds[name];
  const auto link = result.network.links.find(name);
  if (link == result.network.links.end() || !link->second.bond) return;
  auto& bond = *link->second.bond;
  const auto written = std::exchange(bond.ports, {});
  const auto primary = std::exchange(bond.primary, {});
  for (const auto& port : std::exchange(policy.port_order, {})) {
    const auto device = find_device(port, result.network, observed, by_path);
    if (!device) {
      result.missing.push_back({name, port});
      continue;
    }
    policy.port_order.push_back(*device);
    if (const auto settings = written.find(port); settings != written.end())
      bond.ports[*device] = settings->second;
    if (port == primary) bond.primary = *device;
    if (const auto card = result.network.links.find(*device); card != result.network.links.end())
      card->second.master = name;
  }
  bond.order = {policy.port_order, lender_of(observed, name)};
}

}  // namespace

ResolvedPorts resolve_ports(const State& network, const std::map<std::string, BondPolicy>& bonds,
                            const Observed& observed, const DevicesByPath& by_path) {
  ResolvedPorts result{network, bonds, {}, {}};
  leave_out_missing(observed, result);
  for (const auto& [name, policy] : bonds) resolve_bond(name, observed, by_path, result);
  return result;
}

}  // namespace hawser::config
