#include "lib/config/services.h"

#include "lib/config/sections.h"

namespace hawser::config {

namespace {

constexpr std::uint16_t kChecksumFlag = 1;  // IP_VS_TUNNEL_ENCAP_FLAG_CSUM

std::string name_of_real(const Real& real) {
  if (real.addresses.empty()) return {};
  if (!real.port) return to_string(real.addresses.front());
  return to_string(Endpoint{real.addresses.front(), *real.port});
}

Tunnel tunnel_of(const TunnelSpec& spec) {
  return {spec.type, spec.port, spec.checksum ? kChecksumFlag : std::uint16_t{0}};
}

}  // namespace

Real real_of(const RealSpec& spec, const PoolSpec& pool) {
  Real real;
  real.port = spec.port;
  for (const auto& [address, port] : spec.addresses) {
    real.addresses.push_back(address);
    if (port != 0) real.port = port;
  }
  real.name = spec.name.empty() ? name_of_real(real) : spec.name;
  real.server = {
      spec.forwarding.value_or(pool.forwarding), spec.weight, spec.upper_threshold, spec.lower_threshold, {}};
  const auto& tunnel = spec.tunnel ? spec.tunnel : pool.tunnel;
  if (real.server.forwarding == Forwarding::kTunnel && tunnel) real.server.tunnel = tunnel_of(tunnel->spec);
  return real;
}

std::optional<Endpoint> endpoint_of(const Real& real, const ServiceKey& key) {
  for (const auto& address : real.addresses)
    if (address.family() == key.family())
      return Endpoint{address, real.port.value_or(key.virtual_address.port)};
  return std::nullopt;
}

Service service_for(const VirtualService& service, const ServiceKey& key) {
  auto result = service.service;
  result.netmask = key.family() == Family::kIpv4 ? service.netmask4 : service.netmask6;
  return result;
}

}  // namespace hawser::config
