#include "bondctl/change/apply.h"

#include "lib/base/find_in.h"

namespace hawser::bondctl {

namespace {

constexpr std::uint8_t kOfNetd = static_cast<std::uint8_t>(Owner::kNetd);
constexpr std::uint8_t kBoot = 3;  // RTPROT_BOOT

// VLANs on these devices, and on those again.
void add_what_is_on(std::set<std::string>& names, const State& network) {
  for (bool more = true; more;) {
    more = false;
    for (const auto& [name, link] : network.links)
      if (link.vlan && names.contains(link.vlan->on)) more |= names.insert(name).second;
  }
}

// What these need, and those again: ports, the lower device of a VLAN, VRFs.
void add_what_is_needed(std::set<std::string>& names, const State& network) {
  std::vector<std::string> open(names.begin(), names.end());
  while (!open.empty()) {
    const auto name = open.back();
    open.pop_back();
    const auto* link = find_in(network.links, name);
    if (link == nullptr) continue;
    std::vector<std::string> needed{link->master};
    if (link->vlan) needed.push_back(link->vlan->on);
    if (link->bond)
      for (const auto& [port, options] : link->bond->ports) needed.push_back(port);
    for (const auto& one : needed)
      if (network.links.contains(one) && names.insert(one).second) open.push_back(one);
  }
}

// The devices that the apply is about, with those that it may have to remove: made for an earlier file, on
// one of these bonds.
std::set<std::string> scope_of(const State& observed, const FileNetwork& file,
                               const std::set<std::string>& bonds) {
  auto names = bonds;
  add_what_is_on(names, observed);
  for (const auto& [name, link] : file.network.links) names.insert(name);
  return names;
}

void look_at_file(Change& change, const config::ResolvedPorts& ports) {
  for (const auto& missing : ports.missing)
    change.problems.push_back(fmt::format("{}: add port {}: no such device: 'ip link' lists those there are",
                                          missing.bond, missing.port));
  for (const auto& missing : ports.missing_devices)
    change.problems.push_back(fmt::format("{}: {}: no such device", missing.link, missing.device));
  for (const auto& doubled : ports.doubled)
    change.problems.push_back(
        fmt::format("{}: port {} is {}, which is listed too", doubled.bond, doubled.port, doubled.device));
}

void look_at_host(Change& change, const Observed& observed) {
  for (const auto& foreign : foreign_in_the_way(change.desired, observed.state))
    change.problems.push_back(foreign.why.text);
  for (const auto& [name, link] : change.desired.state.links) {
    if (!link.bond) continue;
    const auto* there = find_in(observed.state.links, name);
    for (const auto& [port, options] : link.bond->ports) {
      const bool is_in = there != nullptr && there->bond && there->bond->ports.contains(port);
      const auto* card = find_in(observed.state.links, port);
      if (is_in || card == nullptr) continue;                           // made by the file itself
      if (change.desired.state.links.contains(card->master)) continue;  // which leaves it
      if (auto why = why_no_port(observed, name, port); !why.empty())
        change.problems.push_back(std::move(why));
    }
  }
}

}  // namespace

FileNetwork only_bonds(FileNetwork file, const std::set<std::string>& bonds) {
  auto names = bonds;
  add_what_is_on(names, file.network);
  add_what_is_needed(names, file.network);
  std::erase_if(file.network.links, [&](const auto& entry) { return !names.contains(entry.first); });
  std::erase_if(file.network.routes, [&](const auto& entry) { return !names.contains(entry.second.device); });
  std::erase_if(file.bonds, [&](const auto& entry) { return !names.contains(entry.first); });
  return file;
}

void hide_others_marks(Observed& observed, const FileNetwork& file, const std::set<std::string>& bonds) {
  const auto names = scope_of(observed.state, file, bonds);
  for (auto& [name, link] : observed.state.links) {
    if (names.contains(name)) continue;
    for (auto& [prefix, address] : link.addresses)
      if (address.protocol == kOfNetd) address.protocol = 0;
  }
  for (auto& [key, route] : observed.state.routes)
    if (route.protocol == kOfNetd && !names.contains(route.device)) route.protocol = kBoot;
}

Change apply_file(const Observed& observed, const FileNetwork& file, const std::set<std::string>& bonds,
                  const JournalBook& book, const FindPaths& find_paths) {
  Change change;
  auto [ports, desired] = wanted_network(file, observed, book, find_paths);
  change.desired = std::move(desired);
  change.desired.owed = {};
  change.desired.journal.services.clear();
  const auto names = scope_of(observed.state, file, bonds);
  std::erase_if(change.desired.journal.links, [&](const auto& name) { return !names.contains(name); });
  look_at_file(change, ports);
  look_at_host(change, observed);
  return change;
}

}  // namespace hawser::bondctl
