// The file, read and judged for vipd.
#pragma once

#include "lib/config/load.h"
#include "vipd/worker/fence_plan.h"
#include "vipd/worker/route_plan.h"
#include "vipd/worker/worker_protocol.h"

namespace hawser::vipd {

// The file as it is now; where it is bad, the one that was kept, if any. `sources` is what to keep.
struct FileReading {
  Reading reading;
  std::vector<config::Problem> notes;
  std::vector<config::Source> sources;
  std::vector<RoutePlan> routes;
  std::map<std::string, FencePlan> fences;  // by vip
};
FileReading read_files(const Files& files, bool may_use_last_good,
                       config::Emptiness emptiness = config::Emptiness::kRefused);
// The whole file, netd's part too: for who asks whether it is good.
FileReading judge_whole(const Files& files);

// STATE/vipd-remembered.json; one that is not there is empty.
Result<std::string> recall(const std::filesystem::path& state_directory);
Status remember(const std::filesystem::path& state_directory, std::string_view text);

}  // namespace hawser::vipd
