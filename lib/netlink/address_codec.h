// Addresses as RTM_NEWADDR messages.
#pragma once

#include <optional>

#include <sys/socket.h>

#include "lib/base/strong.h"
#include "lib/netlink/message.h"
#include "lib/state/observed.h"

namespace hawser::nl {

// ifa_family, rtm_family.
inline std::uint8_t family_number(Family family) {
  return family == Family::kIpv4 ? std::uint8_t{AF_INET} : std::uint8_t{AF_INET6};
}

struct DecodedAddress {
  IfIndex link;
  Prefix prefix;
  Address address;
  Detection detection = Detection::kPassed;

  bool operator==(const DecodedAddress&) const = default;
};

Result<DecodedAddress> decode_address(const MessageView& message);

Message encode_get_addresses();
// kReplace changes what is there, as far as the kernel does so: of an IPv4 address the lifetimes (later
// kernels: and the protocol), of an IPv6 address the flags too.
enum class Put : std::uint8_t { kNew, kReplace };
// After `lifetime` seconds the kernel takes it away.
Message encode_put_address(Put put, IfIndex link, const Prefix& prefix, const Address& address,
                           std::uint32_t lifetime = kForever);
Message encode_remove_address(IfIndex link, const Prefix& prefix);

}  // namespace hawser::nl
