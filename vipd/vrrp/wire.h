// The VRRPv3 packet over IPv4 (RFC 9568 5.2) as a value: encode and decode, no socket. Every reason to refuse
// a packet is a word of BadPacket, so that each can be counted and shown.
#pragma once

#include <cstdint>
#include <vector>

#include <tl/expected.hpp>

#include "lib/base/address.h"
#include "lib/base/bytes.h"
#include "lib/base/duration.h"
#include "lib/base/names.h"
#include "lib/base/strong.h"
#include "lib/config/config.h"

namespace hawser::vipd {

using Centiseconds = std::chrono::duration<std::int32_t, std::centi>;  // Max Advertise Interval: 1..4095
using config::VrrpChecksum;

inline constexpr std::uint8_t kVrrpProtocol = 112;
inline constexpr std::uint8_t kVrrpTtl = 255;
inline constexpr std::size_t kMostAddresses = 255;  // the count is one byte
inline const IpAddress kVrrpGroup = IpAddress::v4(224, 0, 0, 18);

struct Advertisement {
  Vrid router_id;
  Priority priority;
  Centiseconds interval{100};
  std::vector<IpAddress> addresses;  // IPv4; at most kMostAddresses go out

  bool operator==(const Advertisement&) const = default;
};

// Why a received packet is not listened to. The order is that of the checks (RFC 9568 7.1).
enum class BadPacket : std::uint8_t {
  kTtl,
  kDestination,
  kPeer,
  kVersion,
  kType,
  kLength,
  kChecksum,
  kRouterId,
  kInterval,
  kNoAddresses
};

// What the IP header says, and how much of it the transport asks to be checked.
struct PacketHeader {
  IpAddress source;
  IpAddress destination;
  std::uint8_t ttl = 0;

  bool operator==(const PacketHeader&) const = default;
};

struct Ipv4Packet {
  PacketHeader header;
  ByteView payload;
};

struct Received {
  Advertisement advertisement;
  VrrpChecksum checksum = VrrpChecksum::kPseudoHeader;  // the reading of RFC 5798 that the sender follows

  bool operator==(const Received&) const = default;
};

// `source` and `destination` enter only the pseudo-header form.
Bytes encode(const Advertisement& advertisement, VrrpChecksum form, const IpAddress& source,
             const IpAddress& destination);

// The header that a raw IPv4 socket hands over in front of the message. Refused with kLength when it is
// incomplete or its total length is more than there is.
tl::expected<Ipv4Packet, BadPacket> split_ipv4(ByteView packet);

// Accepts both checksums. Multicast (`header.destination` is the group) demands TTL 255; whether a packet may
// come another way than by the group, and from whom, is the transport's business (kDestination, kPeer),
// whether its router id is configured the receiver's.
tl::expected<Received, BadPacket> decode(ByteView message, const PacketHeader& header);

}  // namespace hawser::vipd

namespace hawser {

template <>
inline constexpr std::array<Name<vipd::BadPacket>, 10> kNames<vipd::BadPacket>{{
    {vipd::BadPacket::kTtl, "ttl"},
    {vipd::BadPacket::kDestination, "destination"},
    {vipd::BadPacket::kPeer, "not a peer"},
    {vipd::BadPacket::kVersion, "version"},
    {vipd::BadPacket::kType, "type"},
    {vipd::BadPacket::kLength, "length"},
    {vipd::BadPacket::kChecksum, "checksum"},
    {vipd::BadPacket::kRouterId, "router id"},
    {vipd::BadPacket::kInterval, "interval"},
    {vipd::BadPacket::kNoAddresses, "no addresses"},
}};

}  // namespace hawser
