// [[pool.NAME.real]]: a real server of a pool, and the tunnel to it.
#pragma once

#include "lib/base/address.h"
#include "lib/config/sections/check.h"
#include "lib/state/ipvs.h"

namespace hawser::config {

struct TunnelSpec {
  TunnelType type = TunnelType::kIpip;
  std::uint16_t port = 0;
  bool checksum = false;
};
const Rows<TunnelSpec>& tunnel_rows();

struct RealSpec {
  std::string name;
  std::vector<Endpoint> addresses;  // port 0: not written
  std::optional<std::uint16_t> port;
  std::uint32_t weight = 1;
  std::optional<Forwarding> forwarding;
  std::optional<Section<TunnelSpec>> tunnel;
  std::uint32_t upper_threshold = 0, lower_threshold = 0;
  std::optional<std::vector<CheckRef>> checks;
};
const Rows<RealSpec>& real_rows();

struct Real {
  std::string name;                   // unique in its pool; "ADDRESS:PORT" unless written
  std::vector<IpAddress> addresses;   // at most one of each family
  std::optional<std::uint16_t> port;  // nullopt: the service's
  RealServer server;                  // weight, forwarding, thresholds as configured
  std::vector<std::string> checks;    // names in Config::checks; empty: always up
  bool operator==(const Real&) const = default;
};

struct PoolSpec;
// The real server as a value, with what it takes from its pool, but for its checks.
Real real_of(const RealSpec& spec, const PoolSpec& pool);

// The real server's address of that family with its port; `port`: of one that has none of its own, the
// service's (0, with a mark: the packet's). nullopt: it has no address of that family and is left out.
std::optional<Endpoint> endpoint_of(const Real& real, Family family, std::uint16_t port);

class Networks;
void check_tunnel(const Section<TunnelSpec>& tunnel, Report& report);
// `path`: the pool's.
void check_real(const Section<RealSpec>& real, const PoolSpec& pool, const std::string& path,
                const Networks& networks, Report& report);

}  // namespace hawser::config
