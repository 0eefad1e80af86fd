#include "vipd/vrrp/wire.h"

namespace hawser::vipd {

namespace {

constexpr std::uint8_t kVersion = 3;
constexpr std::uint8_t kTypeAdvertisement = 1;
constexpr std::size_t kFixedPart = 8;
constexpr std::size_t kChecksumOffset = 6;
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

std::vector<IpAddress> read_addresses(Reader& reader, std::size_t count) {
  std::vector<IpAddress> addresses;
  addresses.reserve(count);
  for (std::size_t i = 0; i < count; ++i) addresses.push_back(IpAddress::v4(reader.u32()));
  return addresses;
}

}  // namespace

Bytes encode(const Advertisement& advertisement, VrrpChecksum form, const IpAddress& source,
             const IpAddress& destination) {
  const auto count = std::min(advertisement.addresses.size(), kMostAddresses);
  Writer writer;
  writer.u8(static_cast<std::uint8_t>((kVersion << 4U) | kTypeAdvertisement));
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

tl::expected<Ipv4Packet, BadPacket> split_ipv4(ByteView packet) {
  Reader reader(packet);
  const auto version_and_length = reader.u8();
  reader.skip(1);  // type of service
  const std::size_t total = reader.u16();
  reader.skip(4);  // identification, flags, fragment
  const auto ttl = reader.u8();
  reader.skip(3);  // protocol, header checksum: the kernel looked at both
  const auto source = IpAddress::v4(reader.u32());
  const auto destination = IpAddress::v4(reader.u32());
  const std::size_t header = std::size_t{4} * (version_and_length & 0x0FU);
  if (!reader.ok() || version_and_length >> 4U != 4 || header < 20 || total < header || total > packet.size())
    return tl::unexpected(BadPacket::kLength);
  return Ipv4Packet{{source, destination, ttl}, packet.subspan(header, total - header)};
}

tl::expected<Received, BadPacket> decode(ByteView message, const PacketHeader& header) {
  if (header.destination == kVrrpGroup && header.ttl != kVrrpTtl) return tl::unexpected(BadPacket::kTtl);
  Reader reader(message);
  const auto version_and_type = reader.u8();
  if (reader.ok() && version_and_type >> 4U != kVersion) return tl::unexpected(BadPacket::kVersion);
  if (reader.ok() && (version_and_type & 0x0FU) != kTypeAdvertisement)
    return tl::unexpected(BadPacket::kType);
  Advertisement advertisement;
  advertisement.router_id = Vrid(reader.u8());
  advertisement.priority = Priority(reader.u8());
  const std::size_t count = reader.u8();
  advertisement.interval = Centiseconds(reader.u16() & kIntervalMask);
  if (message.size() != kFixedPart + 4 * count) return tl::unexpected(BadPacket::kLength);
  const auto form = checksum_form(message, header);
  if (!form) return tl::unexpected(form.error());
  if (advertisement.router_id == Vrid(0)) return tl::unexpected(BadPacket::kRouterId);
  if (advertisement.interval == Centiseconds(0)) return tl::unexpected(BadPacket::kInterval);
  if (count == 0) return tl::unexpected(BadPacket::kNoAddresses);
  reader.skip(2);  // the checksum, looked at above
  advertisement.addresses = read_addresses(reader, count);
  return Received{std::move(advertisement), *form};
}

}  // namespace hawser::vipd
