// What generic netlink sends for IPVS; what decodes must survive the way back.
#include <cstdlib>

#include "lib/netlink/ipvs_codec.h"

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteView rest{data, size};
  while (!rest.empty()) {
    const auto message = next_message(rest);
    if (!message) return 0;
    if (const auto service = decode_service(*message)) reencode(*service);
    if (const auto real = decode_real(*message, Family::kIpv6)) reencode(*real);
  }
  return 0;
}
