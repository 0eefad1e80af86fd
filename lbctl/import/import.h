// Other programs' files as ours: what ipvsadm's rules, ldirectord.cf and keepalived.conf say of virtual
// services, their checks and virtual routers, as TOML that `netd check` and `vipd check` take, and line by
// line what of them it cannot say. Pure: files are read by the caller.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/names.h"
#include "lib/base/result.h"
#include "lib/config/config.h"
#include "lib/config/engine/problem.h"
#include "lib/foreign/lines.h"

namespace hawser::lbctl {

enum class Foreign : std::uint8_t { kIpvsadmRules, kLdirectord, kKeepalived };

// Files that an `include` of keepalived.conf names, sorted. Relative names are from the folder of the file
// `from`. The error says which could not be read; none that match is an error, too.
using IncludeReader =
    std::function<Result<std::vector<config::Source>>(const std::string& pattern, const std::string& from)>;

struct Imported {
  std::string text;               // TOML; empty: nothing of it could stand in a file
  std::vector<LeftOut> left_out;  // by file and line
  config::Config config;          // what the text says; nothing where it is empty
};

Imported import_file(Foreign format, const config::Source& original, const IncludeReader& include);

}  // namespace hawser::lbctl

namespace hawser {

template <>
inline constexpr std::array<Name<lbctl::Foreign>, 3> kNames<lbctl::Foreign>{{
    {lbctl::Foreign::kIpvsadmRules, "ipvsadm-rules"},
    {lbctl::Foreign::kLdirectord, "ldirectord.cf"},
    {lbctl::Foreign::kKeepalived, "keepalived.conf"},
}};

}  // namespace hawser
