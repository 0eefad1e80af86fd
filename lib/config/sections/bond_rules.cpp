// Rules inside one bond. Between bonds and their ports: bond_ports.cpp.
#include <algorithm>

#include "lib/config/engine/kinds.h"
#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/devices.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

using BondSection = Section<BondSpec>;

// "100ms", with the word that tells what nobody wrote.
std::string value_text(const BondSection& bond, BondOption option) {
  const auto text = format_bond_value(info_of(option), option_of(bond.spec, option));
  return bond.spec.options.contains(option) ? text : text + " (default)";
}

void has_a_mode(const BondSection& bond, Report& report) {
  if (!bond.has("mode"))
    fault(report, bond, "mode", fmt::format("is missing: write {}", Word<BondMode>{}.range()));
}

void belongs_to_the_mode(const BondSection& bond, std::string_view key, BondModes modes, Report& report) {
  if (!bond.has(key) || (modes & mode_bit(bond.spec.mode)) != 0) return;
  fault(report, bond, key,
        fmt::format("mode {} does not take it: only {}", name_of(bond.spec.mode), modes_of(modes)));
}

void options_belong_to_the_mode(const BondSection& bond, Report& report) {
  if (!bond.has("mode")) return;
  for (const auto& info : bond_options()) belongs_to_the_mode(bond, info.name, info.modes, report);
  belongs_to_the_mode(bond, "primary", kWithActivePort, report);
  belongs_to_the_mode(bond, "ad_actor_system", mode_bit(BondMode::k8023ad), report);
}

bool wrote(const BondSection& bond, BondOption option) {
  const auto found = bond.spec.options.find(option);
  return found != bond.spec.options.end() && found->second > 0;
}

void one_monitor(const BondSection& bond, Report& report) {
  const auto monitor = monitor_of(bond.spec);
  const bool arp = wrote(bond, BondOption::kArpInterval);
  const bool mii = wrote(bond, BondOption::kMiimon);
  if (arp && (mii || monitor == BondMonitor::kMii))
    fault(report, bond, "arp_interval",
          fmt::format("miimon {} and arp_interval {} exclude each other: write {}",
                      value_text(bond, BondOption::kMiimon), value_text(bond, BondOption::kArpInterval),
                      mii ? "one of them" : "monitor = \"arp\""));
  else if (arp && monitor != BondMonitor::kArp)
    fault(report, bond, "arp_interval", "needs monitor = \"arp\"");
  else if (mii && monitor != BondMonitor::kMii)
    fault(report, bond, "miimon", "needs monitor = \"mii\"");
}

void monitor_runs(const BondSection& bond, Report& report) {
  const auto monitor = monitor_of(bond.spec);
  if (monitor == BondMonitor::kMii && option_of(bond.spec, BondOption::kMiimon) == 0)
    fault(report, bond, "miimon",
          "0s leaves the bond unmonitored: write monitor = \"none\" if that is meant");
  if (monitor == BondMonitor::kArp && !wrote(bond, BondOption::kArpInterval))
    fault(report, bond, "arp_interval", "is missing: monitor = \"arp\" needs it");
}

// bond_option_mode_set(): these modes run the MII monitor or none of their failures is seen.
void mode_has_its_monitor(const BondSection& bond, Report& report) {
  const auto mode = bond.spec.mode;
  const bool needs =
      mode == BondMode::k8023ad || mode == BondMode::kBalanceTlb || mode == BondMode::kBalanceAlb;
  if (bond.has("mode") && needs && monitor_of(bond.spec) != BondMonitor::kMii &&
      !wrote(bond, BondOption::kArpInterval))
    fault(report, bond, "monitor", fmt::format("mode {} needs \"mii\"", name_of(mode)));
}

void arp_has_targets(const BondSection& bond, Report& report) {
  const bool targets = !bond.spec.arp_ip_target.empty() || !bond.spec.ns_ip6_target.empty();
  const bool arp = monitor_of(bond.spec) == BondMonitor::kArp;
  if (arp && !targets && !bond.has("arp_ip_target") && !bond.has("ns_ip6_target"))
    fault(report, bond, "arp_ip_target",
          "is missing: the ARP monitor without a target finds every port dead");
  for (const std::string_view key : {"arp_ip_target", "ns_ip6_target"})
    if (!arp && bond.has(key))
      fault(report, bond, key, "is not used: write arp_interval, or monitor = \"arp\"");
  if (!arp && wrote(bond, BondOption::kArpValidate))
    fault(report, bond, "arp_validate", "needs monitor = \"arp\"");
}

bool is_own(const BondSection& bond, const IpAddress& address) {
  return std::ranges::find(bond.spec.addresses, address, &Prefix::address) != bond.spec.addresses.end();
}

