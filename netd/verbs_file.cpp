// Verbs that only look at the file.
#include <boost/json.hpp>

#include "lib/cli/output.h"
#include "lib/control/json.h"
#include "netd/source.h"
#include "netd/verbs.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;

// The problems as "FILE:LINE:COLUMN: ...", without the program's name, so that editors can jump to them.
int complain(const std::vector<std::string>& problems) {
  for (const auto& problem : problems) fmt::print(stderr, "{}\n", problem);
  return kConfiguration;
}

}  // namespace

int check(const cli::Arguments& arguments) {
  if (!arguments.has("--all-nodes")) {
    const auto reading = read_file_of(arguments, config::Part::kAll);
    if (!reading.good()) return complain(reading.problems);
    cli::print(fmt::format("{}: good\n", arguments.config.string()));
    return kDone;
  }
  const auto sources = config::read_sources(arguments.config);
  if (!sources) return complain({sources.error().text});
  std::set<std::string> seen;  // what is wrong for every node is said once
  std::vector<std::string> problems;
  const auto nodes = config::node_names(*sources);
  for (const auto& node : nodes)
    for (const auto& problem : judge_sources(*sources, node, config::Part::kAll).problems)
      if (seen.insert(problem).second) problems.push_back(problem);
  if (!problems.empty()) return complain(problems);
  cli::print(fmt::format("{}: good for {}\n", arguments.config.string(),
                         nodes.size() == 1 ? "one node" : fmt::format("{} nodes", nodes.size())));
  return kDone;
}

int dump(const cli::Arguments& arguments) {
  const auto reading = read_file_of(arguments);
  if (!reading.good()) return complain(reading.problems);
  if (arguments.json) {
    json::array rows;
    for (const auto& row : reading.effective)
      rows.push_back(json::object{{"key", row.key}, {"value", row.value}, {"origin", row.origin}});
    cli::print(
        control::pretty(json::object{{"format", 1}, {"node", reading.config.node}, {"settings", rows}}));
    return kDone;
  }
  std::string text;
  for (const auto& row : reading.effective)
    text += fmt::format("{} = {}  # {}\n", row.key, row.value, row.origin);
  cli::print(text);
  return kDone;
}

}  // namespace hawser::netd
