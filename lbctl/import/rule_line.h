// One line of ipvsadm's rules as a command with its options (ipvsadm(8)). Pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace hawser::lbctl {

struct RuleLine {
  char command = 0;                            // 'A', 'E', 'D', 'C', 'a', 'e', 'd', or one of kOther*
  std::string command_word;                    // as written
  std::map<std::string, std::string> options;  // by the long name without dashes; flags are empty
  std::vector<std::string> words;              // what is neither
};

inline constexpr char kTimeouts = 't';      // --set TCP FIN UDP
inline constexpr char kStartDaemon = 's';   // --start-daemon master|backup
inline constexpr char kOtherCommand = '?';  // one that leaves the table as it is: -L, -Z, -S ..

Result<RuleLine> parse_rule_line(std::span<const std::string> words);

}  // namespace hawser::lbctl
