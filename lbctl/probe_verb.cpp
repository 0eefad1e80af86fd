#include "lbctl/probe_verb.h"

#include <algorithm>

#include <boost/asio.hpp>
#include <boost/json.hpp>

#include "lbctl/probe.h"
#include "lib/answer/verdict.h"
#include "lib/cli/file_options.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/reconcile/host_file.h"

namespace hawser::lbctl {

namespace {

namespace json = boost::json;
using std::chrono::steady_clock;

constexpr std::size_t kAtOnce = 64;  // each holds a descriptor

// All that are in `probes`, a few at once. Each ends within its own timeout.
Answers ask_all(const std::map<probes::ProbeKey, config::Check>& probes) {
  Answers answers;
  boost::asio::io_context io;
  auto next = probes.begin();
  std::function<void()> start_next = [&] {
    if (next == probes.end()) return;
    const auto& [key, check] = *next++;
    const auto begun = steady_clock::now();
    boost::asio::co_spawn(io, probes::probe(check, key.target),
                          [&, key, begun](const std::exception_ptr& broken, probes::Verdict verdict) {
                            if (broken)
                              verdict = {probes::Outcome::kNotRun, "the probe could not be started"};
                            answers[key] = {std::move(verdict), std::chrono::duration_cast<Milliseconds>(
                                                                    steady_clock::now() - begun)};
                            start_next();
                          });
  };
  for (std::size_t i = 0; i < kAtOnce; ++i) start_next();
  io.run();
  return answers;
}

std::map<probes::ProbeKey, config::Check> each_once(const Askings& askings) {
  std::map<probes::ProbeKey, config::Check> probes;
  for (const auto& asking : askings.list) probes.try_emplace(asking.probe, asking.check);
  return probes;
}

void tell_answers(const cli::Arguments& arguments, const Askings& askings, const Answers& answers) {
  if (!arguments.json) {
    for (const auto& asking : askings.list) cli::print(lines_of(asking, answers.at(asking.probe)));
    for (const auto& name : askings.unchecked) cli::print(fmt::format("{}: no checks: always up\n", name));
    return;
  }
  json::array list;
  for (const auto& asking : askings.list) list.push_back(json_of(asking, answers.at(asking.probe)));
  cli::print(control::pretty(
      json::object{{"format", 1},
                   {"probes", std::move(list)},
                   {"unchecked", json::array(askings.unchecked.begin(), askings.unchecked.end())}}));
}

int status_of_answers(const Answers& answers) {
  const auto any = [&](probes::Outcome outcome) {
    return std::ranges::any_of(answers,
                               [&](const auto& entry) { return entry.second.verdict.outcome == outcome; });
  };
  if (any(probes::Outcome::kBad)) return kNo;
  return any(probes::Outcome::kNotRun) ? kRefused : kDone;
}

}  // namespace

std::vector<cli::Option> probe_options() {
  return cli::options_of({cli::Common::kConfig, cli::Common::kNode});
}

int probe_verb(const cli::Arguments& given) {
  const auto arguments = cli::with_file(given);
  const auto file = read_file_of(arguments);
  if (!file.good()) return answer::refuse(arguments, {file.problems, file.notes});
  const auto asked = arguments.words.empty() ? std::string() : arguments.words.front();
  const auto askings = askings_for(file.config, asked);
  if (askings.empty())
    return cli::refuse(arguments, "lbctl",
                       asked.empty() ? fmt::format("{} has no service", arguments.config.native())
                                     : fmt::format("{}: no such service and no such real server in {}", asked,
                                                   arguments.config.native()));
  const auto answers = ask_all(each_once(askings));
  tell_answers(arguments, askings, answers);
  return status_of_answers(answers);
}

}  // namespace hawser::lbctl
