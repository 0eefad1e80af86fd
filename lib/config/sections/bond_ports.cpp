// Rules between bonds and their ports.
#include <algorithm>
#include <cctype>

#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/devices.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

using BondSection = Section<BondSpec>;

bool is_port(const BondSpec& bond, const std::string& name) {
  return std::ranges::find(bond.ports, name) != bond.ports.end();
}

void primary_is_a_port(const BondSection& bond, Report& report) {
  const auto& primary = bond.spec.primary;
  if (primary.empty() || is_port(bond.spec, primary)) return;
  fault(report, bond, "primary", fmt::format("{} is not among the ports", quote(primary)));
}

void port_settings_have_a_port(const BondSection& bond, Report& report) {
  for (const auto& [name, port] : bond.spec.port) {
    if (!is_port(bond.spec, name))
      report.add(Part::kNetd, port.place, port.path, fmt::format("{} is not among the ports", quote(name)));
    const auto belongs_to = [&, &port = port](std::string_view key, BondModes modes) {
      if (bond.has("mode") && port.has(key) && (modes & mode_bit(bond.spec.mode)) == 0)
        report.add(
            Part::kNetd, port.at(key), dotted(port.path, key),
            fmt::format("mode {} does not take it: only {}", name_of(bond.spec.mode), modes_of(modes)));
    };
    belongs_to("prio", kWithActivePort);
    belongs_to("actor_port_prio", mode_bit(BondMode::k8023ad));
  }
}

void queues_are_unique(const BondSection& bond, Report& report) {
  std::map<std::uint16_t, std::pair<std::string, Place>> seen;
  for (const auto& [name, port] : bond.spec.port) {
    if (port.spec.queue_id == 0) continue;
    const auto place = port.at("queue_id");
    const auto [there, added] = seen.try_emplace(port.spec.queue_id, name, place);
    if (!added)
      report.add(Part::kNetd, place, port.path + ".queue_id",
                 fmt::format("{} is also that of port {}", port.spec.queue_id, quote(there->second.first)));
  }
}

