#include "vipd/vrrp/wire.h"

#include "vipd/vrrp/wire_versions.h"

namespace hawser::vipd {

std::vector<IpAddress> wire::read_addresses(Reader& reader, std::size_t count) {
  std::vector<IpAddress> addresses;
  addresses.reserve(count);
  for (std::size_t i = 0; i < count; ++i) addresses.push_back(IpAddress::v4(reader.u32()));
  return addresses;
}

tl::expected<Received, BadPacket> wire::sound(Received received) {
  const auto& advertisement = received.advertisement;
  if (advertisement.router_id == Vrid(0)) return tl::unexpected(BadPacket::kRouterId);
  if (advertisement.interval == Centiseconds(0)) return tl::unexpected(BadPacket::kInterval);
  if (advertisement.addresses.empty()) return tl::unexpected(BadPacket::kNoAddresses);
  return received;
}

Bytes encode(const Advertisement& advertisement, const WireForm& form, const IpAddress& source,
             const IpAddress& destination) {
  if (form.version == 2) return wire::encode_v2(advertisement, form.password);
  return wire::encode_v3(advertisement, form.checksum, source, destination);
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

tl::expected<Received, BadPacket> decode(ByteView message, const PacketHeader& header, int version) {
  if (header.destination == kVrrpGroup && header.ttl != kVrrpTtl) return tl::unexpected(BadPacket::kTtl);
  if (message.empty()) return tl::unexpected(BadPacket::kLength);
  if (message.front() >> 4U != version) return tl::unexpected(BadPacket::kVersion);
  if ((message.front() & 0x0FU) != wire::kTypeAdvertisement) return tl::unexpected(BadPacket::kType);
  return version == 2 ? wire::decode_v2(message) : wire::decode_v3(message, header);
}

}  // namespace hawser::vipd
