#include "bondctl/change/change.h"

#include <algorithm>

#include "bondctl/change/port_names.h"
#include "bondctl/change/stanza.h"
#include "lib/base/find_in.h"
#include "lib/config/engine/kinds.h"
#include "lib/config/host_file.h"
#include "lib/config/sections/bond.h"
#include "lib/config/written.h"
#include "lib/plan/simulate.h"
#include "lib/state/bond_options.h"

namespace hawser::bondctl {

namespace {

Change refused(std::string why) {
  Change change;
  change.problems.push_back(std::move(why));
  return change;
}

const Link* find_bond(const Observed& observed, const std::string& name) {
  const auto* link = find_in(observed.state.links, name);
  return link != nullptr && link->bond ? link : nullptr;
}

std::string no_bond(const Observed& observed, const std::string& name) {
  if (find_in(observed.state.links, name) != nullptr) return fmt::format("{}: is no bond", name);
  return fmt::format("{}: no such bond: 'bondctl show' lists those there are", name);
}

// --- by the file's rules ---

// By hand a bond may have no port yet, or no more; in a file that is a mistake. No device has this name.
constexpr std::string_view kNoPort = "path:none";
// At boot ports come one by one, and a card may be missing: that there are fewer than min_links is no
// mistake.
constexpr std::size_t kMostPorts = 64;

std::size_t least_ports(const config::Table& section, SaidAs said_as) {
  const auto* least = config::find(section, "min_links");
  const auto* number = least == nullptr || said_as == SaidAs::kKey ? nullptr : least->as<std::int64_t>();
  return number == nullptr ? 1 : static_cast<std::size_t>(std::clamp<std::int64_t>(*number, 1, kMostPorts));
}

config::Table with_ports(config::Table section, SaidAs said_as) {
  auto* ports = config::find(section, "ports");
  if (ports == nullptr) return section;
  auto& list = *ports->as<config::List>();
  const auto least = least_ports(section, said_as);
  while (list.size() < least) list.push_back(config::plain_value(fmt::format("{}{}", kNoPort, list.size())));
  return section;
}

config::HostFile judge(const std::string& bond, const config::Table& section, SaidAs said_as) {
  return config::judge_sources(
      {{"", "format = 1\n" + config::section_text("bond", bond, with_ports(section, said_as))}}, {},
      config::Part::kNetd);
}

// "bond.bond0.miimon" is the miimon of who is spoken of anyway.
std::string in_words(const std::string& bond, const config::Problem& problem, SaidAs said_as) {
  const auto path = fmt::format("bond.{}", config::toml_key(bond));
  auto key = problem.key;
  if (key == path) key.clear();
  if (key.starts_with(path + ".")) key.erase(0, path.size() + 1);
  if (said_as == SaidAs::kStanza && !key.empty()) key = stanza_option(key);
  return fmt::format("{}: {}{}{}", bond, key, key.empty() ? "" : ": ", problem.what);
}

bool is_about(const config::Problem& note, const Edit& edit) {
  return note.key.ends_with("." + edit.key);
}

// --- what the words changed, and nothing else ---

BondPort port_of(const Bond& bond, const std::string& name) {
  const auto* port = find_in(bond.ports, name);
  return port == nullptr ? BondPort{} : *port;
}

// What the words leave as the file would have it by itself stays as the kernel has it.
Bond over(const Bond& there, const Bond& without, Bond with) {
  for (const auto& info : bond_options())
    if (with.get(info.option) == without.get(info.option)) with.set(info.option, there.get(info.option));
  if (with.primary == without.primary) with.primary = there.primary;
  if (with.arp_ip_target == without.arp_ip_target) with.arp_ip_target = there.arp_ip_target;
  if (with.ns_ip6_target == without.ns_ip6_target) with.ns_ip6_target = there.ns_ip6_target;
  if (with.ad_actor_system == without.ad_actor_system) with.ad_actor_system = there.ad_actor_system;
  for (auto& [name, port] : with.ports)
    if (port == port_of(without, name) && there.ports.contains(name)) port = there.ports.at(name);
  if (!with.primary.empty() && !with.ports.contains(with.primary)) with.primary.clear();
  return with;
}

const Bond* bond_in(const State& state, const std::string& name) {
  const auto* link = find_in(state.links, name);
  return link != nullptr && link->bond ? &*link->bond : nullptr;
}

// --- what of this host stands in the way ---

// An address that the port would lose; what the kernel gave it by itself, by a router's word too, is no loss.
std::string address_of(const Link& link) {
  for (const auto& [prefix, address] : link.addresses)
    if (!is_kernel_made(prefix, address)) return to_string(prefix);
  return {};
}

void look_at_ports(Change& change, const Observed& observed, const std::string& bond, const Bond& wanted) {
  const auto* there = bond_in(observed.state, bond);
  for (const auto& [port, settings] : wanted.ports) {
    if (there != nullptr && there->ports.contains(port)) continue;
    if (auto why = why_no_port(observed, bond, port); !why.empty()) change.problems.push_back(std::move(why));
  }
}

void look_at_missing(Change& change, const std::string& bond, const config::ResolvedPorts& ports) {
  for (const auto& missing : ports.missing)
    if (!missing.port.starts_with(kNoPort))
      change.problems.push_back(fmt::format(
          "{}: add port {}: no such device: 'ip link' lists those there are", bond, missing.port));
  for (const auto& doubled : ports.doubled)
    change.problems.push_back(
        fmt::format("{}: port {} is {}, which is listed too", bond, doubled.port, doubled.device));
}

// As far as the bonds that are there tell.
void look_at_kernel(Change& change, const State& observed) {
  for (auto& lacked : lacked_by_the_kernel(change.desired, observed))
    change.problems.push_back(std::move(lacked.why.text));
}

// The section as the file would be applied, of nobody.
void settle(Change& change, const Observed& observed, const std::string& bond, const config::HostFile& file,
            const FindPaths& find_paths) {
  auto wanted = wanted_network(network_of(file.config), observed, JournalBook({}, {}), find_paths);
  look_at_missing(change, bond, wanted.ports);
  change.desired = std::move(wanted.desired);
  change.desired.owner = Owner::kNone;
  auto& link = change.desired.state.links.at(bond);
  for (auto& [prefix, address] : link.addresses) address.protocol = 0;
  look_at_ports(change, observed, bond, *link.bond);
}

// "mac=default" takes back what somebody said: what the bond had by itself is the MAC of a port.
void settle_mac(Change& change, const Observed& observed, const std::string& bond, const Edits& edits) {
  const auto is_asked = [](const Edit& edit) { return edit.key == "mac" && edit.value == "default"; };
  if (!change.problems.empty() || std::ranges::none_of(edits.good, is_asked)) return;
  auto& link = change.desired.state.links.at(bond);
  link.mac = config::usual_mac(observed, bond, *link.bond);
  if (!link.mac)
    change.problems.push_back(
        fmt::format("{}: mac: has no default while there is no port: write mac=52:54:00:..", bond));
}

// All that is wrong with the words in one run: those that nobody knows, then those that the rules refuse.
Change edited(const Observed& observed, const std::string& bond, config::Table section, const Edits& edits,
              const FindPaths& find_paths) {
  Change change;
  for (const auto& wrong : edits.wrong) change.problems.push_back(fmt::format("{}: {}", bond, wrong));
  for (const auto& one : edits.good)
    if (auto good = edit(section, one); !good)
      change.problems.push_back(fmt::format("{}: {}", bond, good.error().text));
  const auto file = judge(bond, section, edits.said_as);
  for (const auto& problem : file.problems) change.problems.push_back(in_words(bond, problem, edits.said_as));
  for (const auto& note : file.notes)
    if (std::ranges::any_of(edits.good, [&](const Edit& edit) { return is_about(note, edit); }))
      change.notes.push_back(in_words(bond, note, edits.said_as));
  change.wrong_words = !change.problems.empty();
  if (change.problems.empty()) settle(change, observed, bond, file, find_paths);
  return change;
}

}  // namespace

Change create(const Observed& observed, const std::string& bond, const Edits& words,
              const FindPaths& find_paths) {
  if (const auto fault = config::device_fault(bond); !fault.empty()) {
    auto change = refused(fmt::format("create: {}", fault));
    change.wrong_words = true;
    return change;
  }
  if (find_bond(observed, bond) != nullptr)
    return refused(
        fmt::format("{0}: create: it is there already: 'bondctl set {0} KEY=VALUE' changes it", bond));
  if (find_in(observed.state.links, bond) != nullptr)
    return refused(fmt::format("{}: create: another device has this name", bond));
  const auto edits = with_devices(words, observed, find_paths);
  auto change =
      edited(observed, bond, {{"ports", {}, config::plain_value(config::List{})}}, edits, find_paths);
  if (change.problems.empty()) look_at_kernel(change, observed.state);
  return change;
}

Change set(const Observed& observed, const std::string& bond, const Edits& words,
           const FindPaths& find_paths) {
  const auto* there = find_bond(observed, bond);
  if (there == nullptr) return refused(no_bond(observed, bond));
  const auto edits = with_devices(words, observed, find_paths);
  if (std::ranges::find(edits.good, "addresses", &Edit::key) != edits.good.end())
    return refused(
        fmt::format("{0}: addresses: only when it is created: write 'ip address add .. dev {0}'", bond));
  auto section = config::bond_section(*there->bond);
  if (!there->up) section.push_back({"up", {}, config::plain_value(false)});
  const auto without = judge(bond, section, edits.said_as);
  make_way(section, edits.good);
  auto change = edited(observed, bond, std::move(section), edits, find_paths);
  settle_mac(change, observed, bond, edits);
  if (!change.problems.empty()) return change;
  if (without.good()) {
    auto& wanted = *change.desired.state.links.at(bond).bond;
    wanted = over(*there->bond, *without.config.network.links.at(bond).bond, std::move(wanted));
  }
  if (std::ranges::find(edits.good, "up", &Edit::key) == edits.good.end())
    change.desired.up_as_found.insert(bond);
  look_at_kernel(change, observed.state);
  return change;
}

Change remove(const Observed& observed, const std::string& bond) {
  if (find_bond(observed, bond) == nullptr) return refused(no_bond(observed, bond));
  Change change;
  change.desired.owner = Owner::kNone;
  change.desired.journal.links.insert(bond);
  return change;
}

std::string why_no_port(const Observed& observed, const std::string& bond, const std::string& name) {
  const auto& link = observed.state.links.at(name);
  const auto say = [&](const std::string& why) {
    return fmt::format("{}: add port {}: {}", bond, name, why);
  };
  if (!link.master.empty() && link.master != bond) {
    const bool in_bond = find_bond(observed, link.master) != nullptr;
    return say(fmt::format("it is in {}: take it out first: {}", link.master,
                           in_bond ? fmt::format("bondctl remove {} {}", link.master, name)
                                   : fmt::format("ip link set {} nomaster", name)));
  }
  if (link.bond || link.kind == LinkKind::kVrf)
    return say(fmt::format("it is a {}, which is no port of a bond", name_of(link.kind)));
  if (name == "lo" || link.mac.value_or(MacAddress{}) == MacAddress{})
    return say("it is no Ethernet device: it has no MAC");
  if (const auto address = address_of(link); !address.empty())
    return say(
        fmt::format("it has addresses, such as {}, which a port cannot use: 'bondctl migrate {} --into {} "
                    "--confirm 60s' gives them to the bond, with the routes and VLANs of {}",
                    address, name, bond, name));
  return {};
}

std::string why_not_active(const Observed& observed, const std::string& bond, const std::string& port) {
  const auto* there = find_bond(observed, bond);
  if (there == nullptr) return no_bond(observed, bond);
  const auto say = [&](const std::string& why) {
    return fmt::format("{}: switch to {}: {}", bond, port, why);
  };
  if (!has_active_port(there->bond->mode))
    return say(fmt::format("mode {} has no active port: only {}", name_of(there->bond->mode),
                           config::modes_of(config::kWithActivePort)));
  if (!there->bond->ports.contains(port)) return say("it is not among the ports");
  const auto& link = observed.state.links.at(port);
  const auto& status = observed.links.at(port);
  if (!link.up) return say(fmt::format("it is down: ip link set {} up", port));
  if (!status.carrier) return say("it has no carrier");
  if (status.port && status.port->mii != MiiStatus::kUp)
    return say(fmt::format("the bond holds it for {}", name_of(status.port->mii)));
  return {};
}

}  // namespace hawser::bondctl
