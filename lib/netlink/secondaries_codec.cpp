#include "lib/netlink/secondaries_codec.h"

#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace hawser::nl {

namespace {

ifinfomsg fixed_part(IfIndex link) {
  ifinfomsg fixed{};
  fixed.ifi_index = link.value;
  return fixed;
}

// In what we read an array of all settings, the first of them number 1; in what we write attributes.
bool promoted(ByteView settings) {
  Reader reader{settings};
  std::uint32_t value = 0;
  for (int number = 1; number <= IPV4_DEVCONF_PROMOTE_SECONDARIES; ++number)
    value = reader.native<std::uint32_t>();
  return reader.ok() && value != 0;
}

}  // namespace

bool promotes_secondaries(const Attr& families) {
  bool promotes = false;
  families.each([&](const Attr& family) {
    if (family.type() != AF_INET) return;
    family.each([&](const Attr& attr) {
      if (attr.type() == IFLA_INET_CONF) promotes = promoted(attr.value());
    });
  });
  return promotes;
}

Message encode_get_secondaries(IfIndex link) {
  Message message{RTM_GETLINK, NLM_F_ACK};
  message.header(fixed_part(link));
  return message;
}

Result<DecodedSecondaries> decode_secondaries(const MessageView& message) {
  ifinfomsg fixed{};
  Attributes attributes{message, fixed};
  DecodedSecondaries decoded;
  decoded.link = IfIndex{fixed.ifi_index};
  attributes.read(IFLA_IFNAME, decoded.name);
  if (const auto families = attributes.find(IFLA_AF_SPEC)) decoded.promoted = promotes_secondaries(*families);
  if (!attributes.ok() || decoded.name.empty()) return fail("link message malformed");
  return decoded;
}

Message encode_promote_secondaries(IfIndex link, bool promote) {
  Message message{RTM_SETLINK, NLM_F_ACK};
  message.header(fixed_part(link));
  message.nest(IFLA_AF_SPEC, [&] {
    message.nest(AF_INET, [&] {
      message.nest(IFLA_INET_CONF,
                   [&] { message.number(IPV4_DEVCONF_PROMOTE_SECONDARIES, std::uint32_t{promote}); });
    });
  });
  return message;
}

}  // namespace hawser::nl
