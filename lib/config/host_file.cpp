#include "lib/config/host_file.h"

namespace hawser::config {

HostFile unreadable(const std::filesystem::path& file, const Error& why) {
  return {
      {}, {}, {}, {Problem{.file = file.native(), .line = 0, .column = 0, .key = {}, .what = why.text}}, {}};
}

HostFile judge_sources(std::vector<Source> sources, const NodeChoice& node, Part part, Emptiness emptiness) {
  auto loaded = load(sources, node, part, emptiness);
  return {std::move(sources), std::move(loaded.config), std::move(loaded.effective),
          std::move(loaded.problems), std::move(loaded.notes)};
}

HostFile read_host_file(const std::filesystem::path& file, const std::string& node, Part part,
                        Emptiness emptiness) {
  auto sources = read_sources(file);
  if (!sources) return unreadable(file, sources.error());
  return judge_sources(std::move(*sources), node_of_this_host(node), part, emptiness);
}

Result<HostFile> read_kept_file(const std::filesystem::path& state_directory, std::string_view program,
                                const std::string& node, Part part) {
  auto kept = read_last_good(state_directory, program);
  if (!kept) return tl::unexpected(kept.error());
  auto choice = node_of_this_host(node);
  choice.kept = kept->node;
  // What was applied once may be applied again, also when it was asked to take everything away.
  return judge_sources(std::move(kept->sources), choice, part, Emptiness::kAllowed);
}

}  // namespace hawser::config
