// [bond.NAME] and [bond.NAME.port.PORT].
#pragma once

#include "lib/base/names.h"
#include "lib/config/sections/interface.h"
#include "lib/state/bond_options.h"

namespace hawser::config {

enum class BondMonitor : std::uint8_t { kMii, kArp, kNone };

struct BondSpec : InterfaceSpec {
  BondMode mode = BondMode::kActiveBackup;
  std::map<BondOption, std::uint32_t> options;  // as written
  std::vector<std::string> ports;
  std::string primary;
  std::optional<BondMonitor> monitor;
  bool fast_failover = true;
  std::vector<IpAddress> arp_ip_target, ns_ip6_target;
  std::optional<MacAddress> ad_actor_system;
  Sections<BondPort> port;
};

// What the kernel does not keep of a bond.
struct BondPolicy {
  std::vector<std::string> port_order;  // as written; may hold "mac:..", "path:..": see resolve_ports()
  bool fast_failover = true;
  bool operator==(const BondPolicy&) const = default;
};

struct Bonds {
  struct Written {
    Sections<BondSpec> bonds;
  };
  struct Built {
    std::map<std::string, BondPolicy> bonds;  // by device name
    bool operator==(const Built&) const = default;
  };
  static SectionType type();
};

const Rows<BondSpec>& bond_rows();
const Rows<BondPort>& bond_port_rows();
// One row for each option of the bonding driver.
void add_bond_options(Rows<BondSpec>& rows);

inline constexpr std::uint32_t kDefaultMiimon = 100;  // ms; the kernel's own 0 would monitor nothing

// "mii" unless written; "arp" when arp_interval is written and miimon is not.
BondMonitor monitor_of(const BondSpec& bond);
// An option as the kernel should have it.
std::uint32_t option_of(const BondSpec& bond, BondOption option);

// The modes in which one port is the active one.
inline constexpr BondModes kWithActivePort =
    mode_bit(BondMode::kActiveBackup) | mode_bit(BondMode::kBalanceTlb) | mode_bit(BondMode::kBalanceAlb);
std::string modes_of(BondModes modes);  // "active-backup and balance-rr"

void check_bonds(const File& file, Report& report);
void check_ports(const File& file, Report& report);  // between bonds and their ports
void note_bonds(const File& file, Report& report);

}  // namespace hawser::config

namespace hawser {

template <>
inline constexpr std::array<Name<config::BondMonitor>, 3> kNames<config::BondMonitor>{{
    {config::BondMonitor::kMii, "mii"},
    {config::BondMonitor::kArp, "arp"},
    {config::BondMonitor::kNone, "none"},
}};

}  // namespace hawser
