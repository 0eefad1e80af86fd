// Reading /etc/hawser/hawser.toml and hawser.d/*.toml: every problem of meaning in one go, or one host's
// Config.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lib/config/config.h"

namespace hawser::config {

// One thing wrong with the file. Printed as "FILE:LINE:COLUMN: key: what is wrong"; line 0: the file as a
// whole, which `what` names ("/etc/hawser/hawser.toml: read: Permission denied").
struct Problem {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
  std::string key;  // dotted, as the user wrote it: "vip.web.priority"
  std::string what;
  bool operator==(const Problem&) const = default;
};
std::string to_string(const Problem& problem);
// The same shape for what is only worth knowing: "FILE:LINE:COLUMN: key: note: ..".
std::string note_text(const Problem& note);

// One file's text, already read: loading is pure and needs no file system.
struct Source {
  std::string file;
  std::string text;
  bool operator==(const Source&) const = default;
};

// Which daemon judges the file (DESIGN 5): a broken service does not keep an address down.
enum class Part : std::uint8_t { kNetd, kVipd, kAll };

// Whether a file may make nothing at all: /dev/null, a copy that broke off, only comments.
enum class Emptiness : std::uint8_t { kRefused, kAllowed };

struct Effective {      // one row of `netd dump`
  std::string key;      // "vip.web.priority", "pool.web.real[1].weight"
  std::string value;    // as TOML
  std::string origin;   // "hawser.toml:12", "defaults.vip at hawser.toml:3", "default"
  std::string section;  // "vip.web", "pool.web.real[1]"; empty: above all sections
  std::string whole;    // for all nodes, where they must know each other's: { lb1 = 150, lb2 = 100 }
};

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

// The last good file (DESIGN 5), and whom it was good for: the host may have got another name since.
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
