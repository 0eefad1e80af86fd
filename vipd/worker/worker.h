// The worker: what the advertising process must not do. It reads the file, judges it, keeps the last good one
// in the state directory, hands the vips over, sets what has to be written down first, and asks the
// providers. A program of its own, vipd-worker, started by vipd itself; it ends with it.
#pragma once

namespace hawser::vipd {

// Answers until the other end is closed. Returns the exit code.
int run_worker();

}  // namespace hawser::vipd
