// The command line that all programs share, from a table of verbs. `--help` and the usage line
// come from the same table, and tests compare the man pages with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/daemon/exit_code.h"

namespace hawser::cli {

// What the user wrote, defaults filled in.
struct Arguments {
  std::filesystem::path config = "/etc/hawser/hawser.toml";
  std::string node;  // empty: not given
  std::filesystem::path runtime_dir = "/run/hawser";
  std::filesystem::path state_dir = "/var/lib/hawser";
  bool json = false;
  std::string verb;
  std::vector<std::string> words;             // after the verb
  std::set<std::string> flags;                // the verb's own: "--dry-run"
  std::map<std::string, std::string> values;  // the verb's own: "--for" -> "30m"

  [[nodiscard]] bool has(const std::string& flag) const { return flags.contains(flag); }
};

// One option of a verb.
struct Option {
  std::string name;   // "--dry-run", "-c,--config"
  std::string value;  // "DURATION" where it takes one; empty: a flag
  std::string help;
};

struct Verb {
  std::string name;
  std::string words;  // "BOND", "[BOND]", "BOND PORT", "NAME...": also how many are taken
  std::string help;   // one line, without a full stop
  std::function<int(const Arguments&)> run;  // the exit code; see lib/daemon/exit_code.h
  std::vector<Option> options{};
};

// What people try who come from another program, and what is written here instead.
struct Hint {
  std::vector<std::string> words;  // verbs and options: "list", "-A"; "bond*": whatever begins so
  std::string remedy;              // "write 'bondctl show'"; {} stands for the word
};

enum class Common : std::uint8_t { kConfig, kNode, kRuntimeDir, kStateDir, kJson };

struct Program {
  std::string name;
  std::string summary;          // one line
  std::vector<Common> options;  // those that mean something here
  std::vector<Verb> verbs;
  std::vector<Hint> hints{};
};

// Parses, runs the verb and returns the exit code. Prints what is wrong with the command line to stderr
// (kUsage); output that could not be written is kRefused.
int run(const Program& program, int argc, const char* const* argv);

// The pure part: what run() would do. An error is a line for stderr, its usage line included.
struct Invocation {
  const Verb* verb = nullptr;  // none: print `text` and end with kDone
  Arguments arguments;
  std::string text;
};
Result<Invocation> parse(const Program& program, const std::vector<std::string>& words);

// "[BOND]" -> 0..1, "NAME..." -> 1.., "" -> 0.
struct Arity {
  std::size_t least = 0, most = 0;
  bool operator==(const Arity&) const = default;
};
Arity arity_of(std::string_view words);

}  // namespace hawser::cli
