#include "bondctl/drill/terms.h"

#include <algorithm>

namespace hawser::bondctl::drill {

namespace {

using namespace std::chrono_literals;

constexpr Milliseconds kAtLeast = 3s;
constexpr std::uint32_t kMainTable = 254;  // RT_TABLE_MAIN
constexpr std::uint32_t kFastLacp = 1;

Milliseconds ms_of(const Bond& bond, BondOption option) {
  return Milliseconds{bond.get(option)};
}

Status check_bond(const Observed& observed, const std::string& name) {
  const auto link = observed.state.links.find(name);
  if (link == observed.state.links.end()) return fail("{}: no such interface", name);
  if (!link->second.bond) return fail("{}: not a bond", name);
  if (!link->second.up) return fail("{}: drill: the bond is down: bring it up first", name);
  return {};
}

Status check_mode(const std::string& name, BondMode mode, How how) {
  if (how != How::kSwitch || has_active_port(mode)) return {};
  return fail(
      "{}: drill --how switch: mode {} has no active port to move: only active-backup, balance-tlb and "
      "balance-alb have one: use --how down or --how path",
      name, name_of(mode));
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Status check_ports(const Subject& subject) {
  if (subject.ports.size() >= 2) return {};
  const auto why = subject.left_out.empty() ? "it has no other port" : joined(subject.left_out);
  if (subject.ports.empty()) return fail("{}: drill: no port is usable: {}", subject.name, why);
  return fail("{}: drill: no second port is up ({}): without {} the bond would be cut off", subject.name, why,
              subject.ports.front());
}

// 802.1AX: a partner that falls silent is noticed after three of its intervals, and given up one later.
Milliseconds lacp_timeout(const Bond& bond) {
  return bond.get(BondOption::kLacpRate) == kFastLacp ? 7s : 97s;
}

Milliseconds arp_timeout(const Bond& bond) {
  return ms_of(bond, BondOption::kArpInterval) * (bond.get(BondOption::kArpMissedMax) + 2);
}

}  // namespace

std::optional<std::string> why_unusable(const Observed& observed, const std::string& bond,
                                        const std::string& port) {
  const auto link = observed.state.links.find(port);
  const auto status = observed.links.find(port);
  if (link == observed.state.links.end() || status == observed.links.end()) return "gone";
  if (link->second.master != bond || !status->second.port) return "no port of " + bond + " any more";
  if (!link->second.up) return "down";
  if (!status->second.carrier) return "no carrier";
  const auto& as_port = *status->second.port;
  if (as_port.mii != MiiStatus::kUp) return "its monitor says " + std::string(name_of(as_port.mii));
  if (!as_port.lacp) return std::nullopt;
  const auto of_bond = observed.links.find(bond);
  if (!as_port.lacp->partner) return "no LACP partner";
  if (!as_port.lacp->distributing) return "LACP has not brought it up";
  if (of_bond != observed.links.end() && of_bond->second.aggregator != as_port.lacp->aggregator)
    return "not in the active aggregator";
  return std::nullopt;
}

Result<Subject> subject_of(const Observed& observed, const std::string& name, How how) {
  if (const auto good = check_bond(observed, name); !good) return tl::unexpected(good.error());
  Subject subject{name, *observed.state.links.at(name).bond, observed.links.at(name).active_port, {}, {}};
  if (const auto good = check_mode(name, subject.bond.mode, how); !good) return tl::unexpected(good.error());
  for (const auto& [port, options] : subject.bond.ports) {
    if (const auto why = why_unusable(observed, name, port))
      subject.left_out.push_back(port + ": " + *why);
    else
      subject.ports.push_back(port);
  }
  if (const auto good = check_ports(subject); !good) return tl::unexpected(good.error());
  return subject;
}

std::set<std::string> devices_over(const State& state, const std::string& bond) {
  std::set<std::string> devices{bond};
  for (std::size_t before = 0; before != devices.size();) {  // a VLAN may lie upon a VLAN
    before = devices.size();
    for (const auto& [name, link] : state.links)
      if (link.vlan && devices.contains(link.vlan->on)) devices.insert(name);
  }
  return devices;
}

Result<Target> default_target(const State& state, const std::string& bond) {
  const auto devices = devices_over(state, bond);
  // Routes are in order of family, prefix and metric within a table: the first that fits is the best.
  for (const auto family : {Family::kIpv4, Family::kIpv6})
    for (const auto& [key, route] : state.routes)
      if (key.table == kMainTable && key.to.length == 0 && key.to.address.family() == family && route.via &&
          devices.contains(route.device))
        return Target{*route.via, route.device};
  return fail("{}: drill: no default gateway over this bond: say what to watch with --target ADDRESS", bond);
}

std::vector<IpAddress> announced_addresses(const Observed& observed, const Subject& subject) {
  std::vector<IpAddress> addresses;
  if (subject.bond.mode != BondMode::kActiveBackup || subject.bond.get(BondOption::kNumGratArp) == 0)
    return addresses;
  for (const auto& device : devices_over(observed.state, subject.name)) {
    if (!observed.state.links.at(device).up) continue;
    const auto& undetected = observed.links.at(device).undetected;
    for (const auto& [prefix, address] : observed.state.links.at(device).addresses)
      if (!undetected.contains(prefix)) addresses.push_back(prefix.address);
  }
  std::ranges::sort(addresses);
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

Milliseconds patience_for_failover(const Bond& bond, How how) {
  if (how == How::kSwitch) return kAtLeast;
  const auto arp = arp_timeout(bond);
  if (how == How::kDown && arp.count() == 0)
    return kAtLeast + ms_of(bond, BondOption::kMiimon) * 2 + ms_of(bond, BondOption::kDowndelay);
  const auto lacp = how == How::kPath && bond.mode == BondMode::k8023ad ? lacp_timeout(bond) : 0ms;
  return kAtLeast + std::max(arp, lacp);
}

Milliseconds patience_for_return(const Bond& bond) {
  const auto monitor = std::max(arp_timeout(bond), ms_of(bond, BondOption::kMiimon) * 2);
  const auto lacp = bond.mode == BondMode::k8023ad ? lacp_timeout(bond) : 0ms;
  return 10s + monitor + ms_of(bond, BondOption::kUpdelay) + lacp;
}

std::string next_port(const std::vector<std::string>& pending, const std::string& active) {
  if (pending.empty()) return {};
  return std::ranges::find(pending, active) != pending.end() ? active : pending.front();
}

std::string after(const std::vector<std::string>& ports, const std::string& active) {
  const auto found = std::ranges::find(ports, active);
  if (found == ports.end() || found + 1 == ports.end()) return ports.front();
  return *(found + 1);
}

}  // namespace hawser::bondctl::drill
