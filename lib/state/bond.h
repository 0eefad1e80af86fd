// A bond as the kernel holds it and as the file wants it. Options are rows of one table
// (lib/state/bond_options.h), so that parsing, planning, netlink and help never list them twice.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/enum_set.h"
#include "lib/base/names.h"

namespace hawser {

// Values are the kernel's (include/uapi/linux/if_bonding.h BOND_MODE_*).
enum class BondMode : std::uint8_t {
  kBalanceRr = 0,
  kActiveBackup = 1,
  kBalanceXor = 2,
  kBroadcast = 3,
  k8023ad = 4,
  kBalanceTlb = 5,
  kBalanceAlb = 6,
};

// Modes with one active port: they take a primary and the priorities of ports (bond_mode_uses_primary()).
bool has_active_port(BondMode mode);

template <>
inline constexpr std::array<Name<BondMode>, 7> kNames<BondMode>{{
    {BondMode::kBalanceRr, "balance-rr"},
    {BondMode::kActiveBackup, "active-backup"},
    {BondMode::kBalanceXor, "balance-xor"},
    {BondMode::kBroadcast, "broadcast"},
    {BondMode::k8023ad, "802.3ad"},
    {BondMode::kBalanceTlb, "balance-tlb"},
    {BondMode::kBalanceAlb, "balance-alb"},
}};

// Every option of a bond that is one number, by its kernel name; ranges and meaning in bond_options.h.
enum class BondOption : std::uint8_t {
  kMiimon,
  kUpdelay,
  kDowndelay,
  kPeerNotifDelay,
  kUseCarrier,
  kArpInterval,
  kArpValidate,
  kArpAllTargets,
  kArpMissedMax,
  kPrimaryReselect,
  kFailOverMac,
  kXmitHashPolicy,
  kResendIgmp,
  kNumGratArp,
  kAllSlavesActive,
  kMinLinks,
  kLpInterval,
  kPacketsPerSlave,
  kLacpRate,
  kLacpActive,
  kAdSelect,
  kAdActorSysPrio,
  kAdUserPortKey,
  kTlbDynamicLb,
  kCoupledControl,
  kBroadcastNeighbor,
  kLacpStrict,
};
inline constexpr std::size_t kBondOptionCount = 27;

inline constexpr std::uint16_t kActorPortPrio = 255;  // of a port of which nobody said another

struct BondPort {
  std::int32_t prio = 0;  // higher is preferred; ignored by the kernel while a primary is set
  std::uint16_t queue_id = 0;
  std::uint16_t actor_port_prio = kActorPortPrio;  // 802.3ad: lower is preferred

  auto operator<=>(const BondPort&) const = default;
};

// In which order ports join: the first one lends the bond its MAC and is active until something else is
// preferred. A wish of the file that no kernel tells, so never compared.
struct JoinOrder {
  std::vector<std::string> names;  // as the file lists them
  std::string lender;              // whose MAC the bond has now; empty: unknown

  bool operator==(const JoinOrder& /*other*/) const { return true; }
};

// What the running kernel has never heard of, as its own answers tell: asking for it would be in vain. A fact
// beside what the bond is, so never compared. Never by the kernel's version: distributions backport.
struct Lacking {
  EnumSet<BondOption> options;
  bool actor_port_prio = false;  // told of ports in 802.3ad only

  void add(const Lacking& other) {
    options.add(other.options);
    actor_port_prio |= other.actor_port_prio;
  }
  bool operator==(const Lacking& /*other*/) const { return true; }
};

struct Bond {
  BondMode mode = BondMode::kBalanceRr;
  std::array<std::uint32_t, kBondOptionCount>
      options{};                          // indexed by BondOption; kernel units (ms, s, counts)
  std::string primary;                    // a port's name; empty: none
  std::vector<IpAddress> arp_ip_target;   // sorted
  std::vector<IpAddress> ns_ip6_target;   // sorted
  MacAddress ad_actor_system;             // all zero: the bond's own
  std::map<std::string, BondPort> ports;  // by device name
  JoinOrder order;
  Lacking lacking{};

  [[nodiscard]] std::uint32_t get(BondOption option) const {
    return options.at(static_cast<std::size_t>(option));
  }
  void set(BondOption option, std::uint32_t value) { options.at(static_cast<std::size_t>(option)) = value; }
  bool operator==(const Bond&) const = default;
};

// A bond with every option at the default of a bond made by netlink (miimon 0: nothing is monitored).
Bond kernel_default_bond(BondMode mode);

// The ports of `bond` as they join it. A bond that has a MAC of its own, or ports that stay, needs no lender.
enum class JoinFor : std::uint8_t { kPreference, kItsMac };
std::vector<std::string> joining_order(const Bond& bond, JoinFor reason);

}  // namespace hawser
