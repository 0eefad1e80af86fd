#include "netd/pools.h"

#include "lib/base/find_in.h"

namespace hawser::netd {

void Pools::keep_only(const Layout& layout) {
  const auto is_gone = [&](const auto& entry) { return !layout.contains(entry.first); };
  std::erase_if(weighed_, is_gone);
  std::erase_if(connections_, is_gone);
}

Weighed Pools::weigh(const At& at, TimePoint now) const {
  const auto* before = find(at.key);
  return hawser::weigh({.service = at.service,
                        .health = at.health,
                        .present = at.present,
                        .overrides = overrides_.of(at.service),
                        .connections = connections(at.key)},
                       before == nullptr ? PoolMemory{} : before->memory, now);
}

const Weighed& Pools::remember(const At& at, TimePoint now) {
  return weighed_.insert_or_assign(at.key, weigh(at, now)).first->second;
}

void Pools::count(const At& at, const ServiceStatus& status) {
  std::map<Endpoint, Connections> counted;
  for (const auto& [real, said] : overrides_.of(at.service))
    if (const auto found = status.reals.find(real);
        said.what == Override::kDraining && found != status.reals.end())
      counted.emplace(real,
                      Connections{found->second.active, found->second.inactive, found->second.persistent});
  if (counted.empty())
    connections_.erase(at.key);
  else
    connections_.insert_or_assign(at.key, std::move(counted));
}

const Weighed* Pools::find(const ServiceKey& key) const {
  return find_in(weighed_, key);
}

const EffectiveWeight* Pools::find(const ServiceKey& key, const Endpoint& real) const {
  const auto* pool = find(key);
  return pool == nullptr ? nullptr : find_in(pool->reals, real);
}

std::map<Endpoint, Connections> Pools::connections(const ServiceKey& key) const {
  const auto* counted = find_in(connections_, key);
  return counted == nullptr ? std::map<Endpoint, Connections>{} : *counted;
}

std::map<ServiceKey, PoolMemory> Pools::memory() const {
  std::map<ServiceKey, PoolMemory> all;
  for (const auto& [key, weighed] : weighed_) all.emplace(key, weighed.memory);
  return all;
}

std::vector<ServiceKey> Pools::due(TimePoint now) const {
  std::vector<ServiceKey> keys;
  for (const auto& [key, weighed] : weighed_)
    if (weighed.next && now >= *weighed.next) keys.push_back(key);
  return keys;
}

TimePoint Pools::next() const {
  auto next = TimePoint::max();
  for (const auto& [key, weighed] : weighed_) next = std::min(next, weighed.next.value_or(next));
  return next;
}

}  // namespace hawser::netd
