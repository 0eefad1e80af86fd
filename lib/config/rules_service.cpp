// Rules of [check.*], [pool.*] and [service.*].
#include <algorithm>
#include <set>

#include "lib/config/rules.h"
#include "lib/config/services.h"

namespace hawser::config {

namespace {

constexpr auto kNetd = Part::kNetd;

template <class S>
void fault(Report& report, const Section<S>& section, std::string_view key, const std::string& what) {
  report.add(kNetd, section.at(key), dotted(section.path, key), what);
}

void check_is_sound(const Section<Check>& check, Report& report) {
  const auto& said = check.said;
  if (!check.has("type")) fault(report, check, "type", "is missing: write \"tcp\" or \"http\"");
  if (said.timeout > said.interval)
    fault(report, check, "timeout",
          fmt::format("{} is longer than interval {}", quote(format_duration(said.timeout)),
                      format_duration(said.interval)));
  if (said.type == CheckType::kHttp && !said.http.path.starts_with('/'))
    fault(report, check, "path", fmt::format("must begin with /, not {}", quote(said.http.path)));
  if (said.http.method == "HEAD" && check.has("contains"))
    fault(report, check, "contains", "needs method = \"GET\": an answer to HEAD has no body");
  for (const std::string_view key : {"method", "path", "host", "status", "contains", "max_body"})
    if (check.has("type") && said.type == CheckType::kTcp && check.has(key))
      fault(report, check, key, "only an http check has it");
}

// One pool, or the unnamed pool in a service.
class PoolRules {
 public:
  PoolRules(const File& file, const PoolSpec& pool, std::string path, Report& report)
      : file_(file), pool_(pool), path_(std::move(path)), report_(report) {}

  void check() {
    checks_exist(pool_.checks, path_);
    if (pool_.tunnel) {
      tunnel_is_sound(*pool_.tunnel);
      const bool used =
          pool_.forwarding == Forwarding::kTunnel || std::ranges::any_of(pool_.reals, [](const auto& real) {
            return real.said.forwarding == Forwarding::kTunnel;
          });
      if (!used) report_.add(kNetd, pool_.tunnel->place, pool_.tunnel->path, "needs forwarding = \"tunnel\"");
    }
    for (const auto& real : pool_.reals) check_real(real);
    reals_differ();
  }

 private:
  void checks_exist(const std::vector<CheckRef>& checks, const std::string& path) {
    for (const auto& ref : checks) {
      if (ref.written) {
        check_is_sound(*ref.written, report_);
      } else if (!file_.checks.contains(ref.name)) {
        std::vector<std::string_view> names;
        for (const auto& [name, check] : file_.checks) names.push_back(name);
        const auto near = nearest(ref.name, names);
        report_.add(kNetd, ref.place, path + ".checks",
                    near.empty()
                        ? fmt::format("no [check.{}] exists", ref.name)
                        : fmt::format("no [check.{}] exists; did you mean {}?", ref.name, quote(near)));
      }
    }
  }

  void tunnel_is_sound(const Section<TunnelSpec>& tunnel) {
    const auto& said = tunnel.said;
    if (said.type == TunnelType::kGue && said.port == 0)
      fault(report_, tunnel, "port", "is missing: gue needs it");
    if (said.type != TunnelType::kGue && tunnel.has("port"))
      fault(report_, tunnel, "port", "only gue has it");
    if (said.type == TunnelType::kIpip && tunnel.has("checksum"))
      fault(report_, tunnel, "checksum", "only gue and gre have it");
  }

  void check_real(const Section<RealSpec>& real) {
    const auto& said = real.said;
    if (said.checks) checks_exist(*said.checks, real.path);
    if (said.tunnel) {
      tunnel_is_sound(*said.tunnel);
      if (said.forwarding.value_or(pool_.forwarding) != Forwarding::kTunnel)
        report_.add(kNetd, said.tunnel->place, said.tunnel->path, "needs forwarding = \"tunnel\"");
    }
    if (said.lower_threshold > said.upper_threshold)
      fault(report_, real, "lower_threshold",
            fmt::format("{} is above upper_threshold {}", said.lower_threshold, said.upper_threshold));
    addresses_are_sound(real);
  }

