#include "lib/reconcile/host_file.h"

#include <cerrno>

namespace hawser {
namespace {

config::Emptiness emptiness_of(const cli::Arguments& arguments) {
  return arguments.has("--allow-empty") ? config::Emptiness::kAllowed : config::Emptiness::kRefused;
}

}  // namespace

HostFile unreadable(const std::filesystem::path& file, const Error& why) {
  return {{},
          {},
          {},
          {config::Problem{.file = file.string(), .line = 0, .column = 0, .key = {}, .what = why.text}},
          {}};
}

HostFile judge_sources(std::vector<config::Source> sources, const config::NodeChoice& node, config::Part part,
                       config::Emptiness emptiness) {
  auto loaded = config::load(sources, node, part, emptiness);
  return {std::move(sources), std::move(loaded.config), std::move(loaded.effective),
          std::move(loaded.problems), std::move(loaded.notes)};
}

HostFile read_file_of(const cli::Arguments& arguments, config::Part part) {
  auto sources = config::read_sources(arguments.config);
  if (!sources) return unreadable(arguments.config, sources.error());
  return judge_sources(std::move(*sources), config::node_of_this_host(arguments.node), part,
                       emptiness_of(arguments));
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
  auto good = config::read_last_good(arguments.state_dir, "netd");
  if (!good && good.error().code == ENOENT)
    return unreadable(arguments.state_dir, {"no last good file was kept", ENOENT});
  if (!good) return unreadable(arguments.state_dir, good.error());
  auto node = config::node_of_this_host(arguments.node);
  node.kept = good->node;
  // What was applied once may be applied again, also when it was asked to take everything away.
  return judge_sources(std::move(good->sources), node, config::Part::kNetd, config::Emptiness::kAllowed);
}

}  // namespace hawser
