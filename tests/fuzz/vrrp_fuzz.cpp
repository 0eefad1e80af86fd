// Whatever arrives: no crash, and what is accepted is written back byte for byte but for the reserved bits.
#include <cstdlib>

#include "vipd/announce/arp.h"
#include "vipd/vrrp/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hawser::vipd;
  const hawser::ByteView bytes(data, size);
  (void)arp_sender(bytes);
  if (const auto packet = split_ipv4(bytes)) (void)decode(packet->payload, packet->header);
  const PacketHeader header{hawser::IpAddress::v4(192, 0, 2, 11), kVrrpGroup, kVrrpTtl};
  const auto received = decode(bytes, header);
  if (!received) return 0;
  const auto again =
      decode(encode(received->advertisement, received->checksum, header.source, header.destination), header);
  if (!again || again->advertisement != received->advertisement) std::abort();
  return 0;
}
