// Rules of [service.*], and between a service and its pool.
#include <algorithm>
#include <set>

#include "lib/base/spelling.h"
#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/quorum_rules.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

using ServiceSection = Section<ServiceSpec>;

void one_pool(const File& file, const ServiceSection& service, Report& report) {
  const bool own = !service.spec.reals.empty();
  if (!service.has("pool")) {
    if (!own && !report.faulty(service.at("real")))
      fault(report, service, "pool", fmt::format("is missing: write pool = .. or [[{}.real]]", service.path));
    return;
  }
  if (own) fault(report, service, "pool", fmt::format("must not stand beside [[{}.real]]", service.path));
  if (!file.pools.contains(service.spec.pool)) {
    std::vector<std::string_view> names;
    for (const auto& [name, pool] : file.pools) names.push_back(name);
    const auto near = nearest(service.spec.pool, names);
    fault(report, service, "pool",
          near.empty()
              ? fmt::format("no [pool.{}] exists", service.spec.pool)
              : fmt::format("no [pool.{}] exists; did you mean {}?", service.spec.pool, quote(near)));
  }
  for (const std::string_view key : {"checks", "need", "forwarding", "on_failure", "tunnel",
                                     "panic_threshold", "quorum", "quorum_hysteresis", "slow_start", "sorry"})
    if (service.has(key)) fault(report, service, key, fmt::format("belongs to [pool.{}]", service.spec.pool));
}

void options_fit(const ServiceSection& service, const std::vector<VirtualKey>& keys, Report& report) {
  const auto& spec = service.spec;
  for (const std::string_view key : {"persistence_netmask", "persistence_engine"})
    if (service.has(key) && !spec.persistence) fault(report, service, key, "needs persistence");
  for (std::size_t i = 0; i < spec.scheduler_flags.size(); ++i) {
    const auto scheduler = spec.scheduler_flags[i].substr(0, 2);
    if ((scheduler == "sh" || scheduler == "mh") && scheduler != spec.scheduler)
      report.add(Part::kNetd, service.at("scheduler_flags", i), service.path + ".scheduler_flags",
                 fmt::format("{} needs scheduler = {}", quote(spec.scheduler_flags[i]), quote(scheduler)));
  }
  // ip_vs_sip_fill_param(): "Only useful with UDP"; every other connection is refused.
  const bool connected = std::ranges::any_of(keys, [](const VirtualKey& key) {
    return key.key.transport == Transport::kTcp || key.key.transport == Transport::kSctp;
  });
  if (!spec.persistence_engine.empty() && spec.persistence && connected)
    fault(report, service, "persistence_engine", "only udp and fwmark have it");
  const bool other = std::ranges::any_of(keys, [](const VirtualKey& key) {
    return key.key.transport != Transport::kUdp && key.key.transport != Transport::kFwmark;
  });
  if (spec.one_packet && other) fault(report, service, "one_packet", "only udp and fwmark have it");
}

void netmask_fits(const ServiceSection& service, const std::vector<VirtualKey>& keys, Report& report) {
  const auto& mask = service.spec.persistence_netmask;
  if (!mask) return;
  std::set<Family> families;
  for (const auto& key : keys) families.insert(key.key.family());
  if (families.size() > 1)
    fault(report, service, "persistence_netmask",
          "cannot be for IPv4 and IPv6 at once: write one service for each");
  else if (families.contains(Family::kIpv6) && mask->dotted)
    fault(report, service, "persistence_netmask", "must be a prefix length from 1 to 128 for IPv6");
  else if (families.contains(Family::kIpv4) && mask->length > 32)
    fault(report, service, "persistence_netmask",
          fmt::format("must be from 1 to 32 for IPv4, not {}", mask->length));
}

void keys_are_sound(const ServiceSection& service, const Networks& networks,
                    const std::vector<VirtualKey>& keys, Report& report) {
  for (const auto& entry : keys) {
    const auto& key = entry.key;
    const auto say = [&](std::string what) {
      report.add(Part::kNetd, entry.place, service.path + ".virtual", std::move(what));
    };
    if (key.transport == Transport::kFwmark) continue;
    auto wrong = host_fault(key.virtual_address.address);
    if (wrong.empty()) wrong = networks.fault(key.virtual_address.address);
    if (!wrong.empty()) say(std::move(wrong));
    if (key.virtual_address.port == 0 && !service.spec.persistence)
      say("port 0, any port, needs persistence");
  }
}

// The kernel's real servers of one virtual address.
void reals_fit(const ServiceSection& service, const VirtualKey& virtual_key, const PoolSpec& pool,
               Report& report) {
  const auto& [key, place] = virtual_key;
  bool any = false;
  const bool fixed_port = key.transport != Transport::kFwmark && key.virtual_address.port != 0;
  const auto port_fits = [&](const Section<RealSpec>& section) {
    const auto real = real_of(section.spec, pool);
    const auto endpoint = endpoint_of(real, key);
    if (!endpoint) return false;
    if (fixed_port && real.server.forwarding != Forwarding::kMasquerade &&
        endpoint->port != key.virtual_address.port)
      report.add(Part::kNetd, section.at("port"), section.path + ".port",
                 fmt::format("{} must be the service's, {} ({}): {} cannot change it", endpoint->port,
                             key.virtual_address.port, service.path, name_of(real.server.forwarding)));
    return true;
  };
  for (const auto& section : pool.reals) any = port_fits(section) || any;
  for (const auto& section : pool.sorry) port_fits(section);
  if (!any)
    report.add(Part::kNetd, place, service.path + ".virtual",
               fmt::format("no real server of the pool has an {} address",
                           key.family() == Family::kIpv4 ? "IPv4" : "IPv6"));
}

