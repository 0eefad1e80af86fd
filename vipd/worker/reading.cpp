#include "vipd/worker/reading.h"

#include <cerrno>

#include "lib/config/host_file.h"

namespace hawser::vipd {

namespace {

FileReading reading_of(config::HostFile file) {
  FileReading result;
  result.reading.problems = std::move(file.problems);
  result.notes = std::move(file.notes);
  if (!result.reading.problems.empty()) return result;
  result.reading.settings = settings_of(file.config);
  result.sources = std::move(file.sources);
  result.routes = route_plans(file.config);
  result.fences = fence_plans(file.config);
  return result;
}

}  // namespace

FileReading read_files(const Files& files, bool may_use_last_good, config::Emptiness emptiness) {
  auto result = reading_of(config::read_host_file(files.config, files.node, config::Part::kVipd, emptiness));
  if (result.reading.settings || !may_use_last_good) return result;
  auto kept = config::read_kept_file(files.state_directory, "vipd", files.node, config::Part::kVipd);
  if (!kept && kept.error().code != ENOENT)
    result.reading.problems.push_back(config::unreadable(files.config, kept.error()).problems.front());
  if (!kept || !kept->good()) return result;
  auto last = reading_of(std::move(*kept));
  last.reading.last_good = true;
  last.reading.problems = std::move(result.reading.problems);
  last.sources.clear();  // kept already
  return last;
}

FileReading judge_whole(const Files& files) {
  return reading_of(
      config::read_host_file(files.config, files.node, config::Part::kAll, config::Emptiness::kRefused));
}

}  // namespace hawser::vipd
