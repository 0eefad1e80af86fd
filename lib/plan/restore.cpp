#include "lib/plan/restore.h"

#include <algorithm>
#include <iterator>

#include "lib/base/find_in.h"
#include "lib/plan/draft.h"
#include "lib/state/bond_options.h"

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

// The kernel tells these in 802.3ad only: what they were before in another mode, nobody knows.
bool is_told_in_every_mode(BondOption option) {
  return option != BondOption::kAdActorSysPrio && option != BondOption::kAdUserPortKey;
}

void give_back_what_it_alone_takes(Bond& now, const Bond& before) {
  for (const auto& info : bond_options())
    if (option_applies(info, now.mode) && !option_applies(info, before.mode) &&
        is_told_in_every_mode(info.option))
      now.set(info.option, before.get(info.option));
}

}  // namespace

bool came_to_nothing(const Step& step, const State& before, const State& now) {
  return std::visit(
      Overloaded{
          [](const ServiceStep& /*one*/) { return false; },
          [](const IpvsHostStep& /*one*/) { return false; },
          [](const NftStep& /*one*/) { return false; },
          [&](const auto& one) { return family::value_in(before, one) == family::value_in(now, one); },
      },
      step);
}

std::vector<Step> before_the_mode_goes(const State& before, const State& now, const Touched& undone,
                                       Owner owner) {
  auto target = now;
  for (auto& [name, link] : target.links) {
    const auto* was = find_in(before.links, name);
    if (!undone.links.contains(name) || !link.bond || was == nullptr || !was->bond) continue;
    if (link.bond->mode != was->bond->mode) give_back_what_it_alone_takes(*link.bond, *was->bond);
  }
  return target == now ? std::vector<Step>{} : towards_network(now, target, owner);
}

std::vector<Step> way_back(const State& before, const State& now, std::span<const Step> planned,
                           Owner owner) {
  Touched undone;
  for (const auto& step : planned) undone.add(step);
  const auto target = restore_target(before, now, undone, {});
  auto steps = towards_network(now, target, owner);
  std::ranges::copy(back_to_ipvs_host(now.ipvs, target.ipvs), std::back_inserter(steps));
  std::ranges::move(towards_ipvs(now, target), std::back_inserter(steps));
  std::ranges::copy(towards_nft(now.nft, target.nft), std::back_inserter(steps));
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
  target.ipvs = undone.ipvs_host && !kept.ipvs_host ? before.ipvs : now.ipvs;
  target.nft = undone.nft && !kept.nft ? before.nft : now.nft;
  target.services = merged(before.services, now.services, in(undone.services), in(kept.services));
  return target;
}

}  // namespace hawser
