#include "lib/state/bond.h"

#include <algorithm>

#include "lib/state/bond_options.h"

namespace hawser {

bool has_active_port(BondMode mode) {
  return mode == BondMode::kActiveBackup || mode == BondMode::kBalanceTlb || mode == BondMode::kBalanceAlb;
}

namespace {

constexpr std::uint32_t kForcedMiimon = 100;  // BOND_DEFAULT_MIIMON

}  // namespace

Bond kernel_default_bond(BondMode mode) {
  Bond bond;
  bond.mode = mode;
  for (const auto& info : bond_options()) bond.set(info.option, info.default_value);
  // bond_option_mode_set(): these modes cannot do without the MII monitor, so the kernel turns it on.
  if (mode == BondMode::k8023ad || mode == BondMode::kBalanceTlb || mode == BondMode::kBalanceAlb)
    bond.set(BondOption::kMiimon, kForcedMiimon);
  return bond;
}

std::vector<std::string> joining_order(const Bond& bond, JoinFor reason) {
  std::vector<std::string> names;
  const auto take = [&](const std::string& name) {
    if (bond.ports.contains(name) && std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  if (reason == JoinFor::kItsMac) take(bond.order.lender);
  for (const auto& name : bond.order.names) take(name);
  for (const auto& [name, options] : bond.ports) take(name);
  return names;
}

}  // namespace hawser
