// net.ipv4.conf.LINK.promote_secondaries through rtnetlink (IFLA_INET_CONF): by index, and where /proc/sys
// may not be written. Without it, removing the first address of a subnet from a link removes the others with
// it.
#pragma once

#include <string>

#include "lib/base/strong.h"
#include "lib/netlink/attributes.h"

namespace hawser::nl {

struct DecodedSecondaries {
  IfIndex link;
  std::string name;
  bool promoted = false;  // of the link itself; conf/all counts beside it
  bool operator==(const DecodedSecondaries&) const = default;
};

// What IFLA_AF_SPEC says of it.
bool promotes_secondaries(const Attr& families);

Message encode_get_secondaries(IfIndex link);
Result<DecodedSecondaries> decode_secondaries(const MessageView& message);
Message encode_promote_secondaries(IfIndex link, bool promote);

}  // namespace hawser::nl
