// Rules of what a vip holds and of where: its addresses and its interfaces.
#include <algorithm>

#include "lib/config/engine/kinds.h"
#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/devices.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

using VipSection = Section<VipSpec>;

// Why nothing can be announced or held there; empty: it can.
std::string device_trouble(const File& file, const Devices& devices, const std::string& name) {
  const auto device = device_of(file, name);
  if (auto wrong = device_fault(device); !wrong.empty()) return wrong;
  const auto* spec = find_device(devices, device);
  if (spec != nullptr && !spec->bond.empty())
    return fmt::format("{} is a port of bond {}: write the bond", quote(name), quote(spec->bond));
  return {};
}

void interfaces_carry_addresses(const File& file, const Devices& devices, const VipSection& vip,
                                Report& report) {
  const auto judge = [&](const std::string& name, Place place, std::string_view key) {
    if (name.empty()) return;
    if (auto wrong = device_trouble(file, devices, name); !wrong.empty())
      report.add(Part::kAll, place, dotted(vip.path, key), std::move(wrong));
  };
  judge(vip.spec.interface, vip.at("interface"), "interface");
  for (std::size_t i = 0; i < vip.spec.addresses.size(); ++i)
    judge(vip.spec.addresses[i].interface, vip.at("addresses", i), "addresses");
}

// Advertisements that no neighbour can hear elect nobody.
void interface_has_neighbours(const File& file, const VipSection& vip, Report& report) {
  const auto& name = vip.spec.interface;
  if (device_of(file, name) == "lo")
    fault(report, vip, "interface", "\"lo\" has no neighbours that could hear advertisements", Part::kVipd);
  else if (find_vrf(file, name) != nullptr)
    fault(report, vip, "interface", fmt::format("{} is a VRF: write a device in it", quote(name)),
          Part::kVipd);
}

// A VLAN on a device that is down is refused by check_devices().
bool is_kept_down(const File& file, const Devices& devices, const std::string& name) {
  const auto* device = find_device(devices, device_of(file, name));
  return device != nullptr && device->spec != nullptr && !device->spec->up;
}

// A device may be down for a while, and one host alone may have its vip on a dummy: no fault, but who elects
// and serves there should know.
void interfaces_lead_somewhere(const File& file, const Devices& devices, const VipSection& vip,
                               Report& report) {
  const auto judge_down = [&](const std::string& name, Place place, std::string_view key) {
    if (is_kept_down(file, devices, name))
      report.note(Part::kVipd, place, dotted(vip.path, key),
                  fmt::format("{} has up = false: no address is held there until it is up", quote(name)));
  };
  const auto& on = vip.spec.interface;
  judge_down(on, vip.at("interface"), "interface");
  for (std::size_t i = 0; i < vip.spec.addresses.size(); ++i)
    if (const auto& other = vip.spec.addresses[i].interface; !other.empty() && other != on)
      judge_down(other, vip.at("addresses", i), "addresses");
  const auto* device = find_device(devices, device_of(file, on));
  if (device != nullptr && device->kind == LinkKind::kDummy)
    report.note(
        Part::kVipd, vip.at("interface"), vip.path + ".interface",
        fmt::format("{} is a dummy, which has no neighbours: every host with the vip holds it at once",
                    quote(on)));
}

void addresses_are_hosts(const VipSection& vip, Report& report) {
  for (std::size_t i = 0; i < vip.spec.addresses.size(); ++i) {
    const auto& prefix = vip.spec.addresses[i].prefix;
    auto wrong = reachable_fault(prefix.address);
    if (wrong.empty()) wrong = prefix_fault(prefix);
    if (!wrong.empty())
      report.add(Part::kAll, vip.at("addresses", i), vip.path + ".addresses", std::move(wrong));
  }
}

void addresses_move_once(const File& file, Report& report) {
  std::map<std::pair<std::string, IpAddress>, std::pair<Place, std::string>> seen;
  for (const auto& [name, vip] : file.vips) {
    for (std::size_t i = 0; i < vip.spec.addresses.size(); ++i) {
      const auto& moving = vip.spec.addresses[i];
      const auto& address = moving.prefix.address;
      std::pair later{vip.at("addresses", i), vip.path + ".addresses"};
      // Link-local addresses mean something on one link only.
      const auto& on = moving.interface.empty() ? vip.spec.interface : moving.interface;
      const auto link = address.is_link_local() ? device_of(file, on) : std::string();
      const auto [there, added] = seen.try_emplace({link, address}, later);
      if (added) continue;
      auto first = there->second;
      if (later < first) std::swap(first, later);
      report.add(Part::kVipd, later.first, later.second,
                 fmt::format("{} is also at {}", to_string(address), report.where(first.first)));
    }
  }
}

// RFC 9568 8.3.2: who has the address as its own has priority 255. Anybody else who answers for it makes two.
void no_address_is_a_nodes_own(const File& file, const std::string& name, const VipSection& vip,
                               Report& report) {
  const auto ranks = file.priorities.find(name);
  const auto owns = [&](const std::string& node) {
    if (file.nodes.empty()) return false;
    if (ranks == file.priorities.end()) return false;
    const auto rank = ranks->second.find(node);
    return rank != ranks->second.end() && rank->second == kOwnerPriority.value;
  };
  for (std::size_t i = 0; i < vip.spec.addresses.size(); ++i) {
    const auto& address = vip.spec.addresses[i].prefix.address;
    const auto own = file.own_addresses.find(address);
    if (own == file.own_addresses.end() || address.is_link_local() || owns(own->second.node)) continue;
    report.add(
        Part::kAll, vip.at("addresses", i), vip.path + ".addresses",
        fmt::format("{} is the own address of node {} ({}): that node must have priority 255 or the vip "
                    "another address",
                    address, own->second.node, report.where(own->second.place)));
  }
}

}  // namespace

void check_vip_addresses(const File& file, Report& report) {
  const auto devices = devices_of(file);
  for (const auto& [name, vip] : file.vips) {
    interfaces_carry_addresses(file, devices, vip, report);
    interface_has_neighbours(file, vip, report);
    interfaces_lead_somewhere(file, devices, vip, report);
    addresses_are_hosts(vip, report);
    no_address_is_a_nodes_own(file, name, vip, report);
  }
  addresses_move_once(file, report);
}

}  // namespace hawser::config
