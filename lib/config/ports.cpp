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

// A device by its own name or by another one that it was given.
std::optional<std::string> device_called(const Observed& observed, const std::string& name) {
  if (observed.state.links.contains(name)) return name;
  for (const auto& [device, status] : observed.links)
    if (status.altnames.contains(name)) return device;
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
  std::optional<std::string> device;
  if (port.starts_with(kMac)) {
    device = device_with_mac(observed, std::string_view(port).substr(kMac.size()));
  } else if (port.starts_with(kPath)) {
    const auto found = by_path.find(port.substr(kPath.size()));
    if (found != by_path.end()) device = found->second;
  } else {
    device = is_made(network, port) ? port : device_called(observed, port);
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

bool has_own_mac(const Observed& observed, const Bond& bond, const MacAddress& mac) {
  return std::ranges::any_of(bond.ports, [&](const auto& port) {
    const auto link = observed.state.links.find(port.first);
    return link != observed.state.links.end() && own_mac(observed, port.first, link->second) == mac;
  });
}

// bond_set_mac_address() changes nothing while the MAC follows the active port.
bool can_be_given_a_mac(const Bond& bond) {
  return bond.mode != BondMode::kActiveBackup || bond.get(BondOption::kFailOverMac) == 0;
}

std::optional<MacAddress> mac_of_first_port(const Observed& observed, const Bond& bond) {
  for (const auto& port : joining_order(bond, JoinFor::kPreference)) {
    const auto link = observed.state.links.find(port);
    if (link == observed.state.links.end()) continue;
    if (const auto own = own_mac(observed, port, link->second); !own.is_zero()) return own;
  }
  return std::nullopt;
}

// The MAC that a bond is to have in place of one that is a stranger's; nullopt: it may keep what it has.
std::optional<MacAddress> instead_of_a_strangers(const Observed& observed, const std::string& name,
                                                 const Bond& bond) {
  const auto there = observed.state.links.find(name);
  if (there == observed.state.links.end() || !there->second.bond || !there->second.mac) return std::nullopt;
  const auto& mac = *there->second.mac;
  if (!can_be_given_a_mac(bond) || has_own_mac(observed, bond, mac)) return std::nullopt;
  if (!device_with_mac(observed, to_string(mac))) return std::nullopt;
  return mac_of_first_port(observed, bond);
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
    result.missing_devices.push_back({link->first, device, device_called(observed, device).value_or("")});
    links.erase(link);
    link = links.begin();
  }
}

std::string holder_of(const State& network, const std::string& device) {
  for (const auto& [name, link] : network.links)
    if (link.bond && link.bond->ports.contains(device)) return name;
  return {};
}

// What the file says of each bond's ports, by what is written there. Taken out before any is resolved, so
// that who holds a device is known by what is resolved already.
using Written = std::map<std::string, Bond>;

Written take_lists(State& network, const std::map<std::string, BondPolicy>& bonds) {
  Written written;
  for (auto& [name, link] : network.links) {
    if (!link.bond || !bonds.contains(name)) continue;
    written[name] = *link.bond;
    link.bond->ports.clear();
    link.bond->primary.clear();
  }
  return written;
}

// The ports as devices; those that are not there, or are in a bond already, are noted and left out.
void resolve_list(const std::string& name, const Bond& written, const Observed& observed,
                  const DevicesByPath& by_path, ResolvedPorts& result) {
  auto& policy = result.bonds[name];
  auto& bond = *result.network.links.at(name).bond;
  for (const auto& port : std::exchange(policy.port_order, {})) {
    const auto device = find_device(port, result.network, observed, by_path);
    if (!device) {
      result.missing.push_back({name, port});
      continue;
    }
    const auto holder = holder_of(result.network, *device);
    if (holder.empty()) {
      policy.port_order.push_back(*device);
      if (const auto settings = written.ports.find(port); settings != written.ports.end())
        bond.ports[*device] = settings->second;
      if (const auto card = result.network.links.find(*device); card != result.network.links.end())
        card->second.master = name;
    } else {
      result.doubled.push_back({name, port, *device, holder});
    }
    if (port == written.primary && (holder.empty() || holder == name)) bond.primary = *device;
  }
}

void resolve_bond(const std::string& name, const Bond& written, const Observed& observed,
                  const DevicesByPath& by_path, ResolvedPorts& result) {
  resolve_list(name, written, observed, by_path, result);
  auto& link = result.network.links.at(name);
  link.bond->order = {result.bonds[name].port_order, lender_of(observed, name)};
  if (!link.mac) link.mac = instead_of_a_strangers(observed, name, *link.bond);
}

}  // namespace

std::optional<std::string> find_device(const std::string& name, const Observed& observed,
                                       const DevicesByPath& by_path) {
  return find_device(name, {}, observed, by_path);
}

std::optional<MacAddress> usual_mac(const Observed& observed, const std::string& name, const Bond& bond) {
  const auto there = observed.state.links.find(name);
  const bool has_one = there != observed.state.links.end() && there->second.mac.has_value();
  const bool stays =
      has_one && (!can_be_given_a_mac(bond) || has_own_mac(observed, bond, *there->second.mac));
  return stays ? there->second.mac : mac_of_first_port(observed, bond);
}

ResolvedPorts resolve_ports(const State& network, const std::map<std::string, BondPolicy>& bonds,
                            const Observed& observed, const DevicesByPath& by_path) {
  ResolvedPorts result{network, bonds, {}, {}, {}};
  leave_out_missing(observed, result);
  for (const auto& [name, bond] : take_lists(result.network, bonds))
    resolve_bond(name, bond, observed, by_path, result);
  return result;
}

}  // namespace hawser::config
