#include "lib/reconcile/layout.h"

#include <algorithm>

#include "lib/base/find_in.h"

namespace hawser {
namespace {

using probes::ProbeKey;

Endpoint target_of(const config::Check& check, const Endpoint& real) {
  return {check.address.value_or(real.address), check.port.value_or(real.port)};
}

std::vector<ProbeKey> probe_keys(const config::Config& config, const config::Real& real,
                                 const Endpoint& address) {
  std::vector<ProbeKey> keys;
  for (const auto& name : real.checks)
    if (const auto found = config.checks.find(name); found != config.checks.end())
      keys.push_back({name, target_of(found->second, address)});
  return keys;
}

std::vector<Member> members_of(const config::Config& config, const config::Pool& pool, const ServiceKey& key,
                               std::uint16_t port) {
  std::vector<Member> members;
  const auto add = [&](const std::vector<config::Real>& reals, bool sorry) {
    for (const auto& real : reals)
      if (const auto endpoint = config::endpoint_of(real, key.family(), port))
        members.push_back({real.name, *endpoint, real.server, probe_keys(config, real, *endpoint), sorry});
  };
  add(pool.reals, false);
  add(pool.sorry, true);
  return members;
}

}  // namespace

const Member* find_member(const VirtualServer& service, const Endpoint& real) {
  const auto found = std::ranges::find(service.members, real, &Member::real);
  return found == service.members.end() ? nullptr : &*found;
}

std::string full_name(const Member& member) {
  const auto address = to_string(member.real);
  return member.name == address ? address : fmt::format("{} {}", member.name, address);
}

Layout lay_out(const config::Config& config) {
  Layout layout;
  for (const auto& [name, service] : config.services) {
    const auto pool = config.pools.find(service.pool);
    if (pool == config.pools.end()) continue;  // refused when the file was read
    for (const auto& key : service.keys) {
      const auto* marked = find_in(service.marked, key);
      const auto port = marked != nullptr ? marked->port : key.virtual_address.port;
      layout.insert_or_assign(key, VirtualServer{name, config::service_for(service, key), pool->second.policy,
                                                 members_of(config, pool->second, key, port),
                                                 marked != nullptr ? marked->packets : std::vector<Marked>{},
                                                 pool->second.source_nat});
    }
  }
  return layout;
}

std::map<ProbeKey, config::Check> probes_of(const Layout& layout, const config::Config& config) {
  std::map<ProbeKey, config::Check> probes;
  for (const auto& [key, service] : layout)
    for (const auto& member : service.members)
      for (const auto& probe : member.probes) probes.try_emplace(probe, config.checks.at(probe.check));
  return probes;
}

std::map<ProbeKey, std::vector<ServiceKey>> users_of(const Layout& layout) {
  std::map<ProbeKey, std::vector<ServiceKey>> users;
  for (const auto& [key, service] : layout) {
    for (const auto& member : service.members) {
      for (const auto& probe : member.probes) {
        auto& keys = users[probe];
        if (keys.empty() || keys.back() != key) keys.push_back(key);
      }
    }
  }
  return users;
}

}  // namespace hawser
