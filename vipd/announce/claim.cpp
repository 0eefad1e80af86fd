#include "vipd/announce/claim.h"

#include <net/ethernet.h>

namespace hawser::vipd {

namespace {
constexpr std::uint8_t kIcmpv6 = 58;
constexpr std::uint8_t kNeighborAdvertisement = 136;
constexpr std::uint8_t kFromTheSegment = 255;  // a router would have counted it down
constexpr std::size_t kAddresses = 32;
}  // namespace

std::optional<Claim> arp_claim(ByteView packet) {
  Reader reader(packet);
  const bool ethernet = reader.u16() == 1;
  const bool ipv4 = reader.u16() == ETHERTYPE_IP;
  const bool sizes = reader.u16() == 0x0604;
  reader.skip(2);  // request or reply
  Claim claim;
  for (auto& byte : claim.mac.bytes) byte = reader.u8();
  claim.address = IpAddress::v4(reader.u32());
  if (!reader.ok() || !ethernet || !ipv4 || !sizes) return std::nullopt;
  return claim;
}

std::optional<Claim> neighbor_claim(ByteView packet, const MacAddress& mac) {
  Reader reader(packet);
  const bool ipv6 = reader.u32() >> 28U == 6;
  reader.skip(2);  // length
  const bool icmp = reader.u8() == kIcmpv6;
  const bool near = reader.u8() == kFromTheSegment;
  reader.skip(kAddresses);
  const bool advertisement = reader.u8() == kNeighborAdvertisement && reader.u8() == 0;
  reader.skip(2 + 4);  // checksum, flags
  const auto target = IpAddress::from_bytes(reader.take(16));
  if (!reader.ok() || !ipv6 || !icmp || !near || !advertisement || !target) return std::nullopt;
  return Claim{mac, *target};
}

}  // namespace hawser::vipd
