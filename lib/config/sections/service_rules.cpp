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
  for (const std::string_view key :
       {"checks", "need", "forwarding", "on_failure", "tunnel", "panic_threshold", "quorum",
        "quorum_hysteresis", "slow_start", "sorry", "source_nat"})
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
    return key.transport == Transport::kTcp || key.transport == Transport::kSctp;
  });
  if (!spec.persistence_engine.empty() && spec.persistence && connected)
    fault(report, service, "persistence_engine", "only udp and fwmark have it");
  const bool other = std::ranges::any_of(keys, [](const VirtualKey& key) {
    return key.transport != Transport::kUdp && key.transport != Transport::kFwmark;
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

std::vector<IpAddress> addresses_of(const VirtualKey& key) {
  std::vector<IpAddress> addresses;
  addresses.reserve(key.marked.size() + 1);
  for (const auto& marked : key.marked) addresses.push_back(marked.address);
  if (key.transport != Transport::kFwmark && key.marked.empty())
    addresses.push_back(key.key.virtual_address.address);
  return addresses;
}

void keys_are_sound(const ServiceSection& service, const Networks& networks,
                    const std::vector<VirtualKey>& keys, Report& report) {
  for (const auto& entry : keys) {
    const auto say = [&](std::string what) {
      report.add(Part::kNetd, entry.place, service.path + ".virtual", std::move(what));
    };
    for (const auto& address : addresses_of(entry)) {
      auto wrong = host_fault(address);
      if (wrong.empty()) wrong = networks.fault(address);
      if (!wrong.empty()) say(std::move(wrong));
    }
    const bool any_port = entry.port == 0 && !entry.range && entry.transport != Transport::kFwmark;
    if (any_port && !service.spec.persistence) say("port 0, any port, needs persistence");
  }
}

std::optional<Endpoint> endpoint_behind(const VirtualKey& key, const RealSpec& real, const PoolSpec& pool) {
  return endpoint_of(real_of(real, pool), key.key.family(), key.port);
}

// Only masquerade changes the port of a packet.
void port_fits(const ServiceSection& service, const VirtualKey& key, const Section<RealSpec>& section,
               const PoolSpec& pool, Report& report) {
  const auto forwarding = real_of(section.spec, pool).server.forwarding;
  const auto endpoint = endpoint_behind(key, section.spec, pool);
  if (!endpoint || forwarding == Forwarding::kMasquerade) return;
  const auto at = section.at("port");
  if (key.range && endpoint->port != 0)
    report.add(Part::kNetd, at, section.path + ".port",
               fmt::format("must not be set behind {} ({}): {} cannot change the port that a client chose",
                           quote(in_words(key)), service.path, name_of(forwarding)));
  else if (key.port != 0 && endpoint->port != key.port)
    report.add(Part::kNetd, at, section.path + ".port",
               fmt::format("{} must be the service's, {} ({}): {} cannot change it", endpoint->port, key.port,
                           service.path, name_of(forwarding)));
}

// Whose packets get a mark is known only to who sets it.
void source_is_known(const ServiceSection& service, const VirtualKey& key, const PoolSpec& pool,
                     Report& report) {
  if (!pool.source_nat || key.transport != Transport::kFwmark) return;
  report.add(Part::kNetd, key.place, service.path + ".virtual",
             fmt::format("{} cannot have the pool's source_nat: netd does not know the addresses; write "
                         "\"meta mark {} masquerade\" into your own nftables rules, or the addresses here",
                         quote(in_words(key)), key.key.fwmark));
}

// The kernel's real servers of one virtual address.
void reals_fit(const ServiceSection& service, const VirtualKey& virtual_key, const PoolSpec& pool,
               Report& report) {
  bool any = false;
  for (const auto& section : pool.reals) {
    port_fits(service, virtual_key, section, pool, report);
    any = endpoint_behind(virtual_key, section.spec, pool) || any;
  }
  for (const auto& section : pool.sorry) port_fits(service, virtual_key, section, pool, report);
  if (!any)
    report.add(
        Part::kNetd, virtual_key.place, service.path + ".virtual",
        fmt::format("no real server of the pool has an {} address", family_name(virtual_key.key.family())));
}

// With the port written here and inherited there, two entries of a pool may be one server of the kernel.
void reals_differ(const ServiceSection& service, const VirtualKey& virtual_key, const PoolSpec& pool,
                  Report& report) {
  std::map<Endpoint, Place> seen;
  const auto virtual_addresses = addresses_of(virtual_key);
  for (const auto& section : pool.reals) {
    const auto endpoint = endpoint_behind(virtual_key, section.spec, pool);
    if (!endpoint) continue;
    const auto place = section.at(section.has("address") ? "address" : "addresses");
    const auto [there, added] = seen.try_emplace(*endpoint, place);
    if (!added && !report.faulty(place))
      report.add(Part::kNetd, place, section.path,
                 fmt::format("{} of {} is already the real server at {}", *endpoint, service.path,
                             report.where(there->second)));
    if (std::ranges::find(virtual_addresses, endpoint->address) != virtual_addresses.end())
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
    const auto endpoint = endpoint_behind(key, section.spec, pool);
    if (!endpoint || endpoint->port != 0) continue;
    const auto& checks = section.spec.checks ? *section.spec.checks : pool.checks;
    if (std::ranges::any_of(checks, [&](const CheckRef& ref) { return !port_of(file, ref); }))
      report.add(Part::kNetd, section.at("port"), section.path + ".port",
                 fmt::format("is missing: {} gives it none, and a check needs one", quote(in_words(key))));
  }
}

using KeyOfService = std::pair<const ServiceSection*, VirtualKey>;

void keys_differ(const std::vector<KeyOfService>& all, Report& report) {
  std::map<ServiceKey, const KeyOfService*> seen;
  for (const auto& entry : all) {
    const auto [there, added] = seen.try_emplace(entry.second.key, &entry);
    if (added) continue;
    const auto* first = there->second;
    const auto* later = &entry;
    if (later->second.place < first->second.place) std::swap(first, later);
    const bool is_ours = !first->second.marked.empty() || !later->second.marked.empty();
    const auto where = report.where(first->second.place);
    report.add(Part::kNetd, later->second.place, later->first->path + ".virtual",
               is_ours ? fmt::format("{} would have the mark of the service at {}: set [ipvs] fwmark_base to "
                                     "another number",
                                     quote(in_words(later->second)), where)
                       : fmt::format("{} is also at {}", quote(to_string(later->second.key)), where));
  }
}

// What one packet would have to be for both of two services. A mark goes before address and port.
struct Covered {
  Marked packets;
  const KeyOfService* of;
};

std::vector<Covered> covered_by(const std::vector<KeyOfService>& all) {
  std::vector<Covered> covered;
  for (const auto& entry : all) {
    const auto& key = entry.second;
    for (const auto& marked : key.marked) covered.push_back({marked, &entry});
    if (key.marked.empty() && key.transport != Transport::kFwmark && key.port != 0)
      covered.push_back({{key.transport, key.key.virtual_address.address, key.port, key.port}, &entry});
  }
  std::ranges::sort(covered, {}, &Covered::packets);
  return covered;
}

void marks_are_apart(const std::vector<KeyOfService>& all, Report& report) {
  const auto has_marks = [](const KeyOfService& entry) { return !entry.second.marked.empty(); };
  if (std::ranges::none_of(all, has_marks)) return;
  const Covered* widest = nullptr;  // of those before, the one that reaches farthest
  const auto covered = covered_by(all);
  for (const auto& one : covered) {
    const bool meets = widest != nullptr && widest->packets.transport == one.packets.transport &&
                       widest->packets.address == one.packets.address &&
                       one.packets.first_port <= widest->packets.last_port;
    if (meets && (has_marks(*one.of) || has_marks(*widest->of))) {
      const auto* first = widest;
      const auto* later = &one;
      if (later->of->second.place < first->of->second.place) std::swap(first, later);
      report.add(Part::kNetd, later->of->second.place, later->of->first->path + ".virtual",
                 fmt::format("{} is also in {} at {}", later->packets, quote(to_string(first->packets)),
                             report.where(first->of->second.place)));
    }
    if (!meets || one.packets.last_port > widest->packets.last_port) widest = &one;
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
  std::vector<KeyOfService> all;
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
      source_is_known(service, key, *pool, report);
      reals_differ(service, key, *pool, report);
      checks_have_a_port(file, key, *pool, report);
    }
  }
  keys_differ(all, report);
  marks_are_apart(all, report);
  every_server_is_used(pools, report);
}

}  // namespace hawser::config
