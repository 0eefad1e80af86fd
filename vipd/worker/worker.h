// The worker: what the advertising process must not do. It reads the file, judges it, keeps the last good one
// in the state directory, and hands the vips over. Started by vipd itself; ends with it.
#pragma once

#include <filesystem>
#include <string>

#include "lib/config/load.h"
#include "vipd/worker/worker_protocol.h"

namespace hawser::vipd {

struct Files {
  std::filesystem::path config;
  std::filesystem::path state_directory;
  std::string node;  // --node; empty: not given
};

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

// The hidden verb: answers until the other end is closed. Returns the exit code.
int run_worker(const Files& files);

}  // namespace hawser::vipd
