// What another reading of the file means for this host's vips, in words. Pure.
#pragma once

#include <string>
#include <vector>

#include "lib/config/config.h"

namespace hawser::vipd {

// "web changed (priority, addresses), db added, old removed"; "no vip differs".
std::string changes_between(const std::vector<config::Vip>& before, const std::vector<config::Vip>& after);

// Of a virtual router that the file no longer has: "web: no longer in the file", or where the vip is now.
std::string why_leaving(const config::Vip& router, const std::vector<config::Vip>& after);

}  // namespace hawser::vipd
