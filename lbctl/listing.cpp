#include "lbctl/listing.h"

#include <array>

#include "lbctl/rules/write.h"
#include "lib/base/find_in.h"

namespace hawser::lbctl {

namespace {

std::string_view listed_as(Forwarding forwarding) {
  switch (forwarding) {
    case Forwarding::kMasquerade:
      return "Masq";
    case Forwarding::kLocal:
      return "Local";
    case Forwarding::kTunnel:
      return "Tunnel";
    default:
      return "Route";
  }
}

std::string title(Listing listing) {
  constexpr std::string_view kRemote = "  -> RemoteAddress:Port\n";
  constexpr std::string_view kLocal = "Prot LocalAddress:Port";
  switch (listing) {
    case Listing::kStats:
      return fmt::format("{:<33} {:>8} {:>8} {:>8} {:>8} {:>8}\n{}", kLocal, "Conns", "InPkts", "OutPkts",
                         "InBytes", "OutBytes", kRemote);
    case Listing::kRate:
      return fmt::format("{:<33} {:>8} {:>8} {:>8} {:>8} {:>8}\n{}", kLocal, "CPS", "InPPS", "OutPPS",
                         "InBPS", "OutBPS", kRemote);
    case Listing::kThresholds:
      return fmt::format("{:<33} {:<10} {:<10} {:<10} {:<10}\n{}", kLocal, "Uthreshold", "Lthreshold",
                         "ActiveConn", "InActConn", kRemote);
    case Listing::kPersistentConn:
      return fmt::format("{:<33} {:<9} {:<11} {:<10} {:<10}\n{}", kLocal, "Weight", "PersistConn",
                         "ActiveConn", "InActConn", kRemote);
    default:
      return "Prot LocalAddress:Port Scheduler Flags\n"
             "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n";
  }
}

std::string listed_key(const ServiceKey& key) {
  const bool six = key.family() == Family::kIpv6;
  if (key.transport == Transport::kFwmark) return fmt::format("FWM  {}{}", key.fwmark, six ? " IPv6" : "");
  const std::string_view name = key.transport == Transport::kUdp    ? "UDP"
                                : key.transport == Transport::kSctp ? "SCTP"
                                                                    : "TCP";
  auto text = fmt::format("{:<4} {}", name, key.virtual_address);
  return six ? text : text.substr(0, 33);
}

std::string listed_flags(const ServiceKey& key, const Service& service) {
  std::string text;
  if (const auto flags = scheduler_flags(service); !flags.empty())
    text += fmt::format(" ({})", fmt::join(flags, ","));
  const std::uint32_t full = key.family() == Family::kIpv4 ? 32 : 128;
  if (has_flag(service, ServiceFlag::kPersistent)) {
    text += fmt::format(" persistent {}", service.persistence_timeout);
    if (service.netmask != 0 && service.netmask != full)
      text += key.family() == Family::kIpv4 ? fmt::format(" mask {}", dotted_mask(service.netmask))
                                            : fmt::format(" mask {}", service.netmask);
  }
  if (!service.persistence_engine.empty()) text += fmt::format(" pe {}", service.persistence_engine);
  if (has_flag(service, ServiceFlag::kOnePacket)) text += " ops";
  return text;
}

std::string large_numbers(const Traffic& traffic) {
  std::string text;
  for (const auto number :
       {traffic.connections, traffic.packets_in, traffic.packets_out, traffic.bytes_in, traffic.bytes_out})
    text += large_number(number);
  return text;
}

std::string service_line(const ServiceKey& key, const Service& service, const ServiceStatus& status,
                         Listing listing) {
  if (listing == Listing::kStats)
    return fmt::format("{:<33}{}\n", listed_key(key), large_numbers(status.traffic));
  if (listing == Listing::kRate)
    return fmt::format("{:<33}{}\n", listed_key(key), large_numbers(status.rate));
  return fmt::format("{} {}{}\n", listed_key(key), service.scheduler, listed_flags(key, service));
}

void add_real_line(std::string& text, const ServiceKey& key, const Endpoint& real, const RealServer& server,
                   const RealStatus& status, Listing listing) {
  auto name = to_string(real);
  if (key.family() != Family::kIpv6 && real.address.is_v4()) name = name.substr(0, 28);
  const auto end = fmt::format_to(std::back_inserter(text), "  -> {:<28}", name);
  switch (listing) {
    case Listing::kStats:
      text += large_numbers(status.traffic);
      break;
    case Listing::kRate:
      text += large_numbers(status.rate);
      break;
    case Listing::kThresholds:
      fmt::format_to(end, " {:<10} {:<10} {:<10} {:<10}", server.upper_threshold, server.lower_threshold,
                     status.active, status.inactive);
      break;
    case Listing::kPersistentConn:
      fmt::format_to(end, " {:<9} {:<11} {:<10} {:<10}", server.weight, status.persistent, status.active,
                     status.inactive);
      break;
    default:
      fmt::format_to(end, " {:<7} {:<6} {:<10} {:<10}", listed_as(server.forwarding), server.weight,
                     status.active, status.inactive);
  }
  text += '\n';
}

void list_service(std::string& text, const Observed& observed, const ServiceKey& key, const Service& service,
                  Listing listing) {
  const auto* found = find_in(observed.services, key);
  static const ServiceStatus kUncounted;
  const auto& status = found == nullptr ? kUncounted : *found;
  text += service_line(key, service, status, listing);
  for (const auto& [real, server] : service.reals) {
    const auto* counted = find_in(status.reals, real);
    add_real_line(text, key, real, server, counted == nullptr ? RealStatus{} : *counted, listing);
  }
}

std::string headline(const IpvsFacts& facts) {
  return fmt::format("IP Virtual Server version {}.{}.{} (size={})\n", (facts.version >> 16U) & 0xffU,
                     (facts.version >> 8U) & 0xffU, facts.version & 0xffU, facts.connection_table);
}

}  // namespace

std::string large_number(std::uint64_t number) {
  struct Unit {
    std::uint64_t below, divisor;
    char letter;
  };
  constexpr std::array<Unit, 3> kUnits{{{1'000'000'000, 1'000, 'K'},
                                        {100'000'000'000, 1'000'000, 'M'},
                                        {100'000'000'000'000, 1'000'000'000, 'G'}}};
  if (number < 100'000'000) return fmt::format("{:>9}", number);
  for (const auto& unit : kUnits)
    if (number < unit.below) return fmt::format("{:>8}{}", number / unit.divisor, unit.letter);
  return fmt::format("{:>8}T", number / 1'000'000'000'000);
}

std::string ipvsadm_listing(const Observed& observed, Listing listing) {
  auto text = headline(observed.ipvs.value_or(IpvsFacts{})) + title(listing);
  for (const auto* entry : in_order_of_ipvsadm(observed.state.services))
    list_service(text, observed, entry->first, entry->second, listing);
  return text;
}

}  // namespace hawser::lbctl
