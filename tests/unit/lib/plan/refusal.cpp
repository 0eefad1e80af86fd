#include "tests/unit/lib/plan/refusal.h"

#include <algorithm>

#include "lib/plan/object.h"
#include "lib/state/bond_options.h"

namespace hawser::world {

namespace {

// The same wish, whatever was there.
template <class S>
bool is_same_wish(const S& one, const S& other) {
  if constexpr (std::is_same_v<S, CreateLink>)
    return one.link == other.link && one.wanted.vlan == other.wanted.vlan &&
           one.wanted.vrf_table == other.wanted.vrf_table;
  else if constexpr (std::is_same_v<S, SetMaster>)
    return one.link == other.link && one.to == other.to;
  else if constexpr (std::is_same_v<S, SetPortOptions>)
    return one.port == other.port && (one.from.prio != one.to.prio) == (other.from.prio != other.to.prio) &&
           (one.from.actor_port_prio != one.to.actor_port_prio) ==
               (other.from.actor_port_prio != other.to.actor_port_prio);
  else if constexpr (requires { one.prefix; })
    return one.link == other.link && one.prefix == other.prefix;
  else if constexpr (requires { RouteKey{one.key}; })
    return one.key == other.key;
  else if constexpr (std::is_same_v<S, SetBondOption>)
    return one.bond == other.bond && one.option == other.option;
  else if constexpr (std::is_same_v<S, SetBondTargets>)
    return one.bond == other.bond && one.family == other.family;
  else if constexpr (requires { one.bond; })
    return one.bond == other.bond;
  else if constexpr (std::is_same_v<S, SetLinkUp>)
    return one.link == other.link && one.up == other.up;
  else if constexpr (requires { one.link; })
    return one.link == other.link;
  else
    return one == other;
}

Refuses refuses_option(const CreateLink& create, RandomState& random) {
  const auto& bond = *create.wanted.bond;
  const auto usual = kernel_default_bond(bond.mode);
  std::vector<BondOption> unusual;
  for (const auto& info : bond_options())
    if (bond.get(info.option) != usual.get(info.option)) unusual.push_back(info.option);
  if (unusual.empty()) return {};
  const auto option = unusual.at(static_cast<std::size_t>(random.below(static_cast<int>(unusual.size()))));
  return [name = create.link, option, value = bond.get(option)](const Step& step) {
    if (const auto* make = as<CreateLink>(step))
      return make->link == name && make->wanted.bond && make->wanted.bond->get(option) == value;
    const auto* set = as<SetBondOption>(step);
    return set != nullptr && set->bond == name && set->option == option && set->to == value;
  };
}

// A port of the file's is a port no more, of the bond that had it again.
void leave_port(State& state, const std::string& port, const State& before, const State& now) {
  for (auto& [name, link] : state.links) {
    if (!link.bond || link.bond->ports.erase(port) == 0) continue;
    if (link.bond->primary == port) link.bond->primary.clear();
  }
  const auto bond = bond_of(before, port);
  const auto there = state.links.find(bond);
  if (there != state.links.end() && there->second.bond && bond_of(now, port) == bond) {
    const auto& old = *before.links.at(bond).bond;
    auto& wanted = *there->second.bond;
    wanted.ports[port] = old.ports.at(port);
    if (wanted.primary.empty() && wanted.mode == old.mode && old.primary == port) wanted.primary = port;
  }
  if (const auto link = state.links.find(port); link != state.links.end() && now.links.contains(port))
    link->second.up = now.links.at(port).up;
}

class Edit {
 public:
  Edit(Desired& desired, const State& before, const State& now)
      : desired_(desired), before_(before), now_(now) {}

