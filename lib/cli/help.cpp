#include "lib/cli/help.h"

#include <algorithm>
#include <utility>

namespace hawser::cli {
namespace {

using Row = std::pair<std::string, std::string>;

std::string spelled(const Option& option) {
  auto names = option.name;
  if (const auto comma = names.find(','); comma != std::string::npos) names.insert(comma + 1, " ");
  return option.value.empty() ? names : names + " " + option.value;
}

std::string spelled(const Verb& verb) {
  return verb.words.empty() ? verb.name : verb.name + " " + verb.words;
}

std::string block(std::string_view title, const std::vector<Row>& rows) {
  if (rows.empty()) return {};
  std::size_t width = 0;
  for (const auto& [left, right] : rows) width = std::max(width, left.size());
  std::string text = fmt::format("\n{}:\n", title);
  for (const auto& [left, right] : rows) text += fmt::format("  {:<{}}  {}\n", left, width, right);
  return text;
}

std::vector<Row> rows_of(const std::vector<Option>& options) {
  std::vector<Row> rows;
  rows.reserve(options.size());
  for (const auto& option : options) rows.emplace_back(spelled(option), option.help);
  return rows;
}

std::vector<Row> common_rows(const Program& program) {
  std::vector<Row> rows;
  for (const auto option : program.options) {
    const auto row = describe(option);
    rows.emplace_back(spelled(row), row.help);
  }
  rows.emplace_back("-h, --help", "print this and end; after a verb: about that verb");
  rows.emplace_back("-V, --version", "print the version and end");
  return rows;
}

std::vector<Row> verb_rows(const Program& program) {
  std::vector<Row> rows;
  for (const auto& verb : program.verbs) {
    rows.emplace_back(spelled(verb), verb.help);
    for (const auto& option : verb.options) rows.emplace_back("  " + spelled(option), "  " + option.help);
  }
  rows.emplace_back("help [VERB]", "print this, or what is to know of that verb");
  return rows;
}

constexpr std::string_view kExitStatus =
    "\nexit status: 0 done, 1 refused by the kernel or a peer, 2 usage, 3 the answer is no, 78 "
    "configuration\n";

}  // namespace

Option describe(Common option) {
  switch (option) {
    case Common::kConfig:
      return {"-c,--config", "FILE", "the configuration (/etc/hawser/hawser.toml)"};
    case Common::kNode:
      return {"--node", "NAME", "which node of the file this host is (the host name)"};
    case Common::kRuntimeDir:
      return {"--runtime-dir", "DIR", "sockets and locks (/run/hawser)"};
    case Common::kStateDir:
      return {"--state-dir", "DIR", "what survives a restart (/var/lib/hawser)"};
    case Common::kJson:
      return {"--json", "", "answer in JSON"};
  }
  return {};
}

std::string usage_of(const Program& program) {
  return fmt::format("usage: {} [OPTIONS] VERB [WORDS]", program.name);
}

std::string usage_of(const Program& program, const Verb& verb) {
  return fmt::format("usage: {} [OPTIONS] {}", program.name, spelled(verb));
}

std::string help_of(const Program& program) {
  return fmt::format("{}: {}\n\n{}\n{}{}{}", program.name, program.summary, usage_of(program),
                     block("verbs", verb_rows(program)), block("options", common_rows(program)), kExitStatus);
}

std::string help_of(const Program& program, const Verb& verb) {
  auto rows = rows_of(verb.options);
  const auto common = common_rows(program);
  rows.insert(rows.end(), common.begin(), common.end());
  return fmt::format("{} {}: {}\n\n{}\n{}{}", program.name, verb.name, verb.help, usage_of(program, verb),
                     block("options", rows), kExitStatus);
}

}  // namespace hawser::cli
