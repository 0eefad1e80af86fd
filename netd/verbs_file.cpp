// Verbs that only look at the file.
#include <algorithm>

#include <boost/json.hpp>

#include "lib/answer/verdict.h"
#include "lib/config/dump.h"
#include "lib/reconcile/host_file.h"
#include "netd/verbs.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;

void add_new(std::vector<config::Problem>& all, const std::vector<config::Problem>& more) {
  for (const auto& one : more)
    if (std::ranges::find(all, one) == all.end()) all.push_back(one);
}

int judge_for_every_node(const cli::Arguments& arguments) {
  const auto sources = config::read_sources(arguments.config);
  if (!sources)
    return answer::refuse(arguments, {config::unreadable(arguments.config, sources.error()).problems, {}});
  answer::Verdict all;  // what every node has, each once
  const auto nodes = config::node_names(*sources);
  for (const auto& node : nodes) {
    const auto reading = config::judge_sources(*sources, config::node_of_this_host(node), config::Part::kAll);
    add_new(all.problems, reading.problems);
    add_new(all.notes, reading.notes);
  }
  if (!all.good()) return answer::refuse(arguments, all);
  return answer::accept(arguments, all,
                        fmt::format("{}: good for {}\n", arguments.config.string(),
                                    nodes.size() == 1 ? "one node" : fmt::format("{} nodes", nodes.size())));
}

json::object dump_json(const HostFile& reading) {
  json::array rows;
  for (const auto& row : reading.effective)
    rows.push_back(json::object{{"key", row.key}, {"value", row.value}, {"origin", row.origin}});
  const auto& node = reading.config.node;
  return {{"node", node.empty() ? json::value() : json::value(node)}, {"settings", std::move(rows)}};
}

}  // namespace

int check(const cli::Arguments& arguments) {
  if (arguments.has("--all-nodes")) return judge_for_every_node(arguments);
  const auto reading = read_file_of(arguments, config::Part::kAll);
  const answer::Verdict verdict{reading.problems, reading.notes};
  if (!verdict.good()) return answer::refuse(arguments, verdict);
  return answer::accept(arguments, verdict, fmt::format("{}: good\n", arguments.config.string()));
}

int dump(const cli::Arguments& arguments) {
  const auto reading = read_file_of(arguments);
  const answer::Verdict verdict{reading.problems, reading.notes};
  if (!verdict.good()) return answer::refuse(arguments, verdict);
  return answer::accept(arguments, verdict, config::dump_file(reading.effective), dump_json(reading));
}

}  // namespace hawser::netd
