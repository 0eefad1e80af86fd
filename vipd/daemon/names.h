// How a vip is called in answers: as in the file; "web/ipv4" and "web/ipv6" where it elects by both families.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace hawser::vipd {

// Why nothing is known of `wanted`, where these are known.
inline std::string no_such_vip(const std::string& wanted, const std::vector<std::string>& names) {
  const auto four = wanted + "/ipv4";
  const auto six = wanted + "/ipv6";
  if (std::ranges::find(names, four) != names.end() || std::ranges::find(names, six) != names.end())
    return fmt::format("{}: it elects by both families: write {} or {}", wanted, four, six);
  return fmt::format("{}: no such vip", wanted);
}

// Of a vip with store = "local-routes": the log says it when the vip begins, `vipctl status` always.
inline constexpr std::string_view kNoLease =
    "no lease: its addresses are local routes: after a vipd that is killed for good 'vipd cleanup' removes "
    "them";

}  // namespace hawser::vipd
