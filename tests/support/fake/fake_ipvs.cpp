// IPVS: net/netfilter/ipvs/ip_vs_ctl.c; errnos as the kernel gives them.
#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include "tests/support/fake/fake_kernel.h"
#include "tests/support/fake/refuse.h"

namespace hawser {

namespace {

constexpr std::array<std::string_view, 14> kSchedulers{"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh",
                                                       "sh", "sed", "nq", "fo",  "ovf",  "mh",    "none"};

Status is_service(const ServiceKey& key, const Service& service) {
  if (std::ranges::find(kSchedulers, service.scheduler) == kSchedulers.end()) return refuse(ENOENT);
  if (!service.persistence_engine.empty() && service.persistence_engine != "sip") return refuse(ENOENT);
  if (key.family() == Family::kIpv6 && (service.netmask < 1 || service.netmask > 128)) return refuse(EINVAL);
  return {};
}

bool is_broadcast_of(const Prefix& prefix, const IpAddress& address) {
  if (!prefix.address.is_v4() || prefix.length > 30) return false;
  const auto hosts = 0xffffffffU >> prefix.length;
  return address.v4_host_order() == (prefix.address.v4_host_order() | hosts);
}

// As the local routing table has it: 255.255.255.255, and that of each subnet on a device that is up.
bool is_broadcast(const State& state, const IpAddress& address) {
  if (!address.is_v4()) return false;
  if (address.v4_host_order() == 0xffffffffU) return true;
  return std::ranges::any_of(state.links, [&](const auto& link) {
    return link.second.up && std::ranges::any_of(link.second.addresses, [&](const auto& item) {
             return is_broadcast_of(item.first, address);
           });
  });
}

Status is_real(const State& state, const ServiceKey& key, const Endpoint& real, const RealServer& server) {
  if (real.address.is_multicast() || is_broadcast(state, real.address)) return refuse(EINVAL);
  if (real.address.family() != key.family() &&
      (server.forwarding != Forwarding::kTunnel || !state.ipvs.daemons.empty()))
    return refuse(EINVAL);
  if (server.weight > static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max()))
    return refuse(ERANGE);
  if (server.lower_threshold > server.upper_threshold) return refuse(ERANGE);
  if (server.tunnel.type == TunnelType::kGue && server.tunnel.port == 0) return refuse(EINVAL);
  return {};
}

bool is_same(Service one, Service other) {
  one.reals.clear();
  other.reals.clear();
  return one == other;
}

}  // namespace

Status FakeKernel::add_service(const ServiceKey& key, const Service& service) {
  if (const auto found = state_.services.find(key); found != state_.services.end())
    return is_same(found->second, service) ? Status{} : refuse(EEXIST);
  if (auto good = is_service(key, service); !good) return good;
  state_.services[key] = service;
  state_.services[key].reals.clear();
  return {};
}

Status FakeKernel::edit_service(const ServiceKey& key, const Service& to) {
  const auto found = state_.services.find(key);
  if (found == state_.services.end()) return refuse(ESRCH);
  if (auto good = is_service(key, to); !good) return good;
  auto reals = std::move(found->second.reals);
  found->second = to;
  found->second.reals = std::move(reals);
  return {};
}

Status FakeKernel::add_real(const ServiceKey& key, const Endpoint& real, const RealServer& server) {
  const auto found = state_.services.find(key);
  if (found == state_.services.end()) return refuse(ESRCH);
  if (auto good = is_real(state_, key, real, server); !good) return good;
  auto& reals = found->second.reals;
  if (const auto there = reals.find(real); there != reals.end())
    return there->second == server ? Status{} : refuse(EEXIST);
  reals.emplace(real, server);
  return {};
}

Status FakeKernel::edit_real(const ServiceKey& key, const Endpoint& real, const RealServer& to) {
  const auto found = state_.services.find(key);
  if (found == state_.services.end()) return refuse(ESRCH);
  if (auto good = is_real(state_, key, real, to); !good) return good;
  const auto there = found->second.reals.find(real);
  if (there == found->second.reals.end()) return refuse(ENOENT);
  there->second = to;
  return {};
}

Status FakeKernel::delete_real(const ServiceKey& key, const Endpoint& real) {
  const auto found = state_.services.find(key);
  if (found == state_.services.end()) return refuse(ESRCH);
  found->second.reals.erase(real);
  return {};
}

// ip_vs_set_timeout()
Status FakeKernel::set_ipvs_timeouts(const IpvsTimeouts& to) {
  constexpr auto kMost = static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max()) / 250;  // by HZ
  if (to.tcp > kMost || to.tcp_fin > kMost || to.udp > kMost) return refuse(EINVAL);
  state_.ipvs.timeouts = settled(to, state_.ipvs.timeouts.value_or(kIpvsTimeouts));
  return {};
}

bool FakeKernel::has_mixed_families() const {
  return std::ranges::any_of(state_.services, [](const auto& service) {
    return std::ranges::any_of(service.second.reals, [&](const auto& real) {
      return real.first.address.family() != service.first.family();
    });
  });
}

// ip_vs_genl_new_daemon() and start_sync_thread()
Status FakeKernel::start_sync(SyncRole role, SyncDaemon daemon) {
  if (!daemon.group.is_multicast() || has_mixed_families()) return refuse(EINVAL);
  const auto* link = find(daemon.interface);
  if (link == nullptr) return refuse(ENODEV);
  constexpr std::uint32_t kHeaders4 = 28, kHeaders6 = 48;
  constexpr std::uint32_t kUsualMtu = 1500;
  constexpr std::uint16_t kLeast = 1024;  // of a backup
  const bool hears = role == SyncRole::kBackup;
  const auto mtu = hears ? std::max(link->mtu.value_or(kUsualMtu), kUsualMtu) : kUsualMtu;
  SyncDaemon running = daemon;
  if (daemon.maxlen == 0)
    running.maxlen = static_cast<std::uint16_t>(mtu - (daemon.group.is_v4() ? kHeaders4 : kHeaders6));
  else if (hears)
    running.maxlen = std::max(daemon.maxlen, kLeast);
  if (const auto there = state_.ipvs.daemons.find(role); there != state_.ipvs.daemons.end())
    return settled(daemon, role, there->second) == there->second ? Status{} : refuse(EEXIST);
  state_.ipvs.daemons[role] = running;
  return {};
}

}  // namespace hawser