  void addresses_are_sound(const Section<RealSpec>& real) {
    const auto& said = real.said;
    const std::string_view key = real.has("address") ? "address" : "addresses";
    if (real.has("address") && real.has("addresses"))
      return fault(report_, real, "addresses", "must not stand beside address");
    if (!real.has("address") && !real.has("addresses"))
      return fault(report_, real, "addresses", "is missing: write addresses = [..] or address = ..");
    std::set<Family> families;
    for (std::size_t i = 0; i < said.addresses.size(); ++i) {
      const auto& [address, port] = said.addresses[i];
      const auto say = [&](std::string what) {
        report_.add(kNetd, real.at(key, i), dotted(real.path, key), std::move(what));
      };
      if (!is_unicast(address))
        say(fmt::format("{} is not an address that a host can have", to_string(address)));
      if (!families.insert(address.family()).second)
        say(fmt::format("{} is the second of its family: write another [[{}.real]]", to_string(address),
                        path_));
      if (port != 0 && said.port && *said.port != port)
        say(fmt::format("{} differs from port {}", port, *said.port));
    }
  }

  void reals_differ() {
    std::map<std::string, Place> names;
    std::map<std::pair<IpAddress, std::uint16_t>, Place> endpoints;
    for (const auto& section : pool_.reals) {
      const auto real = real_of(section.said, pool_);
      if (const auto [there, added] = names.try_emplace(real.name, section.place);
          !added && section.has("name"))
        fault(
            report_, section, "name",
            fmt::format("{} is also that of the one at {}", quote(real.name), report_.where(there->second)));
      for (std::size_t i = 0; i < real.addresses.size(); ++i) {
        const auto [there, added] =
            endpoints.try_emplace({real.addresses[i], real.port.value_or(0)}, section.place);
        const std::string_view key = section.has("address") ? "address" : "addresses";
        if (!added)
          report_.add(kNetd, section.at(key, i), dotted(section.path, key),
                      fmt::format("{} is already the real server at {}", to_string(real.addresses[i]),
                                  report_.where(there->second)));
      }
    }
  }

