#include "bondctl/change/drain.h"

#include <algorithm>

#include "lib/base/find_in.h"
#include "lib/state/bond_options.h"

namespace hawser::bondctl {

namespace {

// So long what is on its way to the port that was active is still taken there: switches and neighbours have
// learned from the announcement by then.
constexpr Milliseconds kOnItsWay{200};

// In active-backup others carry nothing by their mode; there only is taking part without being active.
bool keeps_its_place(BondMode mode) {
  return mode == BondMode::kActiveBackup;
}

const Link* bond_link(const Observed& observed, const std::string& name) {
  const auto* link = find_in(observed.state.links, name);
  return link != nullptr && link->bond ? link : nullptr;
}

// What speaks against sending over a port; empty: nothing.
std::string why_not_ready(const Observed& observed, const std::string& port) {
  const auto* link = find_in(observed.state.links, port);
  const auto* status = find_in(observed.links, port);
  if (link == nullptr || status == nullptr || !status->port) return "is no port";
  if (!link->up) return "is set down";
  if (!status->carrier) return "has no carrier";
  if (status->port->mii != MiiStatus::kUp) return "is not up for the bond's monitor";
  if (status->port->lacp && !status->port->lacp->distributing) return "is not used by LACP";
  return {};
}

std::vector<std::string> others(const Bond& bond, const std::string& port) {
  std::vector<std::string> names;
  for (const auto& [other, options] : bond.ports)
    if (other != port) names.push_back(other);
  return names;
}

std::string why_unfit(const Observed& observed, const Bond& bond, const std::string& port) {
  if (keeps_its_place(bond.mode) && bond.ports.at(port).prio == kDrainedPrio) return "is drained itself";
  return why_not_ready(observed, port);
}

// Whom the kernel would choose, too: the primary, then the highest prio.
std::string successor(const Observed& observed, const Bond& bond, const std::string& port) {
  std::string best;
  for (const auto& other : others(bond, port)) {
    if (!why_unfit(observed, bond, other).empty()) continue;
    if (other == bond.primary) return other;
    if (best.empty() || bond.ports.at(other).prio > bond.ports.at(best).prio) best = other;
  }
  return best;
}

std::string what_is_wrong_with_others(const Observed& observed, const Bond& bond, const std::string& port) {
  std::string text;
  for (const auto& other : others(bond, port))
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", other, why_unfit(observed, bond, other));
  return text.empty() ? "it has no other" : text;
}

std::string why_not_drained(const Observed& observed, const std::string& bond, const std::string& port) {
  const auto& there = *observed.state.links.at(bond).bond;
  const auto say = [&](const std::string& why) { return fmt::format("{}: drain {}: {}", bond, port, why); };
  if (!there.ports.contains(port)) return say("it is not among the ports");
  if (!why_not_ready(observed, port).empty()) return {};  // it carries nothing
  if (successor(observed, there, port).empty())
    return say(fmt::format("no other port could carry on ({}): first 'bondctl why {}'",
                           what_is_wrong_with_others(observed, there, port), bond));
  const auto ready = std::ranges::count_if(others(there, port), [&](const std::string& other) {
    return why_unfit(observed, there, other).empty();
  });
  const auto least = there.get(BondOption::kMinLinks);
  if (there.mode == BondMode::k8023ad && ready < std::int64_t{least})
    return say(
        fmt::format("with {} left the bond would lose its carrier: min_links is {}: first 'bondctl "
                    "set {} min_links={}'",
                    ready, least, bond, ready));
  return {};
}

// The bond as it is, open where the kernel decides.
Desired as_it_is(const Observed& observed, const std::string& bond) {
  Desired desired;
  desired.owner = Owner::kNone;
  auto& link = desired.state.links[bond] = observed.state.links.at(bond);
  link.mtu.reset();
  link.mac.reset();
  link.addresses.clear();
  desired.up_as_found.insert(bond);
  return desired;
}

Bond& bond_in(Desired& desired, const std::string& name) {
  return *desired.state.links.at(name).bond;
}

// Another one than the bond has: two cards with one MAC in one network take each other's frames.
MacAddress another(MacAddress mac) {
  constexpr std::uint8_t kLocal = 0x02;  // given by us, not by its maker
  constexpr std::uint8_t kAny = 0x04;
  mac.bytes.front() ^= (mac.bytes.front() & kLocal) != 0 ? kAny : kLocal;
  return mac;
}

// A device of its own, open and with nothing on it.
Link by_itself(const Observed& observed, const std::string& port, bool up) {
  auto link = observed.state.links.at(port);
  link.master.clear();
  link.addresses.clear();
  link.mtu.reset();
  link.mac.reset();
  link.up = up;
  return link;
}

void take_out(Desired& desired, const Observed& observed, const std::string& bond, const std::string& port,
              Drained& drained) {
  auto& there = bond_in(desired, bond);
  there.ports.erase(port);
  if (there.primary == port) there.primary.clear();
  auto link = by_itself(observed, port, true);
  const auto& own = observed.links.at(port).port->permanent_mac;
  if (observed.state.links.at(bond).mac == own) {
    drained.mac = own;
    link.mac = another(own);
  }
  desired.state.links[port] = std::move(link);
}

void put_last(Bond& bond, const std::string& port) {
  bond.ports.at(port).prio = kDrainedPrio;
  if (bond.primary == port) bond.primary.clear();
}

// While the role moves, both ports take what arrives: nothing that was on its way is lost.
Change while_both_receive(const Observed& observed, const std::string& bond, const Desired& last,
                          std::vector<Stage> between) {
  Change change;
  change.desired = as_it_is(observed, bond);
  bond_in(change.desired, bond).set(BondOption::kAllSlavesActive, 1);
  for (auto& stage : between) bond_in(stage.desired, bond).set(BondOption::kAllSlavesActive, 1);
  change.then = std::move(between);
  Stage end;
  end.pause = kOnItsWay;
  end.desired = last;
  change.then.push_back(std::move(end));
  return change;
}

Drained remembered(const Observed& observed, const std::string& bond, const std::string& port) {
  const auto& there = *observed.state.links.at(bond).bond;
  Drained drained;
  drained.bond = bond;
  drained.bond_index = observed.links.at(bond).index;
  drained.port_index = observed.links.at(port).index;
  drained.options = there.ports.at(port);
  if (there.primary == port) drained.primary = port;
  drained.all_slaves_active = there.get(BondOption::kAllSlavesActive);
  return drained;
}

// In active-backup the role goes once nothing leads it back; where the port leaves, before it does.
Drain drain_the_active(const Observed& observed, const std::string& bond, const std::string& port,
                       Drained drained) {
  const auto& there = *observed.state.links.at(bond).bond;
  const Role role{bond, successor(observed, there, port), port};
  auto last = as_it_is(observed, bond);
  bond_in(last, bond).set(BondOption::kAllSlavesActive, drained.all_slaves_active);
  std::vector<Stage> between;
  if (keeps_its_place(there.mode)) {
    put_last(bond_in(last, bond), port);
    between.push_back({.desired = last});
    auto change = while_both_receive(observed, bond, last, std::move(between));
    change.then.back().role = role;
    return {std::move(change), std::move(drained)};
  }
  take_out(last, observed, bond, port, drained);
  auto change = while_both_receive(observed, bond, last, {});
  change.then.back().role = role;
  return {std::move(change), std::move(drained)};
}

void note_static_group(Change& change, const std::string& bond, const std::string& port, BondMode mode) {
  const bool is_static =
      mode == BondMode::kBalanceRr || mode == BondMode::kBalanceXor || mode == BondMode::kBroadcast;
  if (is_static)
    change.notes.push_back(fmt::format(
        "{}: in mode {} nobody tells the other end: it sends to {} as long as its link is up: take "
        "the port out of its static group there, too, or set it down here: ip link set {} down",
        bond, name_of(mode), port, port));
}

Change not_drained(std::string why) {
  Change change;
  change.problems.push_back(std::move(why));
  return change;
}

std::string no_bond_to_drain(const Observed& observed, const std::string& bond) {
  return observed.state.links.contains(bond)
             ? fmt::format("{}: is no bond", bond)
             : fmt::format("{}: no such bond: 'bondctl show' lists those there are", bond);
}

// Or nearly: who was killed had perhaps not come to the end.
Change drained_already(const Observed& observed, const std::string& bond, const std::string& port,
                       const Drained& before) {
  Change change;
  change.desired = as_it_is(observed, bond);
  bond_in(change.desired, bond).set(BondOption::kAllSlavesActive, before.all_slaves_active);
  change.notes.push_back(fmt::format("{}: {} is drained already", bond, port));
  if (!observed.state.links.at(port).master.empty()) return change;  // it kept its place, or has another one
  auto link = by_itself(observed, port, true);
  if (before.mac) link.mac = another(*before.mac);
  change.desired.state.links[port] = std::move(link);
  return change;
}

// Its MAC is given back while it is down and before it joins: the bond takes what it has then for its own.
Change join_again(const Observed& observed, const std::string& bond, const std::string& port,
                  const Drained& before) {
  if (auto why = why_no_port(observed, bond, port); !why.empty()) return not_drained(std::move(why));
  Change change;
  change.desired = as_it_is(observed, bond);
  if (before.mac) {
    change.desired.state.links[port] = by_itself(observed, port, false);
    Stage own{.desired = change.desired};
    own.desired.state.links[port].mac = before.mac;
    change.then.push_back(std::move(own));
  }
  auto last = as_it_is(observed, bond);
  auto& wanted = bond_in(last, bond);
  wanted.ports[port] = before.options;
  if (wanted.primary.empty()) wanted.primary = before.primary;
  change.then.push_back({.desired = std::move(last)});
  return change;
}

}  // namespace

Drain drain(const Observed& observed, const std::string& bond, const std::string& port,
            const DrainedPorts& known) {
  const auto* link = bond_link(observed, bond);
  if (link == nullptr) return {not_drained(no_bond_to_drain(observed, bond)), {}};
  const auto* before = find_in(known, port);
  if (before != nullptr && is_drained(observed, bond, port))
    return {drained_already(observed, bond, port, *before), *before};
  if (auto why = why_not_drained(observed, bond, port); !why.empty())
    return {not_drained(std::move(why)), {}};
  auto drained = remembered(observed, bond, port);
  if (before != nullptr) drained.all_slaves_active = before->all_slaves_active;
  if (observed.links.at(bond).active_port == port && !successor(observed, *link->bond, port).empty())
    return drain_the_active(observed, bond, port, std::move(drained));
  Change change;
  change.desired = as_it_is(observed, bond);
  bond_in(change.desired, bond).set(BondOption::kAllSlavesActive, drained.all_slaves_active);
  if (keeps_its_place(link->bond->mode))
    put_last(bond_in(change.desired, bond), port);
  else
    take_out(change.desired, observed, bond, port, drained);
  note_static_group(change, bond, port, link->bond->mode);
  return {std::move(change), std::move(drained)};
}

Change undrain(const Observed& observed, const std::string& bond, const std::string& port,
               const DrainedPorts& known) {
  const auto* link = bond_link(observed, bond);
  if (link == nullptr) return not_drained(no_bond_to_drain(observed, bond));
  const auto* before = find_in(known, port);
  const bool is_in = link->bond->ports.contains(port);
  if (before == nullptr || !is_drained(observed, bond, port))
    return not_drained(
        fmt::format("{}: undrain {}: it was not drained, or is back already{}", bond, port,
                    is_in ? std::string{} : fmt::format(": 'bondctl add {} {}' adds a port", bond, port)));
  if (!is_in) return join_again(observed, bond, port, *before);
  auto last = as_it_is(observed, bond);
  auto& wanted = bond_in(last, bond);
  wanted.ports[port] = before->options;
  if (wanted.primary.empty()) wanted.primary = before->primary;
  wanted.set(BondOption::kAllSlavesActive, before->all_slaves_active);
  return while_both_receive(observed, bond, last, {Stage{.desired = last}});
}

}  // namespace hawser::bondctl
