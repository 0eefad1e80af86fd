// The codecs of the two versions, and what their messages have alike. For wire.cpp.
#pragma once

#include "vipd/vrrp/wire.h"

namespace hawser::vipd::wire {

inline constexpr std::uint8_t kTypeAdvertisement = 1;
inline constexpr std::size_t kFixedPart = 8;
inline constexpr std::size_t kChecksumOffset = 6;

// The first byte of a message: its version is above, its type below.
constexpr std::uint8_t first_byte(int version) {
  return static_cast<std::uint8_t>((static_cast<unsigned>(version) << 4U) | kTypeAdvertisement);
}
std::vector<IpAddress> read_addresses(Reader& reader, std::size_t count);
// What both versions refuse of an advertisement that is whole.
tl::expected<Received, BadPacket> sound(Received received);

Bytes encode_v2(const Advertisement& advertisement, const std::string& password);
tl::expected<Received, BadPacket> decode_v2(ByteView message);

Bytes encode_v3(const Advertisement& advertisement, VrrpChecksum form, const IpAddress& source,
                const IpAddress& destination);
tl::expected<Received, BadPacket> decode_v3(ByteView message, const PacketHeader& header);

}  // namespace hawser::vipd::wire
