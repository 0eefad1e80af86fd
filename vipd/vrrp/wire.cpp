#include "vipd/vrrp/wire.h"

#include <algorithm>

namespace hawser::vipd {

namespace {

constexpr std::uint8_t kTypeAdvertisement = 1;
constexpr std::size_t kFixedPart = 8;
constexpr std::size_t kChecksumOffset = 6;

// ---- what both versions have alike

// Up to the two bytes in which they differ. The first is the version above and the type below.
Writer begin_message(int version, const Advertisement& advertisement, std::size_t count) {
  Writer writer;
  writer.u8(static_cast<std::uint8_t>((static_cast<unsigned>(version) << 4U) | kTypeAdvertisement));
  writer.u8(advertisement.router_id.value);
  writer.u8(advertisement.priority.value);
  writer.u8(static_cast<std::uint8_t>(count));
  return writer;
}

// Behind them: no checksum yet, and the addresses.
void put_addresses(Writer& writer, std::span<const IpAddress> addresses) {
  writer.u16(0);
  for (const auto& address : addresses) writer.put(address.bytes());
}

Bytes with_checksum(Writer writer, std::uint32_t start) {
  writer.set_u16(kChecksumOffset, checksum_finish(checksum_add(writer.bytes(), start)));
  return writer.take();
}

std::size_t read_beginning(Reader& reader, Advertisement& advertisement) {
  reader.skip(1);  // version and type
  advertisement.router_id = Vrid(reader.u8());
  advertisement.priority = Priority(reader.u8());
  return reader.u8();
}

std::size_t size_of(Family family) {
  return family == Family::kIpv4 ? 4 : 16;
}

// The length of the message was looked at before.
std::vector<IpAddress> read_addresses(Reader& reader, std::size_t count, Family family) {
  reader.skip(2);  // the checksum, looked at before
  std::vector<IpAddress> addresses;
  addresses.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    addresses.push_back(IpAddress::from_bytes(reader.take(size_of(family))).value_or(IpAddress()));
  return addresses;
}

bool adds_up(ByteView message, std::uint32_t start) {
  return checksum_finish(checksum_add(message, start)) == 0;
}

// What both refuse of an advertisement that is whole.
tl::expected<Received, BadPacket> sound(Received received) {
  const auto& advertisement = received.advertisement;
  if (advertisement.router_id == Vrid(0)) return tl::unexpected(BadPacket::kRouterId);
  if (advertisement.interval == Centiseconds(0)) return tl::unexpected(BadPacket::kInterval);
  if (advertisement.addresses.empty()) return tl::unexpected(BadPacket::kNoAddresses);
  return received;
}

// ---- version 2 (RFC 3768 5.3): whole seconds, a checksum over the message alone, and eight bytes of
// authentication data at its end, which RFC 2338 could fill with a password and RFC 3768 leaves at zero

constexpr std::uint8_t kNoAuthentication = 0;
constexpr std::uint8_t kSimplePassword = 1;  // RFC 2338 5.3.6.2

// Up to its first zero.
std::string password_in(ByteView data) {
  return {data.begin(), std::find(data.begin(), data.end(), 0)};
}

Bytes encode_v2(const Advertisement& advertisement, std::span<const IpAddress> addresses,
                const std::string& password) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(advertisement.interval).count();
  auto writer = begin_message(2, advertisement, addresses.size());
  writer.u8(password.empty() ? kNoAuthentication : kSimplePassword);
  writer.u8(static_cast<std::uint8_t>(seconds));
  put_addresses(writer, addresses);
  const auto length = std::min(password.size(), kMostPassword);
  writer.put(ByteView(reinterpret_cast<const std::uint8_t*>(password.data()), length));
  writer.zeros(kMostPassword - length);
  return with_checksum(std::move(writer), 0);
}

tl::expected<Received, BadPacket> decode_v2(ByteView message) {
  Reader reader(message);
  Advertisement advertisement;
  const auto count = read_beginning(reader, advertisement);
  const auto authentication = reader.u8();
  advertisement.interval = std::chrono::seconds(reader.u8());
  if (message.size() != kFixedPart + 4 * count + kMostPassword) return tl::unexpected(BadPacket::kLength);
  if (!adds_up(message, 0)) return tl::unexpected(BadPacket::kChecksum);
  advertisement.addresses = read_addresses(reader, count, Family::kIpv4);
  WireForm form{2, VrrpChecksum::kPlain, {}};
  if (authentication == kSimplePassword) form.password = password_in(reader.take(kMostPassword));
  // The data of a router without authentication means nothing; a password that is empty is none that anybody
  // has.
  const bool known = authentication == kNoAuthentication || !form.password.empty();
  if (!known) return tl::unexpected(BadPacket::kAuthentication);
  return sound({std::move(advertisement), std::move(form)});
}

// ---- version 3 (RFC 9568 5.2)

constexpr std::uint16_t kIntervalMask = 0x0FFF;  // the four bits above are reserved: sent as 0, ignored

// RFC 9293 3.1 for IPv4, RFC 8200 8.1 for IPv6: the longer fields of the second add up to the same.
std::uint32_t pseudo_header(const IpAddress& source, const IpAddress& destination, std::size_t length) {
  Writer writer;
  writer.put(source.bytes());
  writer.put(destination.bytes());
  writer.u16(kVrrpProtocol);
  writer.u16(static_cast<std::uint16_t>(length));
  return checksum_add(writer.bytes());
}

tl::expected<VrrpChecksum, BadPacket> checksum_form(ByteView message, const PacketHeader& header) {
  if (adds_up(message, pseudo_header(header.source, header.destination, message.size())))
    return VrrpChecksum::kPseudoHeader;
  if (header.source.is_v4() && adds_up(message, 0)) return VrrpChecksum::kPlain;
  return tl::unexpected(BadPacket::kChecksum);
}

// How much of a message the checksum covers: the kernel, which writes that of IPv6 for others, knows nothing
// of trailers.
ByteView summed_part(ByteView message, Family family, bool has_trailer) {
  return family == Family::kIpv4 && has_trailer ? message.first(message.size() - kHmacTrailer) : message;
}

Bytes encode_v3(const Advertisement& advertisement, std::span<const IpAddress> addresses,
                const WireForm& form, const IpAddress& source, const IpAddress& destination) {
  auto writer = begin_message(3, advertisement, addresses.size());
  writer.u16(static_cast<std::uint16_t>(advertisement.interval.count() & kIntervalMask));
  put_addresses(writer, addresses);
  if (form.trailer) put(writer, *form.trailer);
  const auto summed = summed_part(writer.bytes(), source.family(), form.trailer.has_value());
  const bool plain = form.checksum == VrrpChecksum::kPlain && source.is_v4();
  const auto start = plain ? 0U : pseudo_header(source, destination, summed.size());
  writer.set_u16(kChecksumOffset, checksum_finish(checksum_add(summed, start)));
  return writer.take();
}

// What is behind the addresses: nothing, or what signs them. Anything else is no advertisement.
tl::expected<std::optional<HmacTrailer>, BadPacket> trailer_in(ByteView message, std::size_t unsigned_size) {
  if (message.size() == unsigned_size) return std::nullopt;
  if (message.size() != unsigned_size + kHmacTrailer) return tl::unexpected(BadPacket::kLength);
  const auto trailer = read_trailer(message.subspan(unsigned_size));
  if (!trailer) return tl::unexpected(BadPacket::kLength);
  return trailer;
}

tl::expected<Received, BadPacket> decode_v3(ByteView message, const PacketHeader& header) {
  Reader reader(message);
  Advertisement advertisement;
  const auto count = read_beginning(reader, advertisement);
  advertisement.interval = Centiseconds(reader.u16() & kIntervalMask);
  const auto family = header.source.family();
  const auto trailer = trailer_in(message, kFixedPart + size_of(family) * count);
  if (!trailer) return tl::unexpected(trailer.error());
  const auto form = checksum_form(summed_part(message, family, trailer->has_value()), header);
  if (!form) return tl::unexpected(form.error());
  advertisement.addresses = read_addresses(reader, count, family);
  return sound({std::move(advertisement), {3, *form, {}, *trailer}});
}

}  // namespace