// With the port written here and inherited there, two entries of a pool may be one server of the kernel.
void reals_differ(const ServiceSection& service, const VirtualKey& virtual_key, const PoolSpec& pool,
                  Report& report) {
  std::map<Endpoint, Place> seen;
  for (const auto& section : pool.reals) {
    const auto endpoint = endpoint_of(real_of(section.spec, pool), virtual_key.key);
    if (!endpoint) continue;
    const auto place = section.at(section.has("address") ? "address" : "addresses");
    const auto [there, added] = seen.try_emplace(*endpoint, place);
    if (!added && !report.faulty(place))
      report.add(Part::kNetd, place, section.path,
                 fmt::format("{} of {} is already the real server at {}", *endpoint, service.path,
                             report.where(there->second)));
    if (endpoint->address == virtual_key.key.virtual_address.address)
      report.note(Part::kNetd, place, section.path,
                  fmt::format("{} is the virtual address itself: only a server on this host can answer",
                              endpoint->address));
  }
}

std::optional<std::uint16_t> port_of(const File& file, const CheckRef& ref) {
  if (ref.written) return ref.written->spec.port;
  const auto check = file.checks.find(ref.name);
  return check == file.checks.end() ? std::optional<std::uint16_t>(1)
                                    : check->second.spec.port;  // said already
}

// A check must know where to go: a mark or "any port" gives the real server none.
void checks_have_a_port(const File& file, const VirtualKey& key, const PoolSpec& pool, Report& report) {
  for (const auto& section : pool.reals) {
    const auto real = real_of(section.spec, pool);
    const auto endpoint = endpoint_of(real, key.key);
    if (!endpoint || endpoint->port != 0) continue;
    const auto& checks = section.spec.checks ? *section.spec.checks : pool.checks;
    if (std::ranges::any_of(checks, [&](const CheckRef& ref) { return !port_of(file, ref); }))
      report.add(
          Part::kNetd, section.at("port"), section.path + ".port",
          fmt::format("is missing: {} gives it none, and a check needs one", quote(to_string(key.key))));
  }
}

void keys_differ(const std::vector<std::pair<const ServiceSection*, VirtualKey>>& all, Report& report) {
  std::map<ServiceKey, std::pair<Place, const ServiceSection*>> seen;
  for (const auto& [service, key] : all) {
    std::pair later{key.place, service};
    const auto [there, added] = seen.try_emplace(key.key, later);
    if (added) continue;
    auto first = there->second;
    if (later.first < first.first) std::swap(first, later);
    report.add(Part::kNetd, later.first, later.second->path + ".virtual",
               fmt::format("{} is also at {}", quote(to_string(key.key)), report.where(first.first)));
  }
}

// A pool may serve services of both families; a real server that none of them can use is left out.
void every_server_is_used(const std::map<const PoolSpec*, std::set<Family>>& pools, Report& report) {
  for (const auto& [pool, families] : pools)
    for (const auto& section : pool->reals) {
      const auto serves = [&](const Endpoint& endpoint) {
        return families.contains(endpoint.address.family());
      };
      if (section.spec.addresses.empty() || std::ranges::any_of(section.spec.addresses, serves)) continue;
      report.note(Part::kNetd, section.place, section.path,
                  fmt::format("no service of the pool has an {} address: it gets no connections",
                              family_name(section.spec.addresses.front().address.family())));
    }
}

}  // namespace

const PoolSpec* pool_of(const File& file, const ServiceSpec& service) {
  if (!service.reals.empty() || service.pool.empty()) return &service;
  const auto pool = file.pools.find(service.pool);
  return pool == file.pools.end() ? nullptr : &pool->second.spec;
}

void check_services(const File& file, Report& report) {
  const Networks networks(file);
  std::vector<std::pair<const ServiceSection*, VirtualKey>> all;
  std::map<const PoolSpec*, std::set<Family>> pools;
  for (const auto& [name, service] : file.services) {
    one_pool(file, service, report);
    if (!service.spec.reals.empty()) {
      check_pool(file, networks, service.spec, service.path, report);
      quorum_can_be_reached(service, report);
    }
    if (!service.has("virtual"))
      fault(report, service, "virtual", "is missing: write [\"tcp ADDRESS:PORT\"]");
    const auto keys = keys_of(file, service, &report);
    options_fit(service, keys, report);
    netmask_fits(service, keys, report);
    keys_are_sound(service, networks, keys, report);
    const auto* pool = pool_of(file, service.spec);
    for (const auto& key : keys) {
      all.emplace_back(&service, key);
      if (pool == nullptr || (pool == &service.spec && pool->reals.empty())) continue;
      pools[pool].insert(key.key.family());
      reals_fit(service, key, *pool, report);
      reals_differ(service, key, *pool, report);
      checks_have_a_port(file, key, *pool, report);
    }
  }
  keys_differ(all, report);
  every_server_is_used(pools, report);
}

}  // namespace hawser::config
