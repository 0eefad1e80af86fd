#include "lib/plan/restore.h"

namespace hawser {

namespace {

using Key = std::pair<std::string, Prefix>;

// The same choice for links, addresses, routes and services.
template <class Map, class Undone, class Kept>
Map merged(const Map& before, const Map& now, Undone undone, Kept kept) {
  Map result;
  for (const auto& [key, value] : before)
    if (undone(key) || !kept(key)) result.emplace(key, value);
  for (const auto& [key, value] : now) {
    const bool old = before.contains(key);
    if (old ? !undone(key) && kept(key) : !undone(key)) result.emplace(key, value);
  }
  return result;
}

template <class Set>
auto in(const Set& set) {
  return [&set](const auto& key) { return set.contains(key); };
}

std::map<Key, Address> addresses_of(const State& state) {
  std::map<Key, Address> all;
  for (const auto& [name, link] : state.links)
    for (const auto& [prefix, address] : link.addresses) all.emplace(Key{name, prefix}, address);
  return all;
}

// What a step sets, in one state.
struct ValueIn {
  const State& state;

  template <class S>
  State operator()(const S& step) const {
    State value;
    if constexpr (requires { step.prefix; }) {
      if (const auto* link = find(step.link); link != nullptr && link->addresses.contains(step.prefix))
        value.links[step.link].addresses[step.prefix] = link->addresses.at(step.prefix);
    } else if constexpr (requires { RouteKey{step.key}; }) {
      if (state.routes.contains(step.key)) value.routes[step.key] = state.routes.at(step.key);
    } else if constexpr (requires { step.link; }) {
      if (const auto* link = find(step.link)) value.links[step.link] = part_of(*link, step);
    } else if constexpr (requires { step.bond; }) {
      if (const auto* link = find(step.bond)) value.links[step.bond].bond = link->bond;
    }
    return value;
  }

 private:
  [[nodiscard]] const Link* find(const std::string& name) const {
    const auto found = state.links.find(name);
    return found == state.links.end() ? nullptr : &found->second;
  }
  template <class Member>
  static Link only(const Link& link, Member Link::*member) {
    Link part;
    part.*member = link.*member;
    return part;
  }
  static Link part_of(const Link& link, const SetLinkUp& /*step*/) { return only(link, &Link::up); }
  static Link part_of(const Link& link, const SetMaster& /*step*/) { return only(link, &Link::master); }
  static Link part_of(const Link& link, const SetMtu& /*step*/) { return only(link, &Link::mtu); }
  static Link part_of(const Link& link, const SetMac& /*step*/) { return only(link, &Link::mac); }
  template <class S>
  static Link part_of(const Link& link, const S& /*step*/) {
    auto make = only(link, &Link::kind);
    make.vlan = link.vlan;
    make.vrf_table = link.vrf_table;
    return make;
  }
};

}  // namespace

bool came_to_nothing(const Step& step, const State& before, const State& now) {
  return !is_service_step(step) && std::visit(ValueIn{before}, step) == std::visit(ValueIn{now}, step);
}

State restore_target(const State& before, const State& now, const Touched& undone, const Touched& kept) {
  State target;
  target.links = merged(before.links, now.links, in(undone.links), in(kept.links));
  for (auto& [name, link] : target.links) link.addresses.clear();
  for (const auto& [key, address] :
       merged(addresses_of(before), addresses_of(now), in(undone.addresses), in(kept.addresses)))
    if (const auto link = target.links.find(key.first); link != target.links.end())
      link->second.addresses.emplace(key.second, address);
  target.routes = merged(before.routes, now.routes, in(undone.routes), in(kept.routes));
  target.services = merged(before.services, now.services, in(undone.services), in(kept.services));
  return target;
}

}  // namespace hawser
