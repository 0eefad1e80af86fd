#include "lib/netlink/address_codec.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

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

struct Seen {
  std::optional<IpAddress> address, local;
  std::uint32_t flags = 0;
  ifa_cacheinfo lifetimes{kForever, kForever, 0, 0};
};

void read_address(const Attr& attr, Seen& seen, Address& address) {
  switch (attr.type()) {
    case IFA_ADDRESS:
      seen.address = attr.address();
      break;
    case IFA_LOCAL:
      seen.local = attr.address();
      break;
    case IFA_BROADCAST:
      address.broadcast = attr.address();
      break;
    case IFA_FLAGS:
      seen.flags = attr.number<std::uint32_t>();
      break;
    case IFA_CACHEINFO:
      seen.lifetimes = attr.number<ifa_cacheinfo>();
      break;
    case kIfaProto:
      address.protocol = attr.number<std::uint8_t>();
      break;
    default:
      break;
  }
}

}  // namespace

Result<DecodedAddress> decode_address(const MessageView& message) {
  Reader reader{message.payload};
  const auto fixed = reader.native<ifaddrmsg>();
  DecodedAddress decoded;
  Seen seen;
  seen.flags = fixed.ifa_flags;
  auto& address = decoded.address;
  bool ok = reader.ok();
  ok = ok && for_each_attr(reader.take(reader.left()),
                           [&](const Attr& attr) { read_address(attr, seen, address); });
  // With a peer (point to point) IFA_ADDRESS is the peer's and IFA_LOCAL ours.
  const auto own = seen.local ? seen.local : seen.address;
  if (!ok || !own || fixed.ifa_prefixlen > own->bits()) return fail("address message malformed");
  decoded.link = IfIndex{static_cast<int>(fixed.ifa_index)};
  decoded.prefix = Prefix{*own, fixed.ifa_prefixlen};
  decoded.detection = detection_of(seen.flags);
  address.scope = fixed.ifa_scope;
  address.no_prefix_route = (seen.flags & IFA_F_NOPREFIXROUTE) != 0;
  address.no_dad = (seen.flags & IFA_F_NODAD) != 0;
  // Of a permanent deprecated IPv4 address the kernel shows "forever" as preferred: the flag is the truth.
  address.preferred_lifetime = (seen.flags & IFA_F_DEPRECATED) != 0 ? 0 : seen.lifetimes.ifa_prefered;
  return decoded;
}

Message encode_get_addresses() {
  Message message{RTM_GETADDR, NLM_F_DUMP};
  message.header(ifaddrmsg{});
  return message;
}

Message encode_put_address(Put put, IfIndex link, const Prefix& prefix, const Address& address) {
  const int flags = put == Put::kNew ? NLM_F_EXCL : NLM_F_REPLACE;
  Message message{RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | flags};
  auto fixed = fixed_part(link, prefix);
  fixed.ifa_scope = address.scope;
  message.header(fixed);
  message.address(IFA_LOCAL, prefix.address);
  message.address(IFA_ADDRESS, prefix.address);
  if (address.broadcast) message.address(IFA_BROADCAST, *address.broadcast);
  message.number(IFA_FLAGS, flags_of(address));
  message.number(IFA_CACHEINFO, ifa_cacheinfo{address.preferred_lifetime, kForever, 0, 0});
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
