// Reading /etc/hawser/hawser.toml and hawser.d/*.toml: every problem of meaning in one go, or one host's
// Config.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lib/config/config.h"
#include "lib/config/engine/problem.h"

namespace hawser::config {

// Whether a file may make nothing at all: /dev/null, a copy that broke off, only comments.
enum class Emptiness : std::uint8_t { kRefused, kAllowed };

struct Loaded {
  Config config;
  std::vector<Problem> problems;  // empty, or the config must not be used
  std::vector<Problem> notes;     // works, but probably not as meant
  std::vector<Effective> effective;
  [[nodiscard]] bool good() const { return problems.empty(); }
};

// Which node: `asked` (--node), else `node_file` (/etc/hawser/node), else `host_name`, whole or up to its
// first dot. As in DNS, capitals make no difference. Where that is no node of the file: `kept`.
struct NodeChoice {
  std::string asked;
  std::string node_file;
  std::string host_name;
  std::string kept{};  // whom a last good file was kept for
};
// What this host says it is.
NodeChoice node_of_this_host(const std::string& asked);

Loaded load(const std::vector<Source>& sources, const NodeChoice& choice, Part part = Part::kAll,
            Emptiness emptiness = Emptiness::kRefused);

// Every node's view of the same files; for `check --all-nodes`. One entry per node, "" for a single host.
std::vector<std::string> node_names(const std::vector<Source>& sources);

// FILE and, beside it, hawser.d/*.toml sorted by name without *~ and *.dpkg-*. The error says which file and
// why.
Result<std::vector<Source>> read_sources(const std::filesystem::path& file);

// The last good file, and whom it was good for: the host may have got another name since.
struct LastGood {
  std::string node;  // empty: of a file without [nodes]
  std::vector<Source> sources;
  bool operator==(const LastGood&) const = default;
};
// Kept in the state directory after it was applied, written atomically, and given to whom the directory
// belongs: root may have applied what the unit must read. Reading it, ENOENT: none was kept.
Status keep_last_good(const std::filesystem::path& state_directory, std::string_view program,
                      const LastGood& good);
Result<LastGood> read_last_good(const std::filesystem::path& state_directory, std::string_view program);

}  // namespace hawser::config
