#include "lib/reconcile/host_file.h"

#include <cerrno>

namespace hawser {
namespace {

config::Emptiness emptiness_of(const cli::Arguments& arguments) {
  return arguments.has("--allow-empty") ? config::Emptiness::kAllowed : config::Emptiness::kRefused;
}

}  // namespace

HostFile read_file_of(const cli::Arguments& arguments, config::Part part) {
  return config::read_host_file(arguments.config, arguments.node, part, emptiness_of(arguments));
}

HostFile read_file_over(const cli::Arguments& arguments, const std::function<Holdings()>& held) {
  auto reading = read_file_of(arguments);
  const bool may_leave_nothing = reading.config.network.links.empty() || reading.config.services.empty();
  if (!reading.good() || !may_leave_nothing || emptiness_of(arguments) == config::Emptiness::kAllowed)
    return reading;
  if (const auto refusal = refusal_to_empty(held(), reading.config))
    reading.problems.push_back({.file = arguments.config.string(),
                                .line = 0,
                                .column = 0,
                                .key = {},
                                .what = fmt::format("{}: {}", arguments.config.string(), *refusal)});
  return reading;
}

HostFile read_last_good_of(const cli::Arguments& arguments) {
  auto kept = config::read_kept_file(arguments.state_dir, "netd", arguments.node, config::Part::kNetd);
  if (kept) return std::move(*kept);
  if (kept.error().code == ENOENT)
    return config::unreadable(arguments.state_dir, {"no last good file was kept", ENOENT});
  return config::unreadable(arguments.state_dir, kept.error());
}

}  // namespace hawser
