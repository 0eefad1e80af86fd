// Commands of a stanza (up, post-up ..) that say what a file says: "ip route add 198.51.100.0/24 via
// 192.0.2.9".
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/base/address.h"
#include "lib/config/engine/value.h"

namespace hawser::bondctl {

struct CommandRoute {
  config::Table route;  // as in a file: to, via, ..
};
struct CommandAddress {
  Prefix prefix;
};
struct CommandPorts {
  std::vector<std::string> ports;  // "ifenslave bond0 eth0 eth1"
};
struct CommandUndone {};  // what such a command takes back when the interface goes down

// `device`: of whose stanza; what the command says of another one is not read. nullopt: something else.
using Command = std::variant<CommandRoute, CommandAddress, CommandPorts, CommandUndone>;
std::optional<Command> read_command(const std::string& text, const std::string& device);

}  // namespace hawser::bondctl
