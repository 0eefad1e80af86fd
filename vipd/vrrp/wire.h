// The advertisement as a value, and as bytes: version 3 over IPv4 and IPv6 (RFC 9568 5.2) and version 2 over
// IPv4 (RFC 3768 5.3); no socket. Every reason to refuse a packet is a word of BadPacket, so that each can be
// counted and shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "lib/base/address.h"
#include "lib/base/bytes.h"
#include "lib/base/duration.h"
#include "lib/base/names.h"
#include "lib/base/strong.h"
#include "lib/config/config.h"
#include "vipd/vrrp/hmac_trailer.h"

namespace hawser::vipd {

using Centiseconds = std::chrono::duration<std::int32_t, std::centi>;  // Max Advertise Interval: 1..4095
using config::kMostPassword;
using config::VrrpChecksum;

inline constexpr std::uint8_t kVrrpProtocol = 112;
inline constexpr std::uint8_t kVrrpTtl = 255;
inline const IpAddress kVrrpGroup = IpAddress::v4(224, 0, 0, 18);
inline const IpAddress kVrrpGroup6 = *IpAddress::parse("ff02::12");  // RFC 9568 5.1.2.2
inline const IpAddress& group_of(Family family) {
  return family == Family::kIpv4 ? kVrrpGroup : kVrrpGroup6;
}
inline bool is_group(const IpAddress& address) {
  return address == group_of(address.family());
}

struct Advertisement {
  Vrid router_id;
  Priority priority;
  Centiseconds interval{100};
  std::vector<IpAddress> addresses;  // of one family; at most config::most_advertised() go out

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
  kAuthentication,  // of version 2: of another kind than ours, or another password
  kRouterId,
  kInterval,
  kNoAddresses,
  // Of version 3 with keys: no signature where one is wanted, by a key that is not here, not made with the
  // key, of another time, and not later than one that was heard.
  kUnsigned,
  kUnknownKey,
  kForged,
  kStale,
  kReplayed
};

// What the IP header says, and how much of it the transport asks to be checked.
struct PacketHeader {
  IpAddress source;
  IpAddress destination;
  std::uint8_t ttl = 0;

  bool operator==(const PacketHeader&) const = default;
};

struct Packet {
  PacketHeader header;
  ByteView payload;
};

// What a router puts around its advertisements.
struct WireForm {
  int version = 3;
  VrrpChecksum checksum =
      VrrpChecksum::kPseudoHeader;  // of version 3 over IPv4: the reading of RFC 5798 that it follows
  // Of version 2, in clear, and all that RFC 2338's simple authentication is; empty: none. kMostPassword
  // bytes.
  std::string password{};
  // Of version 3: signs this one advertisement, and no other.
  std::optional<HmacTrailer> trailer{};

  bool operator==(const WireForm&) const = default;
};

struct Received {
  Advertisement advertisement;
  WireForm form;  // the sender's

  bool operator==(const Received&) const = default;
};

// `source` and `destination` enter only the pseudo-header form, the only one of IPv6. Version 2 counts its
// interval in whole seconds. Over IPv4 the checksum ends before the trailer; over IPv6 it has it too, since
// there the kernel of other programs writes it.
Bytes encode(const Advertisement& advertisement, const WireForm& form, const IpAddress& source,
             const IpAddress& destination);

// The header that a raw IPv4 socket hands over in front of the message. Refused with kLength when it is
// incomplete or its total length is more than there is.
tl::expected<Packet, BadPacket> split_ipv4(ByteView packet);

// An advertisement of that version and of the family of its header; one of another is refused (kVersion).
// Accepts both checksums of version 3 over IPv4, every password of version 2 and every signature of version
// 3: which one is right is the router's to know. Multicast (`header.destination` is the group) demands TTL
// 255; whether a packet may come another way than by the group, and from whom, is the transport's business
// (kDestination, kPeer), whether its router id is configured the receiver's.
tl::expected<Received, BadPacket> decode(ByteView message, const PacketHeader& header, int version = 3);
// What of a message its trailer signs: all before it.
ByteView signed_part(ByteView message, const Received& received);

}  // namespace hawser::vipd

namespace hawser {

template <>
inline constexpr std::array<Name<vipd::BadPacket>, 16> kNames<vipd::BadPacket>{{
    {vipd::BadPacket::kTtl, "ttl"},
    {vipd::BadPacket::kDestination, "destination"},
    {vipd::BadPacket::kPeer, "not a peer"},
    {vipd::BadPacket::kVersion, "version"},
    {vipd::BadPacket::kType, "type"},
    {vipd::BadPacket::kLength, "length"},
    {vipd::BadPacket::kChecksum, "checksum"},
    {vipd::BadPacket::kAuthentication, "authentication"},
    {vipd::BadPacket::kRouterId, "router id"},
    {vipd::BadPacket::kInterval, "interval"},
    {vipd::BadPacket::kNoAddresses, "no addresses"},
    {vipd::BadPacket::kUnsigned, "unsigned"},
    {vipd::BadPacket::kUnknownKey, "unknown key"},
    {vipd::BadPacket::kForged, "wrong signature"},
    {vipd::BadPacket::kStale, "other time"},
    {vipd::BadPacket::kReplayed, "replayed"},
}};

}  // namespace hawser
