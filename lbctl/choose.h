// Which services were asked for. Pure.
#pragma once

#include <string>
#include <vector>

#include "lbctl/view.h"
#include "lib/base/result.h"

namespace hawser::lbctl {

// No words: all. Else by netd's name ("web"), virtual address ("192.0.2.1:80", "192.0.2.1") or key ("tcp
// 192.0.2.1:80", "fwmark 7"). Error: none is so called; says so when names are unknown because netd is
// silent.
Result<View> choose(const View& view, const std::vector<std::string>& words);

}  // namespace hawser::lbctl
