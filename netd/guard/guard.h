// The bond guard's process (netd-guard, started by netd itself): its own netlink sockets, real-time
// priority where permitted, and nothing else, so that neither a probe nor a scrape nor a crash delays a
// cable.
#pragma once

namespace hawser::netd {

// Runs until netd is gone. The exit code.
int run_guard();

}  // namespace hawser::netd