  const File& file_;
  const PoolSpec& pool_;
  std::string path_;
  Report& report_;
};

using ServiceSection = Section<ServiceSpec>;

void one_pool(const File& file, const ServiceSection& service, Report& report) {
  const bool own = !service.said.reals.empty();
  if (!service.has("pool")) {
    if (!own && !service.has("real"))
      fault(report, service, "pool", fmt::format("is missing: write pool = .. or [[{}.real]]", service.path));
    return;
  }
  if (own) fault(report, service, "pool", fmt::format("must not stand beside [[{}.real]]", service.path));
  if (!file.pools.contains(service.said.pool)) {
    std::vector<std::string_view> names;
    for (const auto& [name, pool] : file.pools) names.push_back(name);
    const auto near = nearest(service.said.pool, names);
    fault(report, service, "pool",
          near.empty()
              ? fmt::format("no [pool.{}] exists", service.said.pool)
              : fmt::format("no [pool.{}] exists; did you mean {}?", service.said.pool, quote(near)));
  }
  for (const std::string_view key : {"checks", "need", "forwarding", "on_failure", "tunnel"})
    if (service.has(key)) fault(report, service, key, fmt::format("belongs to [pool.{}]", service.said.pool));
}

void options_fit(const ServiceSection& service, const std::vector<VirtualKey>& keys, Report& report) {
  const auto& said = service.said;
  for (const std::string_view key : {"persistence_netmask", "persistence_engine"})
    if (service.has(key) && !said.persistence) fault(report, service, key, "needs persistence");
  for (std::size_t i = 0; i < said.scheduler_flags.size(); ++i) {
    const auto scheduler = said.scheduler_flags[i].substr(0, 2);
    if ((scheduler == "sh" || scheduler == "mh") && scheduler != said.scheduler)
      report.add(kNetd, service.at("scheduler_flags", i), service.path + ".scheduler_flags",
                 fmt::format("{} needs scheduler = {}", quote(said.scheduler_flags[i]), quote(scheduler)));
  }
  const bool other = std::ranges::any_of(keys, [](const VirtualKey& key) {
    return key.key.transport != hawser::Transport::kUdp && key.key.transport != hawser::Transport::kFwmark;
  });
  if (said.one_packet && other) fault(report, service, "one_packet", "only udp and fwmark have it");
}

void netmask_fits(const ServiceSection& service, const std::vector<VirtualKey>& keys, Report& report) {
  const auto& mask = service.said.persistence_netmask;
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

void keys_are_sound(const ServiceSection& service, const std::vector<VirtualKey>& keys, Report& report) {
  for (const auto& entry : keys) {
    const auto& key = entry.key;
    const auto say = [&](std::string what) {
      report.add(kNetd, entry.place, service.path + ".virtual", std::move(what));
    };
    if (key.transport == hawser::Transport::kFwmark) continue;
    if (!is_unicast(key.virtual_address.address))
      say(fmt::format("{} is not an address that a host can have", to_string(key.virtual_address.address)));
    if (key.virtual_address.port == 0 && !service.said.persistence)
      say("port 0, any port, needs persistence");
  }
}

// The kernel's real servers of one virtual address.
void reals_fit(const ServiceSection& service, const VirtualKey& virtual_key, const PoolSpec& pool,
               Report& report) {
  const auto& [key, place] = virtual_key;
  bool any = false;
  for (const auto& section : pool.reals) {
    const auto real = real_of(section.said, pool);
    const auto endpoint = endpoint_of(real, key);
    if (!endpoint) continue;
    any = true;
    const bool fixed_port = key.transport != hawser::Transport::kFwmark && key.virtual_address.port != 0;
    if (fixed_port && real.server.forwarding != Forwarding::kMasquerade &&
        endpoint->port != key.virtual_address.port)
      report.add(kNetd, section.at("port"), section.path + ".port",
                 fmt::format("{} must be the service's, {} ({}): {} cannot change it", endpoint->port,
                             key.virtual_address.port, service.path, name_of(real.server.forwarding)));
  }
  if (!any)
    report.add(kNetd, place, service.path + ".virtual",
               fmt::format("no real server of the pool has an {} address",
                           key.family() == Family::kIpv4 ? "IPv4" : "IPv6"));
}

std::optional<std::uint16_t> port_of(const File& file, const CheckRef& ref) {
  if (ref.written) return ref.written->said.port;
  const auto check = file.checks.find(ref.name);
  return check == file.checks.end() ? std::optional<std::uint16_t>(1)
                                    : check->second.said.port;  // said already
}

// A check must know where to go: a mark or "any port" gives the real server none.
void checks_have_a_port(const File& file, const VirtualKey& key, const PoolSpec& pool, Report& report) {
  for (const auto& section : pool.reals) {
    const auto real = real_of(section.said, pool);
    const auto endpoint = endpoint_of(real, key.key);
    if (!endpoint || endpoint->port != 0) continue;
    const auto& checks = section.said.checks ? *section.said.checks : pool.checks;
    if (std::ranges::any_of(checks, [&](const CheckRef& ref) { return !port_of(file, ref); }))
      report.add(
          kNetd, section.at("port"), section.path + ".port",
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
    report.add(kNetd, later.first, later.second->path + ".virtual",
               fmt::format("{} is also at {}", quote(to_string(key.key)), report.where(first.first)));
  }
}

// "tcp @web:80", "@web:80", "tcp 192.0.2.1:80", "192.0.2.1:80", "fwmark 7".
class KeyReader {
 public:
  KeyReader(const File& file, const ServiceSection& service, Report* report)
      : file_(file), service_(service), report_(report) {}

  std::vector<VirtualKey> read() {
    for (std::size_t i = 0; i < service_.said.virtuals.size(); ++i) {
      place_ = service_.at("virtual", i);
      read_one(service_.said.virtuals[i]);
    }
    return std::move(keys_);
  }

 private:
  void say(std::string what) const {
    if (report_ != nullptr) report_->add(kNetd, place_, service_.path + ".virtual", std::move(what));
  }

  void read_one(const std::string& text) {
    std::string full = text;
    if (text.find(' ') == std::string::npos) {
      if (service_.said.protocol.empty())
        return say(fmt::format("{} has no protocol: write {} or protocol = \"tcp\"", quote(text),
                               quote("tcp " + text)));
      full = service_.said.protocol + " " + text;
    }
    const auto at = full.find(" @");
    if (at != std::string::npos) return read_vip(text, full.substr(0, at), full.substr(at + 2));
    const auto key = ServiceKey::parse(full);
    if (!key) return say(key.error().text);
    keys_.push_back({*key, place_});
  }

  void read_vip(const std::string& text, const std::string& protocol, const std::string& rest) {
    const auto colon = rest.rfind(':');
    const auto port = colon == std::string::npos ? std::string() : rest.substr(colon + 1);
    if (port.find('-') != std::string::npos) return say("port ranges are not supported by this version");
    const auto example = ServiceKey::parse(fmt::format("{} 192.0.2.1:{}", protocol, port));
    if (port.empty() || !example || example->transport == hawser::Transport::kFwmark)
      return say(fmt::format("{} is not a virtual service such as \"tcp @VIP:80\"", quote(text)));
    const auto name = rest.substr(0, colon);
    const auto vip = file_.vips.find(name);
    if (vip == file_.vips.end()) return say(no_vip(name));
    for (const auto& address : vip->second.said.addresses) {
      auto key = *example;
      key.virtual_address.address = address.prefix.address;
      keys_.push_back({key, place_});
    }
  }

  [[nodiscard]] std::string no_vip(const std::string& name) const {
    std::vector<std::string_view> names;
    for (const auto& [known, vip] : file_.vips) names.push_back(known);
    const auto near = nearest(name, names);
    return near.empty() ? fmt::format("no [vip.{}] exists", name)
                        : fmt::format("no [vip.{}] exists; did you mean {}?", name, quote(near));
  }

  const File& file_;
  const ServiceSection& service_;
  Report* report_;
  Place place_;
  std::vector<VirtualKey> keys_;
};

}  // namespace

std::vector<VirtualKey> keys_of(const File& file, const ServiceSection& service, Report* report) {
  return KeyReader(file, service, report).read();
}

const PoolSpec* pool_of(const File& file, const ServiceSpec& service) {
  if (!service.reals.empty() || service.pool.empty()) return &service;
  const auto pool = file.pools.find(service.pool);
  return pool == file.pools.end() ? nullptr : &pool->second.said;
}

void check_services(const File& file, Report& report) {
  for (const auto& [name, check] : file.checks) check_is_sound(check, report);
  for (const auto& [name, pool] : file.pools) PoolRules(file, pool.said, pool.path, report).check();
  std::vector<std::pair<const ServiceSection*, VirtualKey>> all;
  for (const auto& [name, service] : file.services) {
    one_pool(file, service, report);
    if (!service.said.reals.empty()) PoolRules(file, service.said, service.path, report).check();
    if (!service.has("virtual"))
      fault(report, service, "virtual", "is missing: write [\"tcp ADDRESS:PORT\"]");
    const auto keys = keys_of(file, service, &report);
    options_fit(service, keys, report);
    netmask_fits(service, keys, report);
    keys_are_sound(service, keys, report);
    const auto* pool = pool_of(file, service.said);
    for (const auto& key : keys) {
      all.emplace_back(&service, key);
      if (pool == nullptr || (pool == &service.said && pool->reals.empty())) continue;
      reals_fit(service, key, *pool, report);
      checks_have_a_port(file, key, *pool, report);
    }
  }
  keys_differ(all, report);
}

}  // namespace hawser::config
