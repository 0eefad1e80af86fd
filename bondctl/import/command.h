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
struct CommandPorts {  // "ifenslave bond0 eth0 eth1"
  std::string bond;
  std::vector<std::string> ports;
};
struct CommandUndone {};  // what such a command takes back when the interface goes down

using Command = std::variant<CommandRoute, CommandAddress, CommandPorts, CommandUndone>;
// One line may hold several, joined by ";" or "&&". `device`: of whose stanza; addresses and routes of
// another one are not read. Empty: something else, or more than this.
std::vector<Command> read_commands(const std::string& text, const std::string& device);

}  // namespace hawser::bondctl
