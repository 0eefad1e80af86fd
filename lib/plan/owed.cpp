#include "lib/plan/owed.h"

#include <algorithm>

#include "lib/plan/object.h"

namespace hawser {

namespace {

bool names_it(const State& wanted, const AddAddress& step) {
  const auto link = wanted.links.find(step.link);
  return link != wanted.links.end() && link->second.addresses.contains(step.prefix);
}

bool is_ours(std::uint8_t protocol) {
  return protocol == static_cast<std::uint8_t>(Owner::kNetd) ||
         protocol == static_cast<std::uint8_t>(Owner::kVipd);
}

}  // namespace

Owed owed_by(std::span<const Step> steps, const State& wanted) {
  Owed owed;
  for (const auto& step : steps) {
    if (const auto* add = as<AddAddress>(step))
      if (!names_it(wanted, *add) && !is_ours(add->address.protocol))
        owed.addresses.insert_or_assign({add->link, add->prefix}, add->address);
    if (const auto* add = as<AddRoute>(step))
      if (!wanted.routes.contains(add->key) && !is_ours(add->route.protocol))
        owed.routes.insert_or_assign(add->key, add->route);
  }
  return owed;
}

void pay(State& target, const Owed& owed) {
  for (const auto& [place, address] : owed.addresses) {
    const auto link = target.links.find(place.first);
    if (link != target.links.end() && bond_of(target, place.first).empty())
      link->second.addresses.emplace(place.second, address);
  }
  for (const auto& [key, route] : owed.routes) {
    const auto devices = devices_of(route);
    if (std::ranges::all_of(devices, [&](const auto& device) { return target.links.contains(device); }))
      target.routes.emplace(key, route);
  }
}

}  // namespace hawser
