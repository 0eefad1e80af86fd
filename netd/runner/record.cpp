#include "netd/runner/record.h"

#include <algorithm>
#include <set>

#include <boost/json.hpp>
#include <unistd.h>

#include "lib/base/json_in.h"
#include "lib/base/wall_clock.h"
#include "lib/cli/age.h"
#include "lib/cli/table.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;

bool only_asks(run::Action action) {
  return action == run::Action::kGet || action == run::Action::kMonitor;
}

// What it printed to stderr last is what it has to say, as "curl: (28) .." is.
std::string last_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

bool says_the_same(const Ran& one, const Ran& other) {
  return one.outcome.end == other.outcome.end && one.outcome.number == other.outcome.number &&
         one.outcome.output == other.outcome.output && one.outcome.text == other.outcome.text;
}

bool is_news(const Ran& ran, const Record* before) {
  if (!only_asks(ran.request.action) || before == nullptr) return true;
  const auto last = std::ranges::find_if(before->results, [&](const Ran& one) {
    return one.request.action == ran.request.action && one.request.address == ran.request.address &&
           one.request.step == ran.request.step;
  });
  return last == before->results.end() || !says_the_same(ran, *last);
}

// A program that asks may say no by its exit status.
Level level_of(const Ran& ran) {
  if (ran.outcome.end != run::End::kExited) return Level::kWarning;
  return ran.outcome.number == 0 || only_asks(ran.request.action) ? Level::kInfo : Level::kWarning;
}

json::object request_json(const run::Request& request) {
  auto object = run::to_json(request);
  object.erase("object");
  object["words"] = run::words_of(request);
  return object;
}

json::array results_json(const std::map<std::string, Record>& records, const std::string& name) {
  json::array list;
  const auto found = records.find(name);
  if (found == records.end()) return list;
  for (const auto& ran : found->second.results) {
    auto result = request_json(ran.request);
    for (const auto& member : run::to_json(ran.outcome)) result.insert(member);
    result["at"] = iso8601(ran.at);
    list.push_back(std::move(result));
  }
  return list;
}

json::value running_json(const std::map<std::string, Running>& running, const std::string& name) {
  const auto found = running.find(name);
  if (found == running.end()) return nullptr;
  auto object = request_json(found->second.request);
  object["since"] = iso8601(found->second.since);
  return object;
}

json::object object_json(const std::string& name, const RunnerFacts& facts) {
  const auto found = facts.catalogue.objects.find(name);
  const auto runnable = found == facts.catalogue.objects.end() ? Runnable{} : found->second;
  json::array addresses;
  for (const auto& address : runnable.addresses) addresses.emplace_back(to_string(address));
  json::array targets;
  for (const auto& target : runnable.targets) targets.emplace_back(target);
  const auto waits = facts.waiting.find(name);
  return {{"name", name},
          {"program", runnable.program},
          {"timeout_ms", runnable.limit.count()},
          {"addresses", std::move(addresses)},
          {"targets", std::move(targets)},
          {"running", running_json(facts.running, name)},
          {"waiting", waits == facts.waiting.end() ? 0 : waits->second},
          {"results", results_json(facts.records, name)}};
}

std::string last_words(const json::value& object) {
  const auto& results = list_in(object, "results");
  if (results.empty()) return "";
  const auto& last = results.front();
  return fmt::format("{}: {} after {}, at {}", text_in(last, "words"), text_in(last, "text"),
                     cli::format_age(Milliseconds(number_in(last, "took_ms"))), text_in(last, "at"));
}

std::string running_words(const json::value& object) {
  const auto& running = value_in(object, "running");
  if (!running.is_object()) return "";
  return fmt::format("{}, since {}", text_in(running, "words"), text_in(running, "since"));
}

std::string findings_text(const json::value& status) {
  std::string text;
  for (const auto& finding : list_in(status, "findings"))
    text += fmt::format("{}: {}: {}\n", text_in(finding, "object"), text_in(finding, "state"),
                        text_in(finding, "text"));
  return text;
}

}  // namespace

void Record::add(Ran ran) {
  results.push_front(std::move(ran));
  if (results.size() > kMost) results.pop_back();
}

std::optional<Event> event_of(const Ran& ran, const Record* before) {
  if (!is_news(ran, before)) return std::nullopt;
  const auto said = cli::printable(last_line(ran.outcome.errors));
  return Event{.kind = EventKind::kProcess,
               .level = level_of(ran),
               .object = ran.request.object,
               .what = run::words_of(ran.request),
               .to = fmt::format("{} after {}", ran.outcome.text, cli::format_age(ran.outcome.took)),
               .evidence = said};
}

json::object runner_status_json(const RunnerFacts& facts) {
  std::set<std::string> names;  // what runs still although the file has it no more, is shown too
  for (const auto& [name, runnable] : facts.catalogue.objects) names.insert(name);
  for (const auto& [name, running] : facts.running) names.insert(name);
  json::array objects;
  for (const auto& name : names) objects.push_back(object_json(name, facts));
  std::vector<Finding> found{answer::state_of_source(facts.source)};
  std::erase_if(found, [](const Finding& finding) { return finding.state == Condition::kOk; });
  return {{"format", 1},
          {"program", "hawser-runner"},
          {"version", HAWSER_VERSION},
          {"pid", ::getpid()},
          {"node", facts.catalogue.node},
          {"state", name_of(overall(found))},
          {"findings", findings_json(found)},
          {"config", answer::config_json(facts.source)},
          {"objects", std::move(objects)},
          {"lateness", json::object{{"loop", latencies_json(facts.loop)}}}};
}

std::string runner_status_text(const json::value& status, std::size_t width) {
  cli::Table table({{"OBJECT"},
                    {"PROGRAM"},
                    {"RUNNING"},
                    {"WAITING", cli::Align::kRight},
                    {"LAST RESULT", cli::Align::kLeft, cli::Fit::kWraps}});
  for (const auto& object : list_in(status, "objects")) {
    const auto waiting = number_in(object, "waiting");
    table.add({cli::printable(text_in(object, "name")), cli::printable(text_in(object, "program")),
               cli::printable(running_words(object)), waiting == 0 ? "" : std::to_string(waiting),
               cli::printable(last_words(object))});
  }
  const auto rows = table.str("", width);
  const auto& config = value_in(status, "config");
  return fmt::format("configuration  {} ({})\n{}\n{}", text_in(config, "file"), text_in(config, "state"),
                     findings_text(status), rows.empty() ? "nothing of the file is run here\n" : rows);
}

}  // namespace hawser::netd
