// "key=value" of the command line as changes of a bond's section: the file's words and units, and those of
// iproute2, ifenslave and sysfs, which mean the same. Whether a value is right, the file's rules say.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/result.h"
#include "lib/config/engine/value.h"

namespace hawser::bondctl {

struct Edit {
  enum class How : std::uint8_t { kSet, kAdd, kTakeAway };
  std::string key;  // as the file has it: "miimon"; of a port "eth1.prio"
  How how{};
  std::string value;
  bool operator==(const Edit&) const = default;
};

// "bond-miimon=100", "ports+=eth1", "arp_ip_target-=192.0.2.254". Errors: no such key, which of another
// command is meant, += where there is no list.
Result<Edit> parse_edit(const std::string& word);

// "eth0.100.prio" is the prio of the port eth0.100.
std::optional<std::pair<std::string, std::string>> port_key(std::string_view key);
// "eth0,eth1" and "eth0 eth1", as a list is written; "none" is no element.
std::vector<std::string> elements_of(const std::string& text);

// In whose words problems are told: miimon, or bond-miimon.
enum class SaidAs : std::uint8_t { kKey, kStanza };

struct Edits {
  std::vector<Edit> good;
  std::vector<std::string> wrong;  // what was said to each of the others
  SaidAs said_as = SaidAs::kKey;
};
// "miimon=50ms ports+=eth2 .."
Edits parse_edits(std::span<const std::string> words);
// "eth1 eth2 prio=10": ports that join, and settings of each of them.
Edits parse_ports(std::span<const std::string> words, Edit::How how);

// Errors: what is taken away is not there.
Status edit(config::Table& section, const Edit& edit);

// What a new mode or monitor leaves without meaning is not held against who asked for it: the keys that the
// other mode or monitor had go, unless these edits name them.
void make_way(config::Table& section, std::span<const Edit> edits);

}  // namespace hawser::bondctl
