#include "lib/config/rules_bond.h"

#include <algorithm>

#include "lib/config/monitor.h"
#include "lib/config/rules.h"
#include "lib/state/bond_options.h"

namespace hawser::config {

namespace {

using BondSection = Section<BondSpec>;

void fault(Report& report, const BondSection& bond, std::string_view key, std::string what) {
  report.add(Part::kNetd, bond.at(key), dotted(bond.path, key), std::move(what));
}

std::string modes_of(BondModes modes) {
  std::vector<std::string_view> names;
  for (const auto& [mode, name] : kNames<BondMode>)
    if ((modes & mode_bit(mode)) != 0) names.push_back(name);
  return joined(names, " and ");
}

constexpr BondModes kWithActivePort =
    mode_bit(BondMode::kActiveBackup) | mode_bit(BondMode::kBalanceTlb) | mode_bit(BondMode::kBalanceAlb);

void has_a_mode(const BondSection& bond, Report& report) {
  if (!bond.has("mode"))
    fault(report, bond, "mode", fmt::format("is missing: write {}", Word<BondMode>{}.range()));
}

void belongs_to_the_mode(const BondSection& bond, std::string_view key, BondModes modes, Report& report) {
  if (!bond.has(key) || (modes & mode_bit(bond.said.mode)) != 0) return;
  fault(report, bond, key,
        fmt::format("mode {} does not take it: only {}", name_of(bond.said.mode), modes_of(modes)));
}

void options_belong_to_the_mode(const BondSection& bond, Report& report) {
  if (!bond.has("mode")) return;
  for (const auto& info : bond_options()) belongs_to_the_mode(bond, info.name, info.modes, report);
  belongs_to_the_mode(bond, "primary", kWithActivePort, report);
  belongs_to_the_mode(bond, "ad_actor_system", mode_bit(BondMode::k8023ad), report);
}

bool wrote(const BondSection& bond, BondOption option) {
  const auto found = bond.said.options.find(option);
  return found != bond.said.options.end() && found->second > 0;
}

void one_monitor(const BondSection& bond, Report& report) {
  const auto monitor = monitor_of(bond.said);
  const bool arp = wrote(bond, BondOption::kArpInterval);
  const bool mii = wrote(bond, BondOption::kMiimon);
  if (arp && mii)
    fault(report, bond, "arp_interval", "must not stand beside miimon: the kernel has one monitor at a time");
  else if (arp && monitor != Monitor::kArp)
    fault(report, bond, "arp_interval", "needs monitor = \"arp\"");
  else if (mii && monitor != Monitor::kMii)
    fault(report, bond, "miimon", "needs monitor = \"mii\"");
}

void monitor_runs(const BondSection& bond, Report& report) {
  const auto monitor = monitor_of(bond.said);
  if (monitor == Monitor::kMii && option_of(bond.said, BondOption::kMiimon) == 0)
    fault(report, bond, "miimon",
          "0s leaves the bond unmonitored: write monitor = \"none\" if that is meant");
  if (monitor == Monitor::kArp && !wrote(bond, BondOption::kArpInterval))
    fault(report, bond, "arp_interval", "is missing: monitor = \"arp\" needs it");
}

// bond_option_mode_set(): these modes run the MII monitor or none of their failures is seen.
void mode_has_its_monitor(const BondSection& bond, Report& report) {
  const auto mode = bond.said.mode;
  const bool needs =
      mode == BondMode::k8023ad || mode == BondMode::kBalanceTlb || mode == BondMode::kBalanceAlb;
  if (bond.has("mode") && needs && monitor_of(bond.said) != Monitor::kMii &&
      !wrote(bond, BondOption::kArpInterval))
    fault(report, bond, "monitor", fmt::format("mode {} needs \"mii\"", name_of(mode)));
}

void arp_has_targets(const BondSection& bond, Report& report) {
  const bool targets = !bond.said.arp_ip_target.empty() || !bond.said.ns_ip6_target.empty();
  const bool arp = monitor_of(bond.said) == Monitor::kArp;
  if (arp && !targets && !bond.has("arp_ip_target") && !bond.has("ns_ip6_target"))
    fault(report, bond, "arp_ip_target",
          "is missing: the ARP monitor without a target finds every port dead");
  for (const std::string_view key : {"arp_ip_target", "ns_ip6_target"})
    if (!arp && bond.has(key))
      fault(report, bond, key, "is not used: write arp_interval, or monitor = \"arp\"");
  if (!arp && wrote(bond, BondOption::kArpValidate))
    fault(report, bond, "arp_validate", "needs monitor = \"arp\"");
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
    else if (!is_unicast(targets[i]))
      say(fmt::format("{} is not an address that a host can have", to_string(targets[i])));
    else if (std::find(targets.begin(), targets.begin() + static_cast<std::ptrdiff_t>(i), targets[i]) !=
             targets.begin() + static_cast<std::ptrdiff_t>(i))
      say(fmt::format("{} is there twice", to_string(targets[i])));
  }
  if (targets.size() > kMost)
    fault(report, bond, key, fmt::format("must be at most {}, not {}", kMost, targets.size()));
}

// The kernel would round down without a word.
void delays_are_multiples(const BondSection& bond, Report& report) {
  const auto miimon = option_of(bond.said, BondOption::kMiimon);
  for (const auto option : {BondOption::kUpdelay, BondOption::kDowndelay, BondOption::kPeerNotifDelay}) {
    const auto& info = info_of(option);
    if (!wrote(bond, option)) continue;
    const auto delay = option_of(bond.said, option);
    if (miimon == 0) {
      fault(report, bond, info.name, "needs miimon: it is counted in looks at the carrier");
    } else if (delay % miimon != 0) {
      const auto below = delay / miimon * miimon;
      const auto text = [&](std::uint32_t value) { return quote(format_bond_value(info, value)); };
      const auto lower = below == 0 ? std::string() : text(below) + " or ";
      fault(
          report, bond, info.name,
          fmt::format("{} is not a multiple of miimon {}: write {}{}", text(delay),
                      format_bond_value(info_of(BondOption::kMiimon), miimon), lower, text(below + miimon)));
    }
  }
}

bool is_port(const BondSpec& bond, const std::string& name) {
  return std::ranges::find(bond.ports, name) != bond.ports.end();
}

void primary_is_a_port(const BondSection& bond, Report& report) {
  const auto& primary = bond.said.primary;
  if (primary.empty() || is_port(bond.said, primary)) return;
  fault(report, bond, "primary", fmt::format("{} is not among the ports", quote(primary)));
}

void port_settings_have_a_port(const BondSection& bond, Report& report) {
  for (const auto& [name, port] : bond.said.port) {
    if (!is_port(bond.said, name))
      report.add(Part::kNetd, port.place, port.path, fmt::format("{} is not among the ports", quote(name)));
    if (bond.has("mode") && port.has("prio") && (kWithActivePort & mode_bit(bond.said.mode)) == 0)
      report.add(Part::kNetd, port.at("prio"), port.path + ".prio",
                 fmt::format("mode {} does not take it: only {}", name_of(bond.said.mode),
                             modes_of(kWithActivePort)));
  }
}

void queues_are_unique(const BondSection& bond, Report& report) {
  std::map<std::uint16_t, std::pair<std::string, Place>> seen;
  for (const auto& [name, port] : bond.said.port) {
    if (port.said.queue_id == 0) continue;
    const auto place = port.at("queue_id");
    const auto [there, added] = seen.try_emplace(port.said.queue_id, name, place);
    if (!added)
      report.add(Part::kNetd, place, port.path + ".queue_id",
                 fmt::format("{} is also that of port {}", port.said.queue_id, quote(there->second.first)));
  }
}

struct PortUse {
  std::string bond;
  Place place;
};

void a_port_in_one_bond(const File& file, Report& report) {
  std::map<std::string, PortUse> seen;
  for (const auto& [name, bond] : file.bonds) {
    for (std::size_t i = 0; i < bond.said.ports.size(); ++i) {
      const auto& port = bond.said.ports[i];
      const auto place = bond.at("ports", i);
      const auto [there, added] = seen.try_emplace(device_of(file, port), PortUse{name, place});
      if (added) continue;
      const bool first_is_later = there->second.place > place;
      const auto& holder = first_is_later ? name : there->second.bond;
      const auto& loser = first_is_later ? there->second.bond : name;
      report.add(Part::kNetd, std::max(place, there->second.place), fmt::format("bond.{}.ports", loser),
                 loser == holder
                     ? fmt::format("{} is there twice", quote(port))
                     : fmt::format("{} is already a port of bond {}", quote(port), quote(holder)));
    }
  }
}

void a_bond_is_no_port(const File& file, const BondSection& bond, Report& report) {
  for (std::size_t i = 0; i < bond.said.ports.size(); ++i)
    if (file.bonds.contains(bond.said.ports[i]))
      report.add(
          Part::kNetd, bond.at("ports", i), bond.path + ".ports",
          fmt::format("{} is a bond: the kernel does not take one as a port", quote(bond.said.ports[i])));
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
    targets_are_sound(bond, "arp_ip_target", bond.said.arp_ip_target, Family::kIpv4, report);
    targets_are_sound(bond, "ns_ip6_target", bond.said.ns_ip6_target, Family::kIpv6, report);
    delays_are_multiples(bond, report);
    primary_is_a_port(bond, report);
    port_settings_have_a_port(bond, report);
    queues_are_unique(bond, report);
    a_bond_is_no_port(file, bond, report);
  }
  a_port_in_one_bond(file, report);
}

}  // namespace hawser::config