Bytes encode(const Advertisement& advertisement, const WireForm& form, const IpAddress& source,
             const IpAddress& destination) {
  const auto most = config::most_advertised(source.family(), form.trailer.has_value());
  const auto addresses =
      std::span(advertisement.addresses).first(std::min(advertisement.addresses.size(), most));
  if (form.version == 2) return encode_v2(advertisement, addresses, form.password);
  return encode_v3(advertisement, addresses, form, source, destination);
}

tl::expected<Packet, BadPacket> split_ipv4(ByteView packet) {
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
  return Packet{{source, destination, ttl}, packet.subspan(header, total - header)};
}

tl::expected<Received, BadPacket> decode(ByteView message, const PacketHeader& header, int version) {
  if (is_group(header.destination) && header.ttl != kVrrpTtl) return tl::unexpected(BadPacket::kTtl);
  if (message.empty()) return tl::unexpected(BadPacket::kLength);
  if (message.front() >> 4U != version || (version == 2 && header.source.is_v6()))
    return tl::unexpected(BadPacket::kVersion);
  if ((message.front() & 0x0FU) != kTypeAdvertisement) return tl::unexpected(BadPacket::kType);
  return version == 2 ? decode_v2(message) : decode_v3(message, header);
}

ByteView signed_part(ByteView message, const Received& received) {
  return received.form.trailer ? message.first(message.size() - kHmacTrailer) : message;
}

}  // namespace hawser::vipd
