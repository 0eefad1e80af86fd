// What of the file is not as it should be at this moment: what `vipctl status` says first, and exits with.
// Pure.
#pragma once

#include <vector>

#include "lib/control/finding.h"
#include "vipd/daemon/status.h"

namespace hawser::vipd {

// Only what is known. An Active router on a multicast segment cannot know whether anybody would take over
// (RFC 9568: a Backup is silent), so nothing is said of that.
std::vector<Finding> findings(const DaemonStatus& status);

}  // namespace hawser::vipd