void targets_are_sound(const BondSection& bond, std::string_view key, const std::vector<IpAddress>& targets,
                       Family family, Report& report) {
  constexpr std::size_t kMost = 16;  // BOND_MAX_ARP_TARGETS
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto say = [&](std::string what) {
      report.add(Part::kNetd, bond.at(key, i), dotted(bond.path, key), std::move(what));
    };
    if (targets[i].family() != family)
      say(fmt::format("{} must be {}", to_string(targets[i]), family == Family::kIpv4 ? "IPv4" : "IPv6"));
    else if (auto wrong = reachable_fault(targets[i]); !wrong.empty())
      say(std::move(wrong));
    else if (is_own(bond, targets[i]))
      say(fmt::format("{} is the bond's own address: no neighbour answers for it", targets[i]));
    else if (std::find(targets.begin(), targets.begin() + static_cast<std::ptrdiff_t>(i), targets[i]) !=
             targets.begin() + static_cast<std::ptrdiff_t>(i))
      say(fmt::format("{} is there twice", to_string(targets[i])));
  }
  if (targets.size() > kMost)
    fault(report, bond, key, fmt::format("must be at most {}, not {}", kMost, targets.size()));
}

// Whose a target is besides: "of [vip.web]"; empty: another host's, as far as the file tells.
std::string holder_here(const File& file, const BondSection& bond, const IpAddress& target) {
  for (const auto& [name, vip] : file.vips)
    if (std::ranges::find(vip.spec.addresses, target, [](const VipAddress& held) {
          return held.prefix.address;
        }) != vip.spec.addresses.end())
      return fmt::format("of [{}]", vip.path);
  std::string holder;
  each_interface(file, [&](const std::string&, const auto& section) {
    if (section.path != bond.path &&
        std::ranges::find(section.spec.addresses, target, &Prefix::address) != section.spec.addresses.end())
      holder = fmt::format("of [{}]", section.path);
  });
  return holder;
}

// bond_arp_send_all(): to an address of this host leads no route through the bond.
void targets_are_elsewhere(const File& file, const BondSection& bond, std::string_view key,
                           const std::vector<IpAddress>& targets, Report& report) {
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (const auto holder = holder_here(file, bond, targets[i]); !holder.empty())
      report.note(Part::kNetd, bond.at(key, i), dotted(bond.path, key),
                  fmt::format("{} is {}: nobody answers for it while this host holds it, and the ports are "
                              "found dead",
                              targets[i], holder));
}

// The kernel would round down without a word.
void delays_are_multiples(const BondSection& bond, Report& report) {
  const auto miimon = option_of(bond.spec, BondOption::kMiimon);
  for (const auto option : {BondOption::kUpdelay, BondOption::kDowndelay, BondOption::kPeerNotifDelay}) {
    const auto& info = info_of(option);
    if (!wrote(bond, option)) continue;
    const auto delay = option_of(bond.spec, option);
    if (miimon == 0) {
      fault(report, bond, info.name, "needs miimon: it is counted in looks at the carrier");
    } else if (delay % miimon != 0) {
      const auto below = delay / miimon * miimon;
      const auto text = [&](std::uint32_t value) { return quote(format_bond_value(info, value)); };
      const auto lower = below == 0 ? std::string() : text(below) + " or ";
      fault(report, bond, info.name,
            fmt::format("{} is not a multiple of miimon {}: write {}{}", text(delay),
                        value_text(bond, BondOption::kMiimon), lower, text(below + miimon)));
    }
  }
}

void one_name_for_announcements(const BondSection& bond, Report& report) {
  if (bond.has("num_grat_arp") && bond.has("num_unsol_na"))
    fault(report, bond, "num_unsol_na", "must not stand beside num_grat_arp: it is another name of it");
}

// bond_option_ad_actor_system_set(): "Invalid argument". Zero stands for the bond's own.
void system_address_is_a_stations(const BondSection& bond, Report& report) {
  const auto& system = bond.spec.ad_actor_system;
  if (system && (system->bytes[0] & 1U) != 0)
    fault(report, bond, "ad_actor_system",
          fmt::format("{} is a multicast address: the first byte of a system's is even", *system));
}

// bond_set_mac_address() then does nothing, and says that it did.
void mac_is_not_a_ports(const BondSection& bond, Report& report) {
  const auto policy = bond.spec.options.find(BondOption::kFailOverMac);
  if (!bond.spec.mac || bond.spec.mode != BondMode::kActiveBackup || policy == bond.spec.options.end() ||
      policy->second == 0)
    return;
  fault(report, bond, "mac",
        fmt::format("must not stand beside fail_over_mac = \"{}\": the bond has the MAC of its active port",
                    format_bond_value(info_of(BondOption::kFailOverMac), policy->second)));
}

}  // namespace

void check_bonds(const File& file, Report& report) {
  for (const auto& [name, bond] : file.bonds) {
    has_a_mode(bond, report);
    options_belong_to_the_mode(bond, report);
    one_monitor(bond, report);
    monitor_runs(bond, report);
    mode_has_its_monitor(bond, report);
    arp_has_targets(bond, report);
    targets_are_sound(bond, "arp_ip_target", bond.spec.arp_ip_target, Family::kIpv4, report);
    targets_are_sound(bond, "ns_ip6_target", bond.spec.ns_ip6_target, Family::kIpv6, report);
    targets_are_elsewhere(file, bond, "arp_ip_target", bond.spec.arp_ip_target, report);
    targets_are_elsewhere(file, bond, "ns_ip6_target", bond.spec.ns_ip6_target, report);
    delays_are_multiples(bond, report);
    one_name_for_announcements(bond, report);
    system_address_is_a_stations(bond, report);
    mac_is_not_a_ports(bond, report);
  }
}

}  // namespace hawser::config
