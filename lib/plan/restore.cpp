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

using IsExcepted = std::function<bool(const std::string&)>;

// A port stays in the bond it is in, or out of the one it is not in.
void leave_port(State& target, const State& now, const std::string& port) {
  const auto bond = bond_of(now, port);
  for (auto& [name, link] : target.links) {
    if (!link.bond) continue;
    if (name == bond)
      link.bond->ports[port] = now.links.at(bond).bond->ports.at(port);
    else
      link.bond->ports.erase(port);
  }
}

void leave_links(State& target, const State& now, const IsExcepted& is_excepted) {
  std::erase_if(target.links, [&](const auto& entry) { return is_excepted(entry.first); });
  for (const auto& [name, link] : now.links)
    if (is_excepted(name)) target.links[name] = link;
  for (const auto& [name, link] : now.links)
    if (is_excepted(name)) leave_port(target, now, name);
}

void leave_routes(State& target, const State& now, const IsExcepted& is_excepted) {
  const auto leaves = [&](const auto& entry) { return is_excepted(entry.second.device); };
  for (const auto& entry : now.routes)
    if (leaves(entry)) target.routes[entry.first] = entry.second;
  std::erase_if(target.routes,
                [&](const auto& entry) { return leaves(entry) && !now.routes.contains(entry.first); });
  for (auto& [key, route] : target.routes)
    if (is_excepted(route.device)) route = now.routes.at(key);
}

}  // namespace

void leave_as_is(State& target, const State& now, const IsExcepted& is_excepted) {
  leave_links(target, now, is_excepted);
  leave_routes(target, now, is_excepted);
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
