#include "lib/plan/restore.h"

#include <algorithm>
#include <iterator>

#include "lib/plan/draft.h"

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

}  // namespace

bool came_to_nothing(const Step& step, const State& before, const State& now) {
  return std::visit(
      Overloaded{
          [](const ServiceStep& /*one*/) { return false; },
          [&](const auto& one) { return family::value_in(before, one) == family::value_in(now, one); },
      },
      step);
}

std::vector<Step> way_back(const State& before, const State& now, std::span<const Step> planned,
                           Owner owner) {
  Touched undone;
  for (const auto& step : planned) undone.add(step);
  const auto target = restore_target(before, now, undone, {});
  auto steps = towards_network(now, target, owner);
  std::ranges::move(towards_ipvs(now, target), std::back_inserter(steps));
  return steps;
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
