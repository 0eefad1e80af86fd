#include "lib/plan/hold.h"

#include <algorithm>
#include <set>

#include "lib/base/find_in.h"
#include "lib/plan/draft.h"
#include "lib/plan/holder.h"
#include "lib/state/bond_options.h"

namespace hawser {

namespace {

bool has_address(const State& state, const Prefix& prefix) {
  return std::ranges::any_of(state.links,
                             [&](const auto& entry) { return entry.second.addresses.contains(prefix); });
}

}  // namespace

Link* Holder::link(const std::string& name) {
  return find_in(target_.links, name);
}

Bond* Holder::bond(const std::string& name) {
  auto* found = link(name);
  return found != nullptr && found->bond ? &*found->bond : nullptr;
}

const Link* Holder::link_now(const std::string& name) const {
  return find_in(now_.links, name);
}

Bond Holder::bond_now(const std::string& name) const {
  const auto* there = link_now(name);
  if (there != nullptr && there->bond) return *there->bond;
  const auto* wanted = find_in(target_.links, name);
  return kernel_default_bond(wanted != nullptr && wanted->bond ? wanted->bond->mode : BondMode::kBalanceRr);
}

bool Holder::is_bond(const std::string& name) const {
  return Sides{target_, before_}.is_bond(name);
}

std::string Holder::old_master(const std::string& name) const {
  const auto* old = find_in(before_.links, name);
  return old != nullptr && target_.links.contains(old->master) ? old->master : std::string{};
}

// It is there, or was deleted to be made anew and can be made as it was.
bool Holder::can_be(const std::string& name, const Link& old) const {
  return now_.links.contains(name) || std::ranges::none_of(steps_, [&](const Step& step) {
           const auto* create = as<CreateLink>(step);
           return create != nullptr && create->link == name && is_same_make(create->wanted, old);
         });
}

void Holder::device(const std::string& name) {
  std::set<std::string> ports;
  for (const State* state : std::array<const State*, 2>{&target_, &before_})
    if (const auto* link = find_in(state->links, name); link != nullptr && link->bond)
      for (const auto& [port, options] : link->bond->ports) ports.insert(port);
  if (const auto* old = find_in(before_.links, name); old != nullptr && can_be(name, *old)) {
    target_.links[name] = *old;
    target_.links[name].master = old_master(name);
    target_.links[name].mac.reset();
  } else {
    target_.links.erase(name);
  }
  std::erase_if(target_.routes, [&](const auto& entry) { return entry.second.device == name; });
  for (const auto& [key, old] : before_.routes)
    if (old.device == name) target_.routes[key] = old;
  for (const auto& port : ports) place(port);
}

void Holder::place(const std::string& name, const std::string& refused_by) {
  const auto* there = link_now(name);
  if (!refused_by.empty() && there != nullptr && there->master == refused_by)
    return;  // it is in all the same
  for (auto& [other, link] : target_.links) {
    if (!link.bond || link.bond->ports.erase(name) == 0) continue;
    if (link.bond->primary == name) link.bond->primary.clear();
  }
  auto* link = this->link(name);
  if (link == nullptr) return;
  link->master.clear();
  link->mtu.reset();
  link->mac.reset();
  const auto* old = find_in(before_.links, name);
  if (old == nullptr) return;
  if (!refused_by.empty() && old->master == refused_by && there != nullptr) {
    link->up = there->up;
    return;
  }
  link->up = old->up;
  link->master = old_master(name);
  if (auto* bond_before = bond(link->master)) {
    const auto& as_it_was = *before_.links.at(link->master).bond;
    bond_before->ports[name] = as_it_was.ports.at(name);
    const bool open = bond_before->primary.empty() && bond_before->mode == as_it_was.mode;
    if (open && as_it_was.primary == name) bond_before->primary = name;
    return;
  }
  for (const auto& [prefix, address] : old->addresses)
    if (!has_address(target_, prefix)) link->addresses.emplace(prefix, address);
  for (const auto& [key, route] : before_.routes)
    if (route.device == name) target_.routes.emplace(key, route);
}

void Holder::hold_options(const std::string& name, BondWhen when) {
  auto& wanted = *target_.links.at(name).bond;
  const auto now = bond_now(name);
  if (wanted.mode != now.mode) return device(name);
  for (const auto& info : bond_options())
    if (info.when == when) wanted.set(info.option, now.get(info.option));
}

void Holder::live_only(const std::string& name) {
  hold_options(name, BondWhen::kDown);
}

void Holder::filled(const std::string& name) {
  hold_options(name, BondWhen::kEmpty);
}

void Holder::monitor(const std::string& name) {
  auto& wanted = *target_.links.at(name).bond;
  const auto* old = find_in(before_.links, name);
  const auto from =
      old != nullptr && old->bond && old->bond->mode == wanted.mode ? *old->bond : bond_now(name);
  for (const auto option : {BondOption::kMiimon, BondOption::kArpInterval, BondOption::kArpValidate,
                            BondOption::kUpdelay, BondOption::kDowndelay, BondOption::kPeerNotifDelay})
    wanted.set(option, from.get(option));
  if (from.get(BondOption::kArpInterval) == 0) return;
  wanted.arp_ip_target = from.arp_ip_target;
  wanted.ns_ip6_target = from.ns_ip6_target;
}

void Holder::address(const std::string& name, const Prefix& prefix) {
  auto* link = this->link(name);
  if (link == nullptr) return;
  const auto* old = find_in(before_.links, name);
  const auto* there = old != nullptr ? find_in(old->addresses, prefix) : nullptr;
  if (there != nullptr)
    link->addresses[prefix] = *there;
  else
    link->addresses.erase(prefix);
  if (old == nullptr || there != nullptr) return;
  for (const auto& [other, value] : old->addresses)
    if (other.network() == prefix.network() && !has_address(target_, other))
      link->addresses.emplace(other, value);
}

void Holder::route(const RouteKey& key) {
  if (const auto* old = find_in(before_.routes, key))
    target_.routes[key] = *old;
  else
    target_.routes.erase(key);
}

void hold_steps(State& target, const Held& held) {
  Holder holder(target, held);
  // Twice: what one is left in, or on, may be held by a later one.
  for (int pass = 0; pass < 2; ++pass)
    for (const auto& step : held.steps)
      std::visit(Overloaded{
                     [](const ServiceStep& /*one*/) {},  // ipvs_repair.h
                     [](const IpvsHostStep& /*one*/) {},
                     [](const NftStep& /*one*/) {},
                     [&](const auto& one) { family::hold(holder, one); },
                 },
                 step);
}

void hold(State& target, const Held& held) {
  if (held.steps.empty()) return;
  hold_steps(target, held);
  hold_what_waits(target, held);
}

}  // namespace hawser
