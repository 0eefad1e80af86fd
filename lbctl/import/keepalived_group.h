// The addresses of a virtual_server_group (keepalived.conf(5)). Pure.
#pragma once

#include <vector>

#include "lbctl/import/keepalived_tree.h"
#include "lib/state/ipvs.h"

namespace hawser::lbctl {

// "192.0.2.1", "192.0.2.1-9", "192.0.2.250-192.0.3.5", "192.0.2.8/29", "2001:db8::2-9" (hexadecimal).
Result<std::vector<IpAddress>> addresses_in_range(std::string_view text);

struct GroupKey {
  ServiceKey key;
  Origin origin;
  std::uint16_t last_port = 0;  // of "8000-8099"; 0: the key's own
};
// As [service] virtual has it: "tcp 192.0.2.1:8000-8099".
std::string to_string(const GroupKey& key);
// What cannot be one is left out.
std::vector<GroupKey> group_keys(const KaNode& group, Transport transport, Family mark_family, Draft& draft);

}  // namespace hawser::lbctl
