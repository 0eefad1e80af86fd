// The values in a line of ipvsadm's rules. Pure: who knows names is asked.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "lib/state/ipvs.h"

namespace hawser::lbctl {

// Names in place of numbers, which ipvsadm -S prints without -n.
struct RuleNames {
  std::function<std::optional<IpAddress>(const std::string&)> host;  // ipvsadm asks for IPv4 only
  std::function<std::optional<std::uint16_t>(const std::string&, Transport)> port;
};
// None is known.
RuleNames no_names();

struct RuleAddress {
  IpAddress address;
  std::optional<std::uint16_t> port;
};
// "192.0.2.1:80", "192.0.2.1", "[2001:db8::1]:80", "2001:db8::1", names in their place.
Result<RuleAddress> parse_rule_address(std::string_view text, Transport transport, const RuleNames& names);

// A decimal number of the range; the error names the range.
Result<std::uint32_t> parse_rule_number(std::string_view text, std::uint32_t least, std::uint32_t most);

// From 1; -1 is 4294967295: ipvsadm -S prints marks above 2147483647 so, and does not read them itself.
Result<std::uint32_t> parse_rule_mark(std::string_view text);

// "255.255.255.0", "64": as the prefix length that it stands for.
Result<std::uint32_t> parse_rule_netmask(std::string_view text, Family family);

// "sh-fallback,sh-port" as flags of ServiceFlag.
Result<std::uint32_t> parse_rule_flags(std::string_view text, std::string_view scheduler);
// What a -b without a value stands for: ipvsadm -S has a word for the first two flags of sh and mh only, so
// it prints nothing after -b where flag-3 alone is set, and does not read that itself.
Result<std::uint32_t> parse_missing_rule_flags(std::string_view scheduler);

}  // namespace hawser::lbctl
