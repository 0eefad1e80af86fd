#include "lib/state/bond_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "lib/base/duration.h"

namespace hawser {

namespace {

using Words = std::span<const std::string_view>;

constexpr auto kIntMax = static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max());
constexpr BondModes kEveryMode = 0x7F;
constexpr BondModes kLacp = mode_bit(BondMode::k8023ad);
constexpr BondModes kRoundRobin = mode_bit(BondMode::kBalanceRr);
constexpr BondModes kTlbAlb = mode_bit(BondMode::kBalanceTlb) | mode_bit(BondMode::kBalanceAlb);
constexpr BondModes kArpModes = kEveryMode & ~(kLacp | kTlbAlb);

constexpr std::array<std::string_view, 2> kOffOn{"off", "on"};
constexpr std::array<std::string_view, 7> kArpValidate{"none",   "active",        "backup",       "all",
                                                       "filter", "filter_active", "filter_backup"};
constexpr std::array<std::string_view, 2> kArpAllTargets{"any", "all"};
constexpr std::array<std::string_view, 3> kPrimaryReselect{"always", "better", "failure"};
constexpr std::array<std::string_view, 3> kFailOverMac{"none", "active", "follow"};
constexpr std::array<std::string_view, 6> kHashPolicy{"layer2",   "layer3+4", "layer2+3",
                                                      "encap2+3", "encap3+4", "vlan+srcmac"};
constexpr std::array<std::string_view, 2> kLacpRate{"slow", "fast"};
constexpr std::array<std::string_view, 4> kAdSelect{"stable", "bandwidth", "count", "actor_port_prio"};

constexpr BondOptionInfo milliseconds(BondOption option, std::string_view name, BondModes modes,
                                      std::string_view help, std::uint32_t maximum = kIntMax) {
  return {option, name, 0, maximum, 0, BondUnit::kMilliseconds, modes, BondWhen::kLive, {}, help};
}

constexpr BondOptionInfo number(BondOption option, std::string_view name, std::uint32_t minimum,
                                std::uint32_t maximum, std::uint32_t default_value, BondModes modes,
                                BondWhen when, std::string_view help) {
  return {option, name, minimum, maximum, default_value, BondUnit::kNone, modes, when, {}, help};
}

constexpr BondOptionInfo words(BondOption option, std::string_view name, Words list,
                               std::uint32_t default_value, BondModes modes, BondWhen when,
                               std::string_view help) {
  const auto maximum = static_cast<std::uint32_t>(list.size() - 1);
  return {option, name, 0, maximum, default_value, BondUnit::kNone, modes, when, list, help};
}

constexpr std::array<BondOptionInfo, kBondOptionCount> kTable{{
    milliseconds(BondOption::kMiimon, "miimon", kEveryMode,
                 "how often the carrier of each port is looked at"),
    milliseconds(BondOption::kUpdelay, "updelay", kEveryMode, "wait before a port that came back is used"),
    milliseconds(BondOption::kDowndelay, "downdelay", kEveryMode,
                 "wait before a port without carrier is left"),
    milliseconds(BondOption::kPeerNotifDelay, "peer_notif_delay", kEveryMode,
                 "time between two gratuitous announcements after a failover", 300'000),
    words(BondOption::kUseCarrier, "use_carrier", kOffOn, 1, kEveryMode, BondWhen::kLive,
          "ask the network core for carrier, not the driver by ioctl"),
    milliseconds(BondOption::kArpInterval, "arp_interval", kArpModes, "how often the ARP targets are asked"),
    words(BondOption::kArpValidate, "arp_validate", kArpValidate, 0, kArpModes, BondWhen::kLive,
          "which ports check that an ARP answer comes from a target"),
    words(BondOption::kArpAllTargets, "arp_all_targets", kArpAllTargets, 0, kEveryMode, BondWhen::kLive,
          "whether one answering target is enough"),
    words(BondOption::kPrimaryReselect, "primary_reselect", kPrimaryReselect, 0, kEveryMode, BondWhen::kLive,
          "when a primary that came back becomes active again"),
    words(BondOption::kFailOverMac, "fail_over_mac", kFailOverMac, 0, kEveryMode, BondWhen::kEmpty,
          "whether ports keep their own MAC in active-backup"),
    words(BondOption::kXmitHashPolicy, "xmit_hash_policy", kHashPolicy, 0, kEveryMode, BondWhen::kLive,
          "what a packet's port is chosen by"),
    number(BondOption::kResendIgmp, "resend_igmp", 0, 255, 1, kEveryMode, BondWhen::kLive,
           "IGMP reports after a failover"),
    number(BondOption::kNumGratArp, "num_grat_arp", 0, 255, 1, kEveryMode, BondWhen::kLive,
           "gratuitous announcements after a failover"),
    words(BondOption::kAllSlavesActive, "all_slaves_active", kOffOn, 0, kEveryMode, BondWhen::kLive,
          "deliver what arrives on ports that are not active"),
    number(BondOption::kMinLinks, "min_links", 0, kIntMax, 0, kEveryMode, BondWhen::kLive,
           "ports that must work before the bond has carrier (802.3ad)"),
    {BondOption::kLpInterval,
     "lp_interval",
     1,
     kIntMax,
     1,
     BondUnit::kSeconds,
     kEveryMode,
     BondWhen::kLive,
     {},
     "time between learning packets to the switches"},
    number(BondOption::kPacketsPerSlave, "packets_per_slave", 0, 65535, 1, kRoundRobin, BondWhen::kLive,
           "packets sent through one port before the next; 0 is random"),
    words(BondOption::kLacpActive, "lacp_active", kOffOn, 1, kLacp, BondWhen::kDown,
          "send LACP frames without being asked"),
    words(BondOption::kLacpRate, "lacp_rate", kLacpRate, 0, kLacp, BondWhen::kDown,
          "how often the partner is asked to send LACP frames: every 30 s or every second"),
    words(BondOption::kAdSelect, "ad_select", kAdSelect, 0, kEveryMode, BondWhen::kDown,
          "which aggregator is used"),
    number(BondOption::kAdActorSysPrio, "ad_actor_sys_prio", 1, 65535, 65535, kLacp, BondWhen::kLive,
           "LACP system priority"),
    number(BondOption::kAdUserPortKey, "ad_user_port_key", 0, 1023, 0, kLacp, BondWhen::kDown,
           "upper bits of the LACP port key"),
    words(BondOption::kTlbDynamicLb, "tlb_dynamic_lb", kOffOn, 1, kTlbAlb, BondWhen::kDown,
          "move flows by load instead of by hash"),
    number(BondOption::kArpMissedMax, "arp_missed_max", 1, 255, 2, kArpModes, BondWhen::kLive,
           "missed ARP checks before a port is down"),
    words(BondOption::kCoupledControl, "coupled_control", kOffOn, 1, kLacp, BondWhen::kDown,
          "collect and distribute in one step; off: first collect, where the kernel has it"),
    words(BondOption::kBroadcastNeighbor, "broadcast_neighbor", kOffOn, 0, kLacp, BondWhen::kLive,
          "send ARP and neighbour discovery through every port, where the kernel has it"),
    words(BondOption::kLacpStrict, "lacp_strict", kOffOn, 0, kLacp, BondWhen::kLive,
          "no carrier without a partner, where the kernel has it"),
}};

std::string range_text(const BondOptionInfo& info) {
  if (info.unit == BondUnit::kNone) return fmt::format("from {} to {}", info.minimum, info.maximum);
  return fmt::format("from {} to {}", format_bond_value(info, info.minimum),
                     format_bond_value(info, info.maximum));
}

Result<std::uint32_t> in_range(const BondOptionInfo& info, std::uint64_t value, std::string_view text) {
  if (value < info.minimum || value > info.maximum) return fail("must be {}, not {}", range_text(info), text);
  return static_cast<std::uint32_t>(value);
}

Result<std::uint32_t> parse_bond_duration(const BondOptionInfo& info, std::string_view text) {
  const auto duration = parse_duration(text);
  if (!duration) return tl::unexpected(duration.error());
  auto value = static_cast<std::uint64_t>(duration->count());
  if (info.unit == BondUnit::kSeconds) {
    if (value % 1000 != 0) return fail("must be whole seconds, not {}", text);
    value /= 1000;
  }
  return in_range(info, value, text);
}

std::string word_list(Words list) {
  std::string text;
  for (std::size_t i = 0; i < list.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == list.size() ? " or " : ", ", list[i]);
  return text;
}

Result<std::uint32_t> parse_bond_word(const BondOptionInfo& info, std::string_view text) {
  const auto found = std::ranges::find(info.words, text);
  if (found == info.words.end()) return fail("must be {}, not \"{}\"", word_list(info.words), text);
  return static_cast<std::uint32_t>(found - info.words.begin());
}

}  // namespace

std::span<const BondOptionInfo> bond_options() {
  return kTable;
}

const BondOptionInfo& info_of(BondOption option) {
  return *std::ranges::find(kTable, option, &BondOptionInfo::option);
}

const BondOptionInfo* find_bond_option(std::string_view name) {
  if (name == "num_unsol_na") name = "num_grat_arp";  // one variable of the kernel, two names
  const auto* found = std::ranges::find(kTable, name, &BondOptionInfo::name);
  return found == kTable.end() ? nullptr : found;
}

std::string format_bond_value(const BondOptionInfo& info, std::uint32_t value) {
  if (value < info.words.size()) return std::string(info.words[value]);
  if (info.unit == BondUnit::kMilliseconds) return format_duration(Milliseconds(value));
  if (info.unit == BondUnit::kSeconds) return format_duration(std::chrono::seconds(value));
  return std::to_string(value);
}

Result<std::uint32_t> parse_bond_value(const BondOptionInfo& info, std::string_view text) {
  if (!info.words.empty()) return parse_bond_word(info, text);
  if (info.unit != BondUnit::kNone) return parse_bond_duration(info, text);
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem == std::errc::invalid_argument || stop != end || text.empty())
    return fail("must be a number {}, not \"{}\"", range_text(info), text);
  if (problem != std::errc{}) return fail("must be {}, not {}", range_text(info), text);
  return in_range(info, value, text);
}

BondModes modes_that_use(BondOption option) {
  constexpr BondModes kActiveBackup = mode_bit(BondMode::kActiveBackup);
  constexpr BondModes kHashed = mode_bit(BondMode::kBalanceXor) | kLacp | kTlbAlb;
  switch (option) {
    case BondOption::kPrimaryReselect:
      return kActiveBackup | kTlbAlb;
    case BondOption::kFailOverMac:
    case BondOption::kNumGratArp:
    case BondOption::kPeerNotifDelay:
    case BondOption::kArpAllTargets:
      return kActiveBackup;
    case BondOption::kXmitHashPolicy:
      return kHashed;
    case BondOption::kResendIgmp:
      return kActiveBackup | kTlbAlb | kRoundRobin;
    case BondOption::kAllSlavesActive:
      return kActiveBackup | kTlbAlb | kLacp;
    case BondOption::kMinLinks:
    case BondOption::kAdSelect:
      return kLacp;
    case BondOption::kLpInterval:
      return kTlbAlb;
    default:
      return info_of(option).modes;
  }
}

bool option_applies(const BondOptionInfo& info, BondMode mode) {
  return (info.modes & mode_bit(mode)) != 0;
}

}  // namespace hawser
