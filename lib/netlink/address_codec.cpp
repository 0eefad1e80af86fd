#include "lib/netlink/address_codec.h"

#include <algorithm>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "lib/netlink/attributes.h"

namespace hawser::nl {

namespace {

constexpr int kIfaProto = 11;  // IFA_PROTO since Linux 5.18; Debian 12's headers lack it

ifaddrmsg fixed_part(IfIndex link, const Prefix& prefix) {
  ifaddrmsg fixed{};
  fixed.ifa_family = family_number(prefix.address.family());
  fixed.ifa_prefixlen = prefix.length;
  fixed.ifa_index = static_cast<std::uint32_t>(link.value);
  return fixed;
}

std::uint32_t flags_of(const Address& address) {
  std::uint32_t flags = 0;
  if (address.no_prefix_route) flags |= IFA_F_NOPREFIXROUTE;
  if (address.no_dad) flags |= IFA_F_NODAD;
  return flags;
}

// A failed one is tentative too. An optimistic one may be used before it has passed (RFC 4429).
Detection detection_of(std::uint32_t flags) {
  if ((flags & IFA_F_DADFAILED) != 0) return Detection::kFailed;
  const bool waits = (flags & IFA_F_TENTATIVE) != 0 && (flags & IFA_F_OPTIMISTIC) == 0;
  return waits ? Detection::kGoingOn : Detection::kPassed;
}

}  // namespace

Result<DecodedAddress> decode_address(const MessageView& message) {
  ifaddrmsg fixed{};
  Attributes attributes{message, fixed};
  DecodedAddress decoded;
  auto& address = decoded.address;
  std::optional<IpAddress> own;
  attributes.read(IFA_ADDRESS, own);
  attributes.read(IFA_LOCAL, own);  // with a peer (point to point) IFA_ADDRESS is the peer's
  attributes.read(IFA_BROADCAST, address.broadcast);
  attributes.read(kIfaProto, address.protocol);
  std::uint32_t flags = fixed.ifa_flags;
  attributes.read(IFA_FLAGS, flags);
  ifa_cacheinfo lifetimes{kForever, kForever, 0, 0};
  attributes.read(IFA_CACHEINFO, lifetimes);
  if (!attributes.ok() || !own || fixed.ifa_prefixlen > own->bits()) return fail("address message malformed");
  decoded.link = IfIndex{static_cast<int>(fixed.ifa_index)};
  decoded.prefix = Prefix{*own, fixed.ifa_prefixlen};
  decoded.detection = detection_of(flags);
  address.scope = fixed.ifa_scope;
  address.no_prefix_route = (flags & IFA_F_NOPREFIXROUTE) != 0;
  address.no_dad = (flags & IFA_F_NODAD) != 0;
  // The same bit is "secondary" for IPv4.
  address.temporary.value = own->is_v6() && (flags & IFA_F_TEMPORARY) != 0;
  // Of a permanent deprecated IPv4 address the kernel shows "forever" as preferred: the flag is the truth.
  address.preferred_lifetime = (flags & IFA_F_DEPRECATED) != 0 ? 0 : lifetimes.ifa_prefered;
  return decoded;
}

Message encode_get_addresses() {
  Message message{RTM_GETADDR, NLM_F_DUMP};
  message.header(ifaddrmsg{});
  return message;
}

Message encode_put_address(Put put, IfIndex link, const Prefix& prefix, const Address& address,
                           std::uint32_t lifetime) {
  const int flags = put == Put::kNew ? NLM_F_EXCL : NLM_F_REPLACE;
  Message message{RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | flags};
  auto fixed = fixed_part(link, prefix);
  fixed.ifa_scope = address.scope;
  message.header(fixed);
  message.address(IFA_LOCAL, prefix.address);
  message.address(IFA_ADDRESS, prefix.address);
  if (address.broadcast) message.address(IFA_BROADCAST, *address.broadcast);
  message.number(IFA_FLAGS, flags_of(address));
  message.number(IFA_CACHEINFO,
                 ifa_cacheinfo{std::min(address.preferred_lifetime, lifetime), lifetime, 0, 0});
  if (address.protocol != 0) message.number(kIfaProto, address.protocol);
  return message;
}

Message encode_remove_address(IfIndex link, const Prefix& prefix) {
  Message message{RTM_DELADDR, NLM_F_ACK};
  message.header(fixed_part(link, prefix));
  message.address(IFA_LOCAL, prefix.address);
  message.address(IFA_ADDRESS, prefix.address);
  return message;
}

}  // namespace hawser::nl
