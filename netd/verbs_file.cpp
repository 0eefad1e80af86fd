// Verbs that only look at the file.
#include <algorithm>

#include <boost/json.hpp>

#include "lib/cli/output.h"
#include "lib/config/dump.h"
#include "lib/control/json.h"
#include "netd/source.h"
#include "netd/verbs.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;

// The problems as "FILE:LINE:COLUMN: ...", without the program's name, so that editors can jump to them.
int complain(const std::vector<config::Problem>& problems) {
  for (const auto& problem : problems) fmt::print(stderr, "{}\n", to_string(problem));
  return kConfiguration;
}

void say_notes(const std::vector<config::Problem>& notes) {
  for (const auto& note : notes) fmt::print(stderr, "{}\n", note_text(note));
}

// What every node has, each once.
struct Judgement {
  std::vector<config::Problem> problems;
  std::vector<config::Problem> notes;
};

void add_new(std::vector<config::Problem>& all, const std::vector<config::Problem>& more) {
  for (const auto& one : more)
    if (std::ranges::find(all, one) == all.end()) all.push_back(one);
}

}  // namespace

int check(const cli::Arguments& arguments) {
  if (!arguments.has("--all-nodes")) {
    const auto reading = read_file_of(arguments, config::Part::kAll);
    say_notes(reading.notes);
    if (!reading.good()) return complain(reading.problems);
    cli::print(fmt::format("{}: good\n", arguments.config.string()));
    return kDone;
  }
  const auto sources = config::read_sources(arguments.config);
  if (!sources) return complain(unreadable(arguments.config, sources.error()).problems);
  Judgement all;
  const auto nodes = config::node_names(*sources);
  for (const auto& node : nodes) {
    const auto reading = judge_sources(*sources, node, config::Part::kAll);
    add_new(all.problems, reading.problems);
    add_new(all.notes, reading.notes);
  }
  say_notes(all.notes);
  if (!all.problems.empty()) return complain(all.problems);
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
  cli::print(config::dump_file(reading.effective));
  return kDone;
}

}  // namespace hawser::netd
