#include "lib/config/written.h"

#include "lib/config/engine/carry.h"
#include "lib/config/sections/bond.h"

namespace hawser::config {

namespace {

BondMonitor monitor_there(const Bond& bond) {
  if (bond.get(BondOption::kMiimon) > 0) return BondMonitor::kMii;
  return bond.get(BondOption::kArpInterval) > 0 ? BondMonitor::kArp : BondMonitor::kNone;
}

bool is_worth_writing(const Bond& bond, const BondOptionInfo& info, BondMonitor monitor) {
  if (!option_applies(info, bond.mode) || bond.get(info.option) == info.default_value) return false;
  return info.option != BondOption::kArpValidate || monitor == BondMonitor::kArp;
}

BondSpec spec_of(const Bond& bond) {
  BondSpec spec;
  spec.mode = bond.mode;
  const auto monitor = monitor_there(bond);
  if (monitor != BondMonitor::kMii) spec.monitor = monitor;
  for (const auto& info : bond_options())
    if (is_worth_writing(bond, info, monitor)) spec.options[info.option] = bond.get(info.option);
  for (const auto& [port, settings] : bond.ports) spec.ports.push_back(port);
  if (has_active_port(bond.mode) && bond.ports.contains(bond.primary)) spec.primary = bond.primary;
  if (monitor == BondMonitor::kArp) {
    spec.arp_ip_target = bond.arp_ip_target;
    spec.ns_ip6_target = bond.ns_ip6_target;
  }
  if (bond.mode == BondMode::k8023ad && !(bond.ad_actor_system == MacAddress{}))
    spec.ad_actor_system = bond.ad_actor_system;
  return spec;
}

Table port_sections(const Bond& bond) {
  Table ports;
  for (const auto& [name, port] : bond.ports) {
    auto settings = port;
    if (!has_active_port(bond.mode)) settings.prio = 0;
    if (bond.mode != BondMode::k8023ad) settings.actor_port_prio = kActorPortPrio;
    if (auto table = to_table(bond_port_rows(), settings); !table.empty())
      ports.push_back({name, {}, plain_value(std::move(table))});
  }
  return ports;
}

}  // namespace

Table bond_section(const Bond& bond) {
  const auto spec = spec_of(bond);
  BondSpec usual;
  usual.mode = spec.mode;
  usual.monitor = spec.monitor;
  if (!spec.monitor)
    usual.options[BondOption::kMiimon] = 0;  // said, also where the file would have it anyway
  Table section{{"mode", {}, plain_value(std::string(name_of(bond.mode)))}};
  if (spec.monitor) section.push_back({"monitor", {}, plain_value(std::string(name_of(*spec.monitor)))});
  auto settings = to_table(bond_rows(), spec, usual);
  section.insert(section.end(), std::make_move_iterator(settings.begin()),
                 std::make_move_iterator(settings.end()));
  if (bond.ports.empty()) section.push_back({"ports", {}, plain_value(List{})});
  if (auto ports = port_sections(bond); !ports.empty())
    section.push_back({"port", {}, plain_value(std::move(ports))});
  return section;
}

std::string section_text(std::string_view kind, std::string_view name, const Table& section) {
  auto text = fmt::format("[{}.{}]\n", kind, toml_key(name));
  for (const auto& [key, place, value] : section) text += fmt::format("{} = {}\n", key, toml_text(value));
  return text;
}

}  // namespace hawser::config
