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

Tunnel tunnel_of(const TunnelSpec& said) {
  return {said.type, said.port, said.checksum ? kChecksumFlag : std::uint16_t{0}};
}

}  // namespace

Real real_of(const RealSpec& said, const PoolSpec& pool) {
  Real real;
  real.port = said.port;
  for (const auto& [address, port] : said.addresses) {
    real.addresses.push_back(address);
    if (port != 0) real.port = port;
  }
  real.name = said.name.empty() ? name_of_real(real) : said.name;
  real.server = {
      said.forwarding.value_or(pool.forwarding), said.weight, said.upper_threshold, said.lower_threshold, {}};
  const auto& tunnel = said.tunnel ? said.tunnel : pool.tunnel;
  if (real.server.forwarding == Forwarding::kTunnel && tunnel) real.server.tunnel = tunnel_of(tunnel->said);
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
