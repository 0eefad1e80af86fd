// The file as it counts on this host: read, judged for the node that this host is; and the one that was kept.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/load.h"

namespace hawser::config {

struct HostFile {
  std::vector<Source> sources;
  Config config;
  std::vector<Effective> effective;
  std::vector<Problem> problems;  // empty: `config` may be used
  std::vector<Problem> notes;     // what works, but probably not as meant
  [[nodiscard]] bool good() const { return problems.empty(); }
};

// One whose only problem is that there is nothing to judge.
HostFile unreadable(const std::filesystem::path& file, const Error& why);
HostFile judge_sources(std::vector<Source> sources, const NodeChoice& node, Part part,
                       Emptiness emptiness = Emptiness::kRefused);

// `node`: --node; empty: not given.
HostFile read_host_file(const std::filesystem::path& file, const std::string& node, Part part,
                        Emptiness emptiness);
// What `program` kept, as the node that it was kept for where this host has no name of the file. Error with
// ENOENT: nothing was kept.
Result<HostFile> read_kept_file(const std::filesystem::path& state_directory, std::string_view program,
                                const std::string& node, Part part);

}  // namespace hawser::config