  void operator()(const CreateLink& s) { device(s.link); }
  void operator()(const DeleteLink& s) { device(s.link); }
  void operator()(const SetBondMode& s) { device(s.bond); }
  void operator()(const SetLinkUp& s) {
    const auto port_of = bond_of(state(), s.link);
    if (!s.up && !port_of.empty() && bond_of(before_, s.link) != port_of)
      return leave_port(state(), s.link, before_, now_);
    auto* link = wanted(s.link);
    if (link == nullptr) return;
    const bool on_the_way = !s.up && link->up;
    if (!on_the_way) link->up = now_.links.at(s.link).up;
    if (!s.up && link->bond) options(s.link, BondWhen::kDown);
  }
  void operator()(const SetMtu& s) {
    auto* link = wanted(s.link);
    if (link != nullptr) link->mtu = now_.links.at(s.link).mtu;
  }
  void operator()(const SetMac& s) {
    auto* link = wanted(s.link);
    if (link != nullptr) link->mac = now_.links.at(s.link).mac;
  }
  void operator()(const SetMaster& s) {
    const bool leaves_bond = s.to.empty() && before_.links.contains(s.from) && before_.links.at(s.from).bond;
    if (leaves_bond) {
      if (bond_of(state(), s.link) != s.from) leave_port(state(), s.link, before_, now_);
      if (const auto* bond = wanted(s.from); bond != nullptr && bond->bond) options(s.from, BondWhen::kEmpty);
      return;
    }
    if (!bond_of(state(), s.link).empty()) return leave_port(state(), s.link, before_, now_);
    if (auto* link = wanted(s.link)) link->master = now_.links.at(s.link).master;
  }
  void operator()(const SetBondOption& s) {
    auto* link = wanted(s.bond);
    if (link == nullptr) return;
    if (s.option == BondOption::kMiimon || s.option == BondOption::kArpInterval) return monitor(s.bond);
    link->bond->set(s.option, now_.links.at(s.bond).bond->get(s.option));
  }
  void operator()(const SetBondPrimary& s) {
    if (auto* link = wanted(s.bond)) link->bond->primary = now_.links.at(s.bond).bond->primary;
  }
  void operator()(const SetBondTargets& s) {
    auto* link = wanted(s.bond);
    if (link == nullptr) return;
    const auto& there = *now_.links.at(s.bond).bond;
    if (s.family == Family::kIpv4)
      link->bond->arp_ip_target = there.arp_ip_target;
    else
      link->bond->ns_ip6_target = there.ns_ip6_target;
    if (there.get(BondOption::kArpInterval) != link->bond->get(BondOption::kArpInterval)) monitor(s.bond);
  }
  void operator()(const SetAdActorSystem& s) {
    if (auto* link = wanted(s.bond))
      link->bond->ad_actor_system = now_.links.at(s.bond).bond->ad_actor_system;
  }
  // Queues belong to one port each: who waits for one is not told from who has it.
  void operator()(const SetPortOptions& s) {
    auto* link = wanted(s.bond);
    if (link == nullptr) return;
    const auto& there = now_.links.at(s.bond).bond->ports;
    for (auto& [port, options] : link->bond->ports) {
      const auto found = there.find(port);
      if (found == there.end()) continue;
      if (s.from.prio != s.to.prio && port == s.port) options.prio = found->second.prio;
      const bool lacp = s.from.actor_port_prio != s.to.actor_port_prio;
      if (lacp && port == s.port) options.actor_port_prio = found->second.actor_port_prio;
      if (s.from.prio == s.to.prio && !lacp) options.queue_id = found->second.queue_id;
    }
  }
  void operator()(const AddAddress& s) { address(s.link, s.prefix); }
  void operator()(const ChangeAddress& s) { address(s.link, s.prefix); }
  void operator()(const RemoveAddress& s) {
    if (!bond_of(state(), s.link).empty() && bond_of(before_, s.link).empty())
      return leave_port(state(), s.link, before_, now_);
    address(s.link, s.prefix);
  }
  void operator()(const AddRoute& s) { route(s.key); }
  void operator()(const ChangeRoute& s) { route(s.key); }
  void operator()(const RemoveRoute& s) { route(s.key); }
  template <class S>
  void operator()(const S& /*s*/) {}

  // What is not possible without what was taken out.
  void consequences() {
    auto& links = state().links;
    for (bool again = true; again;) {
      again = false;
      for (const auto& [name, link] : std::map(links)) {
        const bool no_lower =
            link.vlan && !now_.links.contains(link.vlan->on) && !links.contains(link.vlan->on);
        if (no_lower) {
          device(name);
          if (links.contains(name) && links.at(name).vlan->on == link.vlan->on) links.erase(name);
          again = true;
        } else if (link.vlan && link.up && now_.links.contains(link.vlan->on) &&
                   !now_.links.at(link.vlan->on).up) {
          links.at(name).up = false;
          again = true;
        }
      }
    }
    for (auto& [name, link] : links) {
      if (link.bond && now_.links.contains(name)) share_queues(*link.bond, now_.links.at(name).bond->ports);
      if (!link.master.empty() && !now_.links.contains(link.master)) link.master.clear();
      if (link.bond)
        for (const auto& [port, options] : std::map(link.bond->ports))
          if (!now_.links.contains(port)) link.bond->ports.erase(port);
      const auto there = now_.links.find(name);
      if (there == now_.links.end() || there->second.up) continue;
      std::erase_if(link.addresses, [&](const auto& entry) {
        return entry.first.address.is_v6() && !there->second.addresses.contains(entry.first);
      });
    }
    // Which routes need a refused address or a refused route is not told here: those that are there count.
    for (const auto& [key, route] : std::map(state().routes)) {
      if (!waits(route)) continue;
      state().routes.erase(key);
      if (now_.routes.contains(key)) state().routes[key] = now_.routes.at(key);
    }
    for (const auto& [key, route] : now_.routes)  // and what was to be replaced by one that waits
      if (route.protocol == kNetd && before_.routes.contains(key)) state().routes.try_emplace(key, route);
  }

  std::vector<Prefix> lost_addresses;
  bool lost_routes = false;

