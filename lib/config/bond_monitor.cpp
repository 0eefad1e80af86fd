#include "lib/config/bond_monitor.h"

#include "lib/state/bond_options.h"

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
  return info_of(option).standard;
}

}  // namespace hawser::config
