// Version 2 (RFC 3768 5.3): whole seconds, a checksum over the message alone, and eight bytes of
// authentication data at its end, which RFC 2338 could fill with a password and RFC 3768 leaves at zero.
#include <algorithm>

#include "vipd/vrrp/wire_versions.h"

namespace hawser::vipd::wire {

namespace {

constexpr std::uint8_t kNoAuthentication = 0;
constexpr std::uint8_t kSimplePassword = 1;  // RFC 2338 5.3.6.2

// Up to its first zero.
std::string password_in(ByteView data) {
  return {data.begin(), std::find(data.begin(), data.end(), 0)};
}

}  // namespace

Bytes encode_v2(const Advertisement& advertisement, const std::string& password) {
  const auto count = std::min(advertisement.addresses.size(), kMostAddresses);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(advertisement.interval).count();
  Writer writer;
  writer.u8(first_byte(2));
  writer.u8(advertisement.router_id.value);
  writer.u8(advertisement.priority.value);
  writer.u8(static_cast<std::uint8_t>(count));
  writer.u8(password.empty() ? kNoAuthentication : kSimplePassword);
  writer.u8(static_cast<std::uint8_t>(seconds));
  writer.u16(0);
  for (const auto& address : std::span(advertisement.addresses).first(count)) writer.put(address.bytes());
  const auto length = std::min(password.size(), kMostPassword);
  writer.put(ByteView(reinterpret_cast<const std::uint8_t*>(password.data()), length));
  writer.zeros(kMostPassword - length);
  writer.set_u16(kChecksumOffset, checksum_finish(checksum_add(writer.bytes(), 0)));
  return writer.take();
}

tl::expected<Received, BadPacket> decode_v2(ByteView message) {
  Reader reader(message);
  reader.skip(1);  // version and type
  Advertisement advertisement;
  advertisement.router_id = Vrid(reader.u8());
  advertisement.priority = Priority(reader.u8());
  const std::size_t count = reader.u8();
  const auto authentication = reader.u8();
  advertisement.interval = std::chrono::seconds(reader.u8());
  if (message.size() != kFixedPart + 4 * count + kMostPassword) return tl::unexpected(BadPacket::kLength);
  if (checksum_finish(checksum_add(message, 0)) != 0) return tl::unexpected(BadPacket::kChecksum);
  reader.skip(2);  // the checksum, looked at above
  advertisement.addresses = read_addresses(reader, count);
  WireForm form{2, VrrpChecksum::kPlain, {}};
  if (authentication == kSimplePassword) form.password = password_in(reader.take(kMostPassword));
  // The data of a router without authentication means nothing; a password that is empty is none that anybody
  // has.
  const bool known = authentication == kNoAuthentication || !form.password.empty();
  if (!known) return tl::unexpected(BadPacket::kAuthentication);
  return sound({std::move(advertisement), std::move(form)});
}

}  // namespace hawser::vipd::wire