 private:
  // Who waits for the queue of another is not told from who has it: those that are there count.
  static void share_queues(Bond& bond, const std::map<std::string, BondPort>& there) {
    std::set<std::uint16_t> queues;
    bool twice = false;
    for (const auto& [port, options] : bond.ports)
      twice |= options.queue_id != 0 && !queues.insert(options.queue_id).second;
    for (auto& [port, options] : bond.ports)
      if (const auto found = there.find(port); twice && found != there.end())
        options.queue_id = found->second.queue_id;
  }
  State& state() { return desired_.state; }
  Link* wanted(const std::string& name) {
    const auto found = state().links.find(name);
    return found == state().links.end() || !now_.links.contains(name) ? nullptr : &found->second;
  }
  bool waits(const Route& route) {
    const auto link = now_.links.find(route.device);
    if (link == now_.links.end() || !link->second.up || !bond_of(now_, route.device).empty()) return true;
    const auto leads = [&](const Prefix& prefix) { return route.via && prefix.contains(*route.via); };
    return std::ranges::any_of(lost_addresses, leads) || lost_routes;
  }
  void device(const std::string& name) {
    std::set<std::string> ports;
    if (const auto link = state().links.find(name); link != state().links.end() && link->second.bond)
      for (const auto& [port, options] : link->second.bond->ports) ports.insert(port);
    state().links.erase(name);
    desired_.journal.links.erase(name);
    std::erase_if(state().routes, [&](const auto& entry) { return entry.second.device == name; });
    for (const auto& [key, route] : before_.routes)
      if (route.device == name) state().routes[key] = route;
    if (const auto old = before_.links.find(name); old != before_.links.end()) {
      state().links[name] = old->second;
      state().links[name].mac.reset();
      if (now_.links.contains(name)) state().links[name].mtu = now_.links.at(name).mtu;
      if (old->second.bond)
        for (const auto& [port, options] : old->second.bond->ports) ports.insert(port);
    }
    for (const auto& port : ports) leave_port(state(), port, before_, now_);
    if (const auto old = before_.links.find(name); old != before_.links.end() && old->second.bond)
      if (state().links[name].bond->ports.contains(old->second.bond->primary))
        state().links[name].bond->primary = old->second.bond->primary;
  }
  void options(const std::string& bond, BondWhen when) {
    auto& there = *now_.links.at(bond).bond;
    auto& link = *state().links.at(bond).bond;
    if (there.mode != link.mode) return device(bond);
    for (const auto& info : bond_options())
      if (info.when == when) link.set(info.option, there.get(info.option));
  }
  void monitor(const std::string& bond) {
    auto& link = *state().links.at(bond).bond;
    const auto& there = *now_.links.at(bond).bond;
    for (const auto option :
         {BondOption::kMiimon, BondOption::kUpdelay, BondOption::kDowndelay, BondOption::kPeerNotifDelay,
          BondOption::kArpInterval, BondOption::kArpValidate})
      link.set(option, there.get(option));
    link.arp_ip_target = there.arp_ip_target;
    link.ns_ip6_target = there.ns_ip6_target;
  }
  void address(const std::string& name, const Prefix& prefix) {
    auto* link = wanted(name);
    lost_addresses.push_back(prefix);
    if (link == nullptr) {
      if (!before_.links.contains(name) || !before_.links.at(name).addresses.contains(prefix)) return;
      link = &state().links.emplace(name, before_.links.at(name)).first->second;
      link->mac.reset();
      std::erase_if(link->addresses, [&](const auto& entry) { return entry.first != prefix; });
    }
    link->addresses.erase(prefix);
    const auto old = before_.links.find(name);
    if (old == before_.links.end()) return;
    for (const auto& [other, value] : old->second.addresses)
      if ((other == prefix && now_.links.at(name).addresses.contains(prefix)) ||
          (other != prefix && other.network() == prefix.network() &&
           !old->second.addresses.contains(prefix) && now_.links.at(name).addresses.contains(other)))
        link->addresses[other] = value;
  }
  void route(const RouteKey& key) {
    lost_routes = true;
    state().routes.erase(key);
    if (const auto old = before_.routes.find(key); old != before_.routes.end()) state().routes.insert(*old);
  }

  Desired& desired_;
  const State& before_;
  const State& now_;
};

}  // namespace

Refuses refusal_of(const Step& step, RandomState& random) {
  if (const auto* create = as<CreateLink>(step);
      create != nullptr && create->wanted.bond && random.chance(60))
    if (auto option = refuses_option(*create, random)) return option;
  return [step](const Step& other) {
    return visit_kind(
        [&]<class S>(const S& one) {
          const auto* same = as<S>(other);
          return same != nullptr && is_same_wish(one, *same);
        },
        step);
  };
}

Desired without(const Desired& desired, const std::vector<Refusal>& refused, const State& before,
                const State& now) {
  auto edited = desired;
  Edit edit(edited, before, now);
  for (const auto& refusal : refused) visit_kind(edit, refusal.step);
  edit.consequences();
  return edited;
}

}  // namespace hawser::world
