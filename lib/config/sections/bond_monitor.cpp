// What a bond's options come to when those that were not written are filled in.
#include "lib/config/sections/bond.h"

namespace hawser::config {

BondMonitor monitor_of(const BondSpec& bond) {
  if (bond.monitor) return *bond.monitor;
  const auto interval = bond.options.find(BondOption::kArpInterval);
  const bool arp = interval != bond.options.end() && interval->second > 0;
  return arp && !bond.options.contains(BondOption::kMiimon) ? BondMonitor::kArp : BondMonitor::kMii;
}

std::uint32_t option_of(const BondSpec& bond, BondOption option) {
  if (const auto written = bond.options.find(option); written != bond.options.end()) return written->second;
  if (option == BondOption::kMiimon) return monitor_of(bond) == BondMonitor::kMii ? kDefaultMiimon : 0;
  return info_of(option).default_value;
}

std::string modes_of(BondModes modes) {
  std::vector<std::string_view> names;
  for (const auto& [mode, name] : kNames<BondMode>)
    if ((modes & mode_bit(mode)) != 0) names.push_back(name);
  return joined(names, " and ");
}

}  // namespace hawser::config
