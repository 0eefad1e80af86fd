// What another reading of the file means for this host's vips, in words. Pure.
#pragma once

#include <string>
#include <vector>

#include "lib/config/config.h"

namespace hawser::vipd {

// "web changed (priority, addresses), db added, old removed"; "no vip differs".
std::string changes_between(const std::vector<config::Vip>& before, const std::vector<config::Vip>& after);

}  // namespace hawser::vipd
