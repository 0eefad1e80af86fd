#include "lbctl/rules/write.h"

#include <algorithm>
#include <tuple>

namespace hawser::lbctl {

namespace {

std::string_view option_of(Transport transport) {
  switch (transport) {
    case Transport::kUdp:
      return "-u";
    case Transport::kSctp:
      return "--sctp-service";
    default:
      return "-t";
  }
}

std::string_view option_of(Forwarding forwarding) {
  switch (forwarding) {
    case Forwarding::kMasquerade:
      return "-m";
    case Forwarding::kTunnel:
      return "-i";
    default:
      return "-g";  // a local one is what a direct one becomes
  }
}

std::string netmask_of(const Service& service, Family family) {
  const std::uint32_t full = family == Family::kIpv4 ? 32 : 128;
  if (service.netmask == 0 || service.netmask == full) return {};
  return family == Family::kIpv6 ? fmt::format(" -M {}", service.netmask)
                                 : fmt::format(" -M {}", dotted_mask(service.netmask));
}

std::string tunnel_of(const Tunnel& tunnel) {
  if (tunnel.type == TunnelType::kIpip) return {};
  auto text = fmt::format(" --tun-type {}", name_of(tunnel.type));
  if (tunnel.type == TunnelType::kGue) text += fmt::format(" --tun-port {}", tunnel.port);
  if ((tunnel.flags & 2U) != 0) return text + " --tun-remcsum";
  return text + ((tunnel.flags & 1U) != 0 ? " --tun-csum" : " --tun-nocsum");
}

}  // namespace

std::string service_rule(const ServiceKey& key, const Service& service) {
  auto line = fmt::format("-A {} -s {}", rule_of_key(key), service.scheduler);
  if (has_flag(service, ServiceFlag::kPersistent)) line += fmt::format(" -p {}", service.persistence_timeout);
  line += netmask_of(service, key.family());
  if (!service.persistence_engine.empty()) line += fmt::format(" --pe {}", service.persistence_engine);
  if (has_flag(service, ServiceFlag::kOnePacket)) line += " -o";
  if (const auto flags = scheduler_flags(service); !flags.empty())
    line += fmt::format(" -b {}", fmt::join(flags, ","));
  return line;
}

std::string real_rule(const ServiceKey& key, const Endpoint& real, const RealServer& server) {
  auto line = fmt::format("-a {} -r {} {} -w {}", rule_of_key(key), real, option_of(server.forwarding),
                          server.weight);
  if (server.upper_threshold != 0) line += fmt::format(" -x {}", server.upper_threshold);
  if (server.lower_threshold != 0) line += fmt::format(" -y {}", server.lower_threshold);
  if (server.forwarding == Forwarding::kTunnel) line += tunnel_of(server.tunnel);
  return line;
}

std::string timeouts_rule(const IpvsTimeouts& timeouts) {
  return fmt::format("--set {} {} {}", timeouts.tcp, timeouts.tcp_fin, timeouts.udp);
}

std::string daemon_rule(SyncRole role, const SyncDaemon& daemon) {
  auto line = fmt::format("--start-daemon {} --mcast-interface {} --syncid {}", name_of(role),
                          daemon.interface, daemon.id);
  if (daemon.maxlen != 0) line += fmt::format(" --sync-maxlen {}", daemon.maxlen);
  return line + fmt::format(" --mcast-group {} --mcast-port {} --mcast-ttl {}", daemon.group, daemon.port,
                            daemon.ttl);
}

std::string rule_of_key(const ServiceKey& key) {
  if (key.transport != Transport::kFwmark)
    return fmt::format("{} {}", option_of(key.transport), key.virtual_address);
  return fmt::format("-f {}{}", key.fwmark, key.family() == Family::kIpv6 ? " -6" : "");
}

std::string dotted_mask(std::uint32_t length) {
  return to_string(IpAddress::v4(length == 0 ? 0U : ~0U << (32U - length)));
}

std::vector<const ServiceEntry*> in_order_of_ipvsadm(const std::map<ServiceKey, Service>& services) {
  std::vector<const ServiceEntry*> entries;
  entries.reserve(services.size());
  for (const auto& entry : services) entries.push_back(&entry);
  const auto rank = [](const ServiceEntry* entry) {
    const auto& key = entry->first;
    return std::tuple(key.fwmark, key.family(), key.transport, key.virtual_address);
  };
  std::ranges::sort(entries, {}, rank);
  return entries;
}

std::string write_rules(const State& state) {
  std::string text;
  for (const auto* entry : in_order_of_ipvsadm(state.services)) {
    const auto& [key, service] = *entry;
    text += service_rule(key, service) + "\n";
    for (const auto& [real, server] : service.reals) text += real_rule(key, real, server) + "\n";
  }
  if (const auto& timeouts = state.ipvs.timeouts) text += timeouts_rule(*timeouts) + "\n";
  for (const auto& [role, daemon] : state.ipvs.daemons) text += daemon_rule(role, daemon) + "\n";
  return text;
}

}  // namespace hawser::lbctl
