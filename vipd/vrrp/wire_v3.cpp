// Version 3 over IPv4 (RFC 9568 5.2).
#include <algorithm>

#include "vipd/vrrp/wire_versions.h"

namespace hawser::vipd::wire {

namespace {

constexpr std::uint16_t kIntervalMask = 0x0FFF;  // the four bits above are reserved: sent as 0, ignored

std::uint32_t pseudo_header(const IpAddress& source, const IpAddress& destination, std::size_t length) {
  Writer writer;
  writer.put(source.bytes());
  writer.put(destination.bytes());
  writer.u16(kVrrpProtocol);
  writer.u16(static_cast<std::uint16_t>(length));
  return checksum_add(writer.bytes());
}

bool adds_up(ByteView message, std::uint32_t start) {
  return checksum_finish(checksum_add(message, start)) == 0;
}

tl::expected<VrrpChecksum, BadPacket> checksum_form(ByteView message, const PacketHeader& header) {
  if (adds_up(message, pseudo_header(header.source, header.destination, message.size())))
    return VrrpChecksum::kPseudoHeader;
  if (adds_up(message, 0)) return VrrpChecksum::kPlain;
  return tl::unexpected(BadPacket::kChecksum);
}

}  // namespace

Bytes encode_v3(const Advertisement& advertisement, VrrpChecksum form, const IpAddress& source,
                const IpAddress& destination) {
  const auto count = std::min(advertisement.addresses.size(), kMostAddresses);
  Writer writer;
  writer.u8(first_byte(3));
  writer.u8(advertisement.router_id.value);
  writer.u8(advertisement.priority.value);
  writer.u8(static_cast<std::uint8_t>(count));
  writer.u16(static_cast<std::uint16_t>(advertisement.interval.count() & kIntervalMask));
  writer.u16(0);
  for (const auto& address : std::span(advertisement.addresses).first(count)) writer.put(address.bytes());
  const auto start =
      form == VrrpChecksum::kPseudoHeader ? pseudo_header(source, destination, writer.size()) : 0U;
  writer.set_u16(kChecksumOffset, checksum_finish(checksum_add(writer.bytes(), start)));
  return writer.take();
}

tl::expected<Received, BadPacket> decode_v3(ByteView message, const PacketHeader& header) {
  Reader reader(message);
  reader.skip(1);  // version and type
  Advertisement advertisement;
  advertisement.router_id = Vrid(reader.u8());
  advertisement.priority = Priority(reader.u8());
  const std::size_t count = reader.u8();
  advertisement.interval = Centiseconds(reader.u16() & kIntervalMask);
  if (message.size() != kFixedPart + 4 * count) return tl::unexpected(BadPacket::kLength);
  const auto form = checksum_form(message, header);
  if (!form) return tl::unexpected(form.error());
  reader.skip(2);  // the checksum, looked at above
  advertisement.addresses = read_addresses(reader, count);
  return sound({std::move(advertisement), {3, *form, {}}});
}

}  // namespace hawser::vipd::wire
