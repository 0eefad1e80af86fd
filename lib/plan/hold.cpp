#include "lib/plan/hold.h"

#include <algorithm>

#include "lib/plan/draft.h"
#include "lib/plan/object.h"
#include "lib/state/bond_options.h"

namespace hawser {

namespace {

constexpr std::array<BondOption, 3> kDelays{BondOption::kUpdelay, BondOption::kDowndelay,
                                            BondOption::kPeerNotifDelay};

template <class Map>
auto* find_in(Map& map, const typename Map::key_type& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

bool has_address(const State& state, const Prefix& prefix) {
  return std::ranges::any_of(state.links,
                             [&](const auto& entry) { return entry.second.addresses.contains(prefix); });
}

class Holder {
 public:
  Holder(State& target, const Held& held)
      : target_(target), before_(held.before), now_(held.now), steps_(held.steps) {}

  // A device is there or not: with the device goes all that it carries.
  void operator()(const CreateLink& s) { device(s.link); }
  void operator()(const DeleteLink& s) { device(s.link); }
  void operator()(const SetBondMode& s) { device(s.bond); }

  void operator()(const SetLinkUp& s) {
    auto* link = find_in(target_.links, s.link);
    if (link == nullptr) return;
    const bool on_the_way = !s.up && link->up;  // down only to change something
    if (on_the_way && !link->bond && !bond_of(target_, s.link).empty()) return place(s.link);
    const auto* there = find_in(now_.links, s.link);
    if (!on_the_way) link->up = there != nullptr && there->up;
    if (!s.up && link->bond) live_only(s.link);
  }

  void operator()(const SetMtu& s) {
    auto* link = find_in(target_.links, s.link);
    if (link == nullptr) return;
    link->mtu.reset();
    if (link->bond)
      for (const auto& [port, options] : link->bond->ports)
        if (auto* card = find_in(target_.links, port)) card->mtu.reset();
  }
  void operator()(const SetMac& s) {
    if (auto* link = find_in(target_.links, s.link)) link->mac.reset();
  }

  void operator()(const SetMaster& s) {
    const auto& master = s.to.empty() ? s.from : s.to;
    auto* link = find_in(target_.links, s.link);
    if (is_bond(master)) {
      if (!s.to.empty() || bond_of(target_, s.link) != s.from) place(s.link, s.to);
      if (s.to.empty() && bond(target_, s.from) != nullptr) filled(s.from);
    } else if (link != nullptr) {
      link->master = old_master(s.link);
    }
  }

  void operator()(const SetBondOption& s) {
    auto* wanted = bond(target_, s.bond);
    if (wanted == nullptr) return;
    if (s.option == BondOption::kMiimon || s.option == BondOption::kArpInterval) return monitor(s.bond);
    wanted->set(s.option, there(s.bond).get(s.option));
  }
  void operator()(const SetBondPrimary& s) {
    if (auto* wanted = bond(target_, s.bond)) wanted->primary = there(s.bond).primary;
  }
  void operator()(const SetBondTargets& s) {
    auto* wanted = bond(target_, s.bond);
    if (wanted == nullptr) return;
    const auto now = there(s.bond);
    if (s.family == Family::kIpv4)
      wanted->arp_ip_target = now.arp_ip_target;
    else
      wanted->ns_ip6_target = now.ns_ip6_target;
    // A monitor that has nobody to ask would take every port down.
    if (wanted->get(BondOption::kArpInterval) != 0 && wanted->arp_ip_target.empty() &&
        wanted->ns_ip6_target.empty())
      monitor(s.bond);
  }
  void operator()(const SetAdActorSystem& s) {
    if (auto* wanted = bond(target_, s.bond)) wanted->ad_actor_system = there(s.bond).ad_actor_system;
  }
  void operator()(const SetPortOptions& s) {
    auto* wanted = bond(target_, s.bond);
    if (wanted == nullptr || !wanted->ports.contains(s.port)) return;
    const auto now = there(s.bond);
    const auto* found = find_in(now.ports, s.port);
    const auto left = found != nullptr ? *found : BondPort{};
    auto& port = wanted->ports[s.port];
    if (s.from.prio != s.to.prio) port.prio = left.prio;
    if (s.from.queue_id != s.to.queue_id) port.queue_id = left.queue_id;
  }
  void operator()(const SetActivePort& /*s*/) {}

  void operator()(const AddAddress& s) { address(s.link, s.prefix); }
  void operator()(const ChangeAddress& s) { address(s.link, s.prefix); }
  void operator()(const RemoveAddress& s) {
    if (!bond_of(target_, s.link).empty() && bond_of(before_, s.link).empty()) return place(s.link);
    address(s.link, s.prefix);
  }
  void operator()(const AddRoute& s) { route(s.key); }
  void operator()(const ChangeRoute& s) { route(s.key); }
  void operator()(const RemoveRoute& s) { route(s.key); }
  template <class Service>
  void operator()(const Service& /*s*/) {}

 private:
  static Bond* bond(State& state, const std::string& name) {
    auto* link = find_in(state.links, name);
    return link != nullptr && link->bond ? &*link->bond : nullptr;
  }
  [[nodiscard]] bool is_bond(const std::string& name) const {
    const auto is_one = [&](const State& state) {
      const auto* link = find_in(state.links, name);
      return link != nullptr && link->bond.has_value();
    };
    return is_one(target_) || is_one(before_);
  }
  // The bond as it is, or as it is when it is made.
  [[nodiscard]] Bond there(const std::string& name) const {
    const auto* link = find_in(now_.links, name);
    if (link != nullptr && link->bond) return *link->bond;
    const auto* wanted = find_in(target_.links, name);
    return kernel_default_bond(wanted != nullptr && wanted->bond ? wanted->bond->mode : BondMode::kBalanceRr);
  }
  [[nodiscard]] std::string old_master(const std::string& name) const {
    const auto* old = find_in(before_.links, name);
    return old != nullptr && target_.links.contains(old->master) ? old->master : std::string{};
  }

  // It is there, or was deleted to be made anew and can be made as it was.
  [[nodiscard]] bool can_be(const std::string& name, const Link& old) const {
    return now_.links.contains(name) || std::ranges::none_of(steps_, [&](const Step& step) {
             const auto* create = std::get_if<CreateLink>(&step);
             return create != nullptr && create->link == name && create->wanted.kind == old.kind &&
                    create->wanted.vlan == old.vlan && create->wanted.vrf_table == old.vrf_table;
           });
  }

  void device(const std::string& name) {
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

  // A port is in the bond where it was, or free as it was; an address that the target has elsewhere stays
  // there. A bond that had to let it go and does not take it back has it no more.
  void place(const std::string& name, const std::string& refused_by = {}) {
    const auto* there = find_in(now_.links, name);
    if (!refused_by.empty() && there != nullptr && there->master == refused_by)
      return;  // it is in all the same
    for (auto& [other, link] : target_.links) {
      if (!link.bond || link.bond->ports.erase(name) == 0) continue;
      if (link.bond->primary == name) link.bond->primary.clear();
    }
    auto* link = find_in(target_.links, name);
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
    if (auto* bond_before = bond(target_, link->master)) {
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

  // What needs the bond down stays as it is.
  void live_only(const std::string& name) {
    auto& wanted = *target_.links.at(name).bond;
    const auto now = there(name);
    if (wanted.mode != now.mode) return device(name);
    for (const auto& info : bond_options())
      if (info.when == BondWhen::kDown) wanted.set(info.option, now.get(info.option));
  }
  // A port that should only make room does not: what needs the bond empty stays as it is.
  void filled(const std::string& name) {
    auto& wanted = *target_.links.at(name).bond;
    const auto now = there(name);
    if (wanted.mode != now.mode) return device(name);
    for (const auto& info : bond_options())
      if (info.when == BondWhen::kEmpty) wanted.set(info.option, now.get(info.option));
  }
  // One monitor is not left before the other works: a bond without any never fails over.
  void monitor(const std::string& name) {
    auto& wanted = *target_.links.at(name).bond;
    const auto* old = find_in(before_.links, name);
    const auto from =
        old != nullptr && old->bond && old->bond->mode == wanted.mode ? *old->bond : there(name);
    for (const auto option : {BondOption::kMiimon, BondOption::kArpInterval, BondOption::kArpValidate})
      wanted.set(option, from.get(option));
    for (const auto option : kDelays) wanted.set(option, from.get(option));
    if (from.get(BondOption::kArpInterval) == 0) return;
    wanted.arp_ip_target = from.arp_ip_target;
    wanted.ns_ip6_target = from.ns_ip6_target;
  }
  // The address that is to go for it stays with it.
  void address(const std::string& name, const Prefix& prefix) {
    auto* link = find_in(target_.links, name);
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
  void route(const RouteKey& key) {
    if (const auto* old = find_in(before_.routes, key))
      target_.routes[key] = *old;
    else
      target_.routes.erase(key);
  }

  State& target_;
  const State& before_;
  const State& now_;
  std::span<const Step> steps_;
};

}  // namespace

void hold_steps(State& target, const Held& held) {
  Holder holder(target, held);
  // Twice: what one is left in, or on, may be held by a later one.
  for (int pass = 0; pass < 2; ++pass)
    for (const auto& step : held.steps) std::visit(holder, step);
}

void hold(State& target, const Held& held) {
  if (held.steps.empty()) return;
  hold_steps(target, held);
  hold_what_waits(target, held);
}

}  // namespace hawser
