// Which services were asked for. Pure.
#pragma once

#include <string>
#include <vector>

#include "lbctl/view.h"
#include "lib/base/result.h"

namespace hawser::lbctl {

// No words: all. Else each that is named: by netd's name ("web"), virtual address ("192.0.2.1:80",
// "192.0.2.1") or key ("tcp 192.0.2.1:80", "fwmark 7"). Error: nothing matches one of the names; if netd did
// not answer, the text says that service names could not be resolved.
Result<View> choose(const View& view, const std::vector<std::string>& words);

}  // namespace hawser::lbctl
