#include "vipd/vrrp/frame.h"

#include "vipd/vrrp/wire.h"

namespace hawser::vipd {

namespace {

constexpr std::uint16_t kEthernetIpv4 = 0x0800;
constexpr std::uint16_t kEthernetIpv6 = 0x86DD;
constexpr std::uint8_t kPrecedence = 0xC0;

void put_ipv4(Writer& writer, const VrrpFrame& frame, std::size_t length) {
  constexpr std::size_t kHeader = 20;
  constexpr std::size_t kChecksumAt = 10;
  constexpr std::uint16_t kDoNotFragment = 0x4000;
  Writer header;
  header.u8(0x45);
  header.u8(kPrecedence);
  header.u16(static_cast<std::uint16_t>(kHeader + length));
  header.u16(0);  // no number: it is whole (RFC 6864 4.1)
  header.u16(kDoNotFragment);
  header.u8(kVrrpTtl);
  header.u8(kVrrpProtocol);
  header.u16(0);
  header.put(frame.source.bytes());
  header.put(frame.destination.bytes());
  header.set_u16(kChecksumAt, checksum_finish(checksum_add(header.bytes())));
  writer.put(header.bytes());
}

void put_ipv6(Writer& writer, const VrrpFrame& frame, std::size_t length) {
  writer.u32(0x60000000U | (std::uint32_t{kPrecedence} << 20U));
  writer.u16(static_cast<std::uint16_t>(length));
  writer.u8(kVrrpProtocol);
  writer.u8(kVrrpTtl);
  writer.put(frame.source.bytes());
  writer.put(frame.destination.bytes());
}

}  // namespace

std::optional<MacAddress> mac_of_group(const IpAddress& group) {
  if (!group.is_multicast()) return std::nullopt;
  const auto bytes = group.bytes();
  if (group.is_v4())
    return MacAddress{{0x01, 0x00, 0x5e, static_cast<std::uint8_t>(bytes[1] & 0x7fU), bytes[2], bytes[3]}};
  return MacAddress{{0x33, 0x33, bytes[12], bytes[13], bytes[14], bytes[15]}};
}

Bytes encode(const VrrpFrame& frame, ByteView message) {
  const bool v4 = frame.destination.is_v4();
  Writer writer;
  writer.put(frame.to.bytes);
  writer.put(frame.from.bytes);
  writer.u16(v4 ? kEthernetIpv4 : kEthernetIpv6);
  if (v4)
    put_ipv4(writer, frame, message.size());
  else
    put_ipv6(writer, frame, message.size());
  writer.put(message);
  return writer.take();
}

}  // namespace hawser::vipd