// The same card by the same name, or by the same MAC however it is spelled. By two names: known only where
// the card is (resolve_ports).
std::string identity_of(const File& file, const std::string& port) {
  auto identity = device_of(file, port);
  if (identity.starts_with("mac:"))
    std::ranges::transform(identity, identity.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return identity;
}

struct PortUse {
  std::string bond;
  Place place;
};

void a_port_in_one_bond(const File& file, Report& report) {
  std::map<std::string, PortUse> seen;
  for (const auto& [name, bond] : file.bonds) {
    for (std::size_t i = 0; i < bond.spec.ports.size(); ++i) {
      const auto& port = bond.spec.ports[i];
      const auto place = bond.at("ports", i);
      const auto [there, added] = seen.try_emplace(identity_of(file, port), PortUse{name, place});
      if (added) continue;
      const bool first_is_later = there->second.place > place;
      const auto& holder = first_is_later ? name : there->second.bond;
      const auto& loser = first_is_later ? there->second.bond : name;
      report.add(Part::kNetd, std::max(place, there->second.place), fmt::format("bond.{}.ports", loser),
                 loser == holder
                     ? fmt::format("{} is there twice", quote(port))
                     : fmt::format("{} is already a port of bond {}", quote(port), quote(holder)));
    }
  }
}

std::string_view why_no_port(const Device* device, const std::string& name) {
  if (name == "lo") return "the loopback device";
  if (device == nullptr) return {};
  if (device->kind == LinkKind::kBond) return "a bond";
  return device->kind == LinkKind::kVrf ? "a VRF" : std::string_view{};
}

void ports_can_be_ports(const File& file, const Devices& devices, const BondSection& bond, Report& report) {
  for (std::size_t i = 0; i < bond.spec.ports.size(); ++i) {
    const auto& port = bond.spec.ports[i];
    const auto name = device_of(file, port);
    if (const auto why = why_no_port(find_device(devices, name), name); !why.empty())
      report.add(Part::kNetd, bond.at("ports", i), bond.path + ".ports",
                 fmt::format("{} is {}, which is no port of a bond", quote(port), why));
  }
}

void a_bond_has_ports(const BondSection& bond, Report& report) {
  if (!bond.has("ports")) fault(report, bond, "ports", "is missing: a bond without ports carries nothing");
}

// bond_3ad_set_carrier()
void enough_ports_for_carrier(const BondSection& bond, Report& report) {
  const auto least = option_of(bond.spec, BondOption::kMinLinks);
  if (bond.spec.mode != BondMode::k8023ad || bond.spec.ports.empty() || least <= bond.spec.ports.size())
    return;
  fault(report, bond, "min_links",
        fmt::format("{} is above the number of ports, {}: the bond would never have carrier", least,
                    bond.spec.ports.size()));
}

bool ports_keep_their_mac(const BondSpec& bond) {
  const auto policy = bond.options.find(BondOption::kFailOverMac);
  return bond.mode == BondMode::kActiveBackup && policy != bond.options.end() && policy->second != 0;
}

// What a card's own section says, and its bond decides.
void a_port_leaves_it_to_the_bond(const Section<LinkSpec>& link, const std::string& bond, Report& report) {
  const auto fault_for = [&](std::string_view key, std::string_view why) {
    if (link.has(key))
      fault(report, link, key,
            fmt::format("{} is a port of bond {}: {}", quote(link.path.substr(5)), quote(bond), why));
  };
  if (!link.spec.addresses.empty()) fault_for("addresses", "addresses belong to the bond");
  if (!link.spec.routes.empty()) fault_for("routes", "routes lead through the bond");
  if (!link.spec.vrf.empty()) fault_for("vrf", "the bond is what a VRF can have");
}

const Section<LinkSpec>* section_of(const File& file, const std::string& port) {
  for (const auto& [name, link] : file.links)
    if (own_device(name, link) == device_of(file, port)) return &link;
  return nullptr;
}

void macs_agree(const File& file, const BondSection& bond, Report& report) {
  if (ports_keep_their_mac(bond.spec)) return;
  auto common = bond.spec.mac;
  for (const auto& port : bond.spec.ports) {
    const auto card = section_of(file, port);
    if (card == nullptr || !card->spec.mac) continue;
    if (common && *common != *card->spec.mac)
      fault(report, *card, "mac",
            fmt::format("{} is not the {} of its bond: the kernel gives every port the bond's",
                        *card->spec.mac, *common));
    common = common.value_or(*card->spec.mac);
  }
}

// bond_should_override_tx_queue()
void queues_are_looked_at(const BondSection& bond, Report& report) {
  constexpr BondModes kLook = mode_bit(BondMode::kActiveBackup) | mode_bit(BondMode::kBalanceRr);
  if (!bond.has("mode") || (kLook & mode_bit(bond.spec.mode)) != 0) return;
  for (const auto& [name, port] : bond.spec.port)
    if (port.spec.queue_id != 0)
      report.note(Part::kNetd, port.at("queue_id"), port.path + ".queue_id",
                  fmt::format("mode {} does not look at it", name_of(bond.spec.mode)));
}

}  // namespace

void check_ports(const File& file, Report& report) {
  const auto devices = devices_of(file);
  for (const auto& [name, bond] : file.bonds) {
    a_bond_has_ports(bond, report);
    enough_ports_for_carrier(bond, report);
    primary_is_a_port(bond, report);
    port_settings_have_a_port(bond, report);
    queues_are_unique(bond, report);
    queues_are_looked_at(bond, report);
    ports_can_be_ports(file, devices, bond, report);
    macs_agree(file, bond, report);
  }
  for (const auto& [name, link] : file.links)
    if (const auto* device = find_device(devices, own_device(name, link)); !device->bond.empty())
      a_port_leaves_it_to_the_bond(link, device->bond, report);
  a_port_in_one_bond(file, report);
}

}  // namespace hawser::config
