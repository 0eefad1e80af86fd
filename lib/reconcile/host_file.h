// The file for this host, or the last good one when the file is broken.
#pragma once

#include <functional>

#include "lib/cli/command.h"
#include "lib/config/host_file.h"
#include "lib/reconcile/emptiness.h"

namespace hawser {

using config::HostFile;

// The file of --config for the node of --node, /etc/hawser/node or the host's name. netd runs by its own
// part; who asks whether the file is good wants to know all of it.
HostFile read_file_of(const cli::Arguments& arguments, config::Part part = config::Part::kNetd);
// The same for who will apply it: a file that would leave nothing of what there is has a problem too. `held`
// is asked only where it may come to that.
HostFile read_file_over(const cli::Arguments& arguments, const std::function<Holdings()>& held);
// The file that was kept; its problems say why there is none.
HostFile read_last_good_of(const cli::Arguments& arguments);

}  // namespace hawser
