// The generic netlink family "IPVS" (include/uapi/linux/ip_vs.h). `ipvs` is the number
// that it has in the running kernel.
#pragma once

#include <optional>

#include "lib/netlink/message.h"
#include "lib/state/ipvs.h"
#include "lib/state/observed.h"

namespace hawser::nl {

inline constexpr std::uint32_t kForwardingMask =
    0x7;  // IP_VS_CONN_F_FWD_MASK: the rest belongs to connections

struct DecodedService {
  ServiceKey key;
  Service service;  // without its real servers: they are a dump of their own
  Traffic traffic, rate;
};

struct DecodedReal {
  Endpoint endpoint;
  RealServer server;
  RealStatus status;
};

Result<DecodedService> decode_service(const MessageView& message);
// `family` of the service, for kernels that do not say the real server's own.
Result<DecodedReal> decode_real(const MessageView& message, Family family);

Message encode_get_services(std::uint16_t ipvs);
Message encode_get_service(std::uint16_t ipvs, const ServiceKey& key);  // ESRCH: there is none
Message encode_get_reals(std::uint16_t ipvs, const ServiceKey& key);

// kAdd refuses what is there, kEdit what is not; both give the whole entry.
enum class Write : std::uint8_t { kAdd, kEdit };
Message encode_service(std::uint16_t ipvs, Write write, const ServiceKey& key, const Service& service);
Message encode_delete_service(std::uint16_t ipvs, const ServiceKey& key);
Message encode_real(std::uint16_t ipvs, Write write, const ServiceKey& key, const Endpoint& real,
                    const RealServer& server);
Message encode_delete_real(std::uint16_t ipvs, const ServiceKey& key, const Endpoint& real);
Message encode_zero(std::uint16_t ipvs, const std::optional<ServiceKey>& key);  // nullopt: every service

// What IPVS has once: ipvs_host_codec.cpp.
struct DecodedDaemon {
  SyncRole role{};
  SyncDaemon daemon;
};
Result<IpvsTimeouts> decode_timeouts(const MessageView& message);
Result<DecodedDaemon> decode_daemon(const MessageView& message);
Result<IpvsFacts> decode_facts(const MessageView& message);

Message encode_get_timeouts(std::uint16_t ipvs);
Message encode_timeouts(std::uint16_t ipvs, const IpvsTimeouts& timeouts);  // 0: stays as it is
Message encode_get_daemons(std::uint16_t ipvs);
Message encode_start_daemon(std::uint16_t ipvs, SyncRole role, const SyncDaemon& daemon);
Message encode_stop_daemon(std::uint16_t ipvs, SyncRole role);
Message encode_get_facts(std::uint16_t ipvs);

}  // namespace hawser::nl
