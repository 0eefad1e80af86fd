// The generic netlink family "IPVS" (include/uapi/linux/ip_vs.h). `ipvs` is the number
// that it has in the running kernel.
#pragma once

#include "lib/netlink/message.h"
#include "lib/state/ipvs.h"
#include "lib/state/observed.h"

namespace hawser::nl {

struct DecodedService {
  ServiceKey key;
  Service service;  // without its real servers: they are a dump of their own
  Traffic traffic;
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

}  // namespace hawser::nl
