#include "vipd/announce/arp.h"

#include <net/ethernet.h>

namespace hawser::vipd {

std::optional<ArpSender> arp_sender(ByteView packet) {
  Reader reader(packet);
  const bool ethernet = reader.u16() == 1;
  const bool ipv4 = reader.u16() == ETHERTYPE_IP;
  const bool sizes = reader.u16() == 0x0604;
  reader.skip(2);  // request or reply
  ArpSender sender;
  for (auto& byte : sender.mac.bytes) byte = reader.u8();
  sender.address = IpAddress::v4(reader.u32());
  if (!reader.ok() || !ethernet || !ipv4 || !sizes) return std::nullopt;
  return sender;
}

}  // namespace hawser::vipd
