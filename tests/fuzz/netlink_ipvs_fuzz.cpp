// What generic netlink and getsockopt() say of IPVS; what decodes of the first must survive the way back.
#include <cstdlib>

#include "lib/netlink/ipvs_sockopt.h"

namespace {

using namespace hawser;
using namespace hawser::nl;

void reencode(const DecodedService& decoded) {
  const auto message = encode_service(32, Write::kAdd, decoded.key, decoded.service);
  auto rest = message.bytes();
  const auto again = decode_service(*next_message(rest));
  if (!again || again->key != decoded.key) std::abort();
}

void reencode(const DecodedReal& decoded) {
  const auto message = encode_real(32, Write::kEdit, ServiceKey{}, decoded.endpoint, decoded.server);
  auto rest = message.bytes();
  const auto again = decode_real(*next_message(rest), decoded.endpoint.address.family());
  if (!again || again->endpoint != decoded.endpoint || again->server != decoded.server) std::abort();
}

void reencode(const DecodedDaemon& decoded) {
  if (decoded.daemon.interface.size() > 15 || decoded.daemon.maxlen == 0) return;
  const auto message = encode_start_daemon(32, decoded.role, decoded.daemon);
  auto rest = message.bytes();
  const auto again = decode_daemon(*next_message(rest));
  if (!again || again->role != decoded.role || again->daemon != decoded.daemon) std::abort();
}

void reencode(const IpvsTimeouts& decoded) {
  const auto message = encode_timeouts(32, decoded);
  auto rest = message.bytes();
  const auto again = decode_timeouts(*next_message(rest));
  if (!again || *again != decoded) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteView rest{data, size};
  (void)decode_service_entries(rest);
  for (const std::uint32_t reals : {0U, 1U, 10U}) (void)decode_real_entries(rest, reals);
  while (!rest.empty()) {
    const auto message = next_message(rest);
    if (!message) return 0;
    if (const auto service = decode_service(*message)) reencode(*service);
    if (const auto real = decode_real(*message, Family::kIpv6)) reencode(*real);
    if (const auto daemon = decode_daemon(*message)) reencode(*daemon);
    if (const auto timeouts = decode_timeouts(*message)) reencode(*timeouts);
    (void)decode_facts(*message);
  }
  return 0;
}
