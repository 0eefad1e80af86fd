// Bonds: drivers/net/bonding/bond_options.c, bond_main.c, bond_netlink.c.
#include <algorithm>
#include <cerrno>

#include "lib/state/bond_options.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/support/fake/refuse.h"

namespace hawser {

namespace {

constexpr std::array<BondOption, 3> kDelays{BondOption::kUpdelay, BondOption::kDowndelay,
                                            BondOption::kPeerNotifDelay};
constexpr std::uint16_t kQueues = 16;  // tx_queues of a bond unless the module was loaded otherwise

bool is_delay(BondOption option) {
  return std::ranges::find(kDelays, option) != kDelays.end();
}

bool uses_primary(BondMode mode) {
  return mode == BondMode::kActiveBackup || mode == BondMode::kBalanceTlb || mode == BondMode::kBalanceAlb;
}

bool uses_arp(BondMode mode) {
  return mode == BondMode::kBalanceRr || mode == BondMode::kActiveBackup || mode == BondMode::kBalanceXor ||
         mode == BondMode::kBroadcast;
}

Status in_range(const BondOptionInfo& info, std::uint32_t value) {
  if (value < info.minimum || value > info.maximum) return refuse(EINVAL, "invalid option value");
  return {};
}

Status are_targets(const std::vector<IpAddress>& targets, Family family) {
  if (targets.size() > 16) return refuse(EINVAL);
  for (const auto& target : targets) {
    if (target.family() != family || target.is_unspecified()) return refuse(EINVAL);
    if (std::ranges::count(targets, target) > 1) return refuse(EINVAL);
  }
  return {};
}

}  // namespace

Bond* FakeKernel::find_bond(const std::string& name) {
  auto* link = find(name);
  return link != nullptr && link->bond ? &*link->bond : nullptr;
}

void FakeKernel::show_delays(const std::string& bond) {
  auto& shown = *find_bond(bond);
  for (const auto option : kDelays)
    shown.set(option, bonds_[bond].ticks[option] * shown.get(BondOption::kMiimon));
}

// The setters proper, after all checks; bond_option_miimon_set() and the like.
void FakeKernel::store(const std::string& name, BondOption option, std::uint32_t value) {
  auto& bond = *find_bond(name);
  const auto miimon = bond.get(BondOption::kMiimon);
  if (is_delay(option)) {
    bonds_[name].ticks[option] = miimon == 0 ? 0 : value / miimon;
  } else {
    bond.set(option, value);
  }
  if (option == BondOption::kArpInterval && value != 0) bond.set(BondOption::kMiimon, 0);
  if (option == BondOption::kMiimon && value != 0 && bond.get(BondOption::kArpInterval) != 0) {
    bond.set(BondOption::kArpInterval, 0);
    bond.set(BondOption::kArpValidate, 0);
  }
  show_delays(name);
}

// bond_changelink(): each attribute in the table's order, stops at the first error.
Status FakeKernel::create_bond(const std::string& name, const Bond& wanted) {
  find(name)->bond = kernel_default_bond(wanted.mode);
  bonds_[name] = {};
  if (wanted.get(BondOption::kMiimon) != 0 && wanted.get(BondOption::kArpInterval) != 0)
    return refuse(EINVAL, "ARP monitoring cannot be used with MII monitoring");
  if (wanted.get(BondOption::kMiimon) != 0 && wanted.get(BondOption::kArpValidate) != 0)
    return refuse(EINVAL, "ARP validating cannot be used with MII monitoring");
  for (const auto& info : bond_options())
    if (const auto value = wanted.get(info.option); value != find_bond(name)->get(info.option))
      if (auto set = set_option(name, info.option, value); !set) return set;
  if (auto set = set_targets(name, Family::kIpv4, wanted.arp_ip_target); !set) return set;
  if (auto set = set_targets(name, Family::kIpv6, wanted.ns_ip6_target); !set) return set;
  return wanted.ad_actor_system.is_zero() ? Status{} : set_actor(name, wanted.ad_actor_system);
}

Status FakeKernel::enslave(const std::string& bond, const std::string& port) {
  auto* link = find(port);
  if (in_use_.contains(port)) return refuse(EBUSY, "Device is in use and cannot be enslaved");
  if (bond == port) return refuse(EPERM, "Cannot enslave bond to itself.");
  if (link->up) return refuse(EPERM, "Device can not be enslaved while up");
  auto& master = *find(bond);
  if (link->vlan && !find(link->vlan->on)->up) return refuse(ENETDOWN);
  if (link->vlan && *find(link->vlan->on)->mtu < *master.mtu) return refuse(ERANGE);  // dev_set_mtu()
  constexpr std::uint32_t kFollowActive = 1;                                          // BOND_FOM_ACTIVE
  if (fixed_mac_.contains(port) && master.bond->mode == BondMode::kActiveBackup &&
      master.bond->get(BondOption::kFailOverMac) != kFollowActive) {
    if (!master.bond->ports.empty()) return refuse(EOPNOTSUPP);
    master.bond->set(BondOption::kFailOverMac, kFollowActive);
  }
  auto& facts = bonds_[bond];
  hardware_[port] = {.mtu = *link->mtu, .mac = *link->mac};
  if (master.bond->ports.empty() && !facts.own_mac) change_mac(bond, *link->mac);
  master.bond->ports[port] = {};
  link->master = bond;
  (void)set_mtu(port, *master.mtu);
  change_mac(port, *master.mac);
  (void)set_up(port, true);
  if (uses_primary(master.bond->mode) && facts.primary == port) master.bond->primary = port;
  if (facts.active.empty() || facts.primary == port) facts.active = port;
  return {};
}

void FakeKernel::release(const std::string& bond, const std::string& port) {
  auto& master = *find(bond);
  auto& facts = bonds_[bond];
  master.bond->ports.erase(port);
  if (master.bond->primary == port) master.bond->primary.clear();
  if (facts.active == port)
    facts.active = master.bond->ports.empty() ? "" : master.bond->ports.begin()->first;
  take_down(port);
  find(port)->mtu = hardware_[port].mtu;
  change_mac(port, hardware_[port].mac);
  if (!master.bond->ports.empty()) return;
  change_mac(bond, new_mac());  // eth_hw_addr_random()
  facts.own_mac = false;
}

Status FakeKernel::set_mode(const std::string& name, BondMode mode) {
  auto* bond = find_bond(name);
  if (bond == nullptr) return refuse(ENODEV);
  if (bond->mode == mode) return {};
  if (!bond->ports.empty())
    return refuse(ENOTEMPTY, "unable to set option because the bond device has slaves");
  if (find(name)->up) return refuse(EBUSY, "unable to set option because the bond is up");
  if (!uses_arp(mode)) {
    bond->set(BondOption::kArpInterval, 0);
    if (bond->get(BondOption::kMiimon) == 0) store(name, BondOption::kMiimon, 100);
  }
  if (mode == BondMode::kBalanceAlb) bond->set(BondOption::kTlbDynamicLb, 1);
  bond->set(BondOption::kArpValidate, 0);
  bond->set(BondOption::kBroadcastNeighbor, 0);
  bond->mode = mode;
  return {};
}

// bond_fill_info(), bond_fill_slave_info(): of a port's priority only a port of 802.3ad tells.
void FakeKernel::tell_what_is_lacking(State& state) const {
  for (auto& [name, link] : state.links) {
    if (!link.bond) continue;
    link.bond->lacking.options = lacking_.options;
    const bool tells = link.bond->mode == BondMode::k8023ad && !link.bond->ports.empty();
    link.bond->lacking.actor_port_prio = lacking_.actor_port_prio && tells;
  }
}

Status FakeKernel::set_option(const std::string& name, BondOption option, std::uint32_t value) {
  auto* bond = find_bond(name);
  if (bond == nullptr) return refuse(ENODEV);
  if (lacking_.options.contains(option)) return refuse(ENOSYS, kNotInThisKernel);
  const auto& info = info_of(option);
  if (!option_applies(info, bond->mode)) return refuse(EACCES, "option not supported in mode");
  if (bond->get(option) == value) return {};
  if (info.when == BondWhen::kEmpty && !bond->ports.empty())
    return refuse(ENOTEMPTY, "unable to set option because the bond device has slaves");
  if (info.when == BondWhen::kDown && find(name)->up)
    return refuse(EBUSY, "unable to set option because the bond is up");
  if (auto good = in_range(info, value); !good) return good;
  if (option == BondOption::kAdSelect && value > last_ad_select_) return refuse(ENOSYS, kNotInThisKernel);
  if (is_delay(option) && bond->get(BondOption::kMiimon) == 0) return refuse(EPERM);
  store(name, option, value);
  return {};
}

Status FakeKernel::set_primary(const std::string& name, const std::string& primary) {
  auto* bond = find_bond(name);
  if (bond == nullptr) return refuse(ENODEV);
  if (!uses_primary(bond->mode)) return refuse(EACCES, "option not supported in mode");
  if (!primary.empty() && find(primary) == nullptr) return refuse(ENODEV);
  bonds_[name].primary = primary;  // recorded even when it is no port
  bond->primary = bond->ports.contains(primary) ? primary : "";
  if (!bond->primary.empty()) bonds_[name].active = primary;
  return {};
}

Status FakeKernel::set_targets(const std::string& name, Family family,
                               const std::vector<IpAddress>& targets) {
  auto* bond = find_bond(name);
  if (bond == nullptr) return refuse(ENODEV);
  if (auto good = are_targets(targets, family); !good) return good;
  auto& stored = family == Family::kIpv4 ? bond->arp_ip_target : bond->ns_ip6_target;
  stored = targets;
  std::ranges::sort(stored);
  return {};
}

Status FakeKernel::set_actor(const std::string& name, const MacAddress& mac) {
  auto* bond = find_bond(name);
  if (bond == nullptr) return refuse(ENODEV);
  if (bond->mode != BondMode::k8023ad) return refuse(EACCES, "option not supported in mode");
  if ((mac.bytes[0] & 1U) != 0) return refuse(EINVAL, "invalid option value");
  bond->ad_actor_system = mac;
  return {};
}

Status FakeKernel::set_port(const std::string& name, const std::string& port, const BondPort& options) {
  auto* bond = find_bond(name);
  if (bond == nullptr || find(port) == nullptr) return refuse(ENODEV);
  if (!bond->ports.contains(port)) return refuse(EINVAL);
  auto& there = bond->ports[port];
  if (options.queue_id > kQueues) return refuse(EPERM);
  for (const auto& [other, its] : bond->ports)
    if (other != port && options.queue_id != 0 && its.queue_id == options.queue_id) return refuse(EPERM);
  if (options.prio != there.prio && !uses_primary(bond->mode))
    return refuse(EACCES, "option not supported in mode");
  if (options.actor_port_prio != there.actor_port_prio) {
    if (lacking_.actor_port_prio) return refuse(ENOSYS, kNotInThisKernel);
    if (bond->mode != BondMode::k8023ad) return refuse(EACCES, "option not supported in mode");
  }
  there = options;
  return {};
}

Status FakeKernel::set_active(const std::string& name, const std::string& port) {
  auto* bond = find_bond(name);
  if (bond == nullptr || find(port) == nullptr) return refuse(ENODEV);
  if (!uses_primary(bond->mode)) return refuse(EACCES, "option not supported in mode");
  if (!bond->ports.contains(port) || !status_of(port, *find(port)).carrier) return refuse(EINVAL);
  bonds_[name].active = port;
  return {};
}

}  // namespace hawser
