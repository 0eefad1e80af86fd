// The worker: what the advertising process must not do. It reads the file, judges it, keeps the last good one
// in the state directory, hands the vips over, and sets what has to be written down first. A program of its
// own, vipd-worker, started by vipd itself; it ends with it.
#pragma once

#include "lib/config/load.h"
#include "vipd/worker/worker_protocol.h"

namespace hawser::vipd {

// The file as it is now; where it is bad, the one that was kept, if any. `sources` is what to keep.
struct FileReading {
  Reading reading;
  std::vector<config::Problem> notes;
  std::vector<config::Source> sources;
};
FileReading read_files(const Files& files, bool may_use_last_good,
                       config::Emptiness emptiness = config::Emptiness::kRefused);
// The whole file, netd's part too: for who asks whether it is good.
FileReading judge_whole(const Files& files);

// vipd-worker: answers until the other end is closed. Returns the exit code.
int run_worker();

}  // namespace hawser::vipd
