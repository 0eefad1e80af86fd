#include "lbctl/change/restore_verb.h"

#include <algorithm>

#include "lbctl/change/lookup.h"
#include "lib/base/atomic_file.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"

namespace hawser::lbctl {

namespace {

const cli::Option kReplace{"--replace", "",
                           "make the table what the rules say: change what differs, take out the rest"};
const cli::Option kKeepGoing{"--keep-going", "", "do what can be done beside bad and refused lines"};

struct RulesText {
  std::string source;  // for messages
  std::string text;
};

// A hundred thousand services with ten real servers each are 70 MB.
constexpr std::size_t kLargestRules = std::size_t{1} << 30U;

Result<RulesText> read_rules(const std::vector<std::string>& words) {
  const bool piped = words.empty() || words.front() == "-";
  auto text = piped ? read_stdin(kLargestRules) : read_file(words.front(), kLargestRules);
  if (!text) return tl::unexpected(text.error());
  return RulesText{piped ? "stdin" : words.front(), std::move(*text)};
}

// Bad lines are the file's fault; what only this table refuses is a refusal.
TableChange change_by(const std::string& source, const ParsedRules& parsed, Replayed replayed) {
  TableChange change;
  change.steps = std::move(replayed.steps);
  change.source = source;
  auto problems = parsed.problems;
  problems.insert(problems.end(), replayed.problems.begin(), replayed.problems.end());
  std::ranges::stable_sort(problems, {}, &RuleProblem::line);
  const bool of_the_kernel = std::ranges::all_of(problems, &RuleProblem::of_the_kernel);
  change.status = of_the_kernel ? kRefused : kConfiguration;
  for (const auto& problem : problems)
    change.problems.push_back(fmt::format("{}:{}: {}", source, problem.line, problem.text));
  return change;
}

// Rules that hold no service, in place of a table that has some: the wrong file, most of the time.
bool empties(const State& there, const std::vector<RuleStep>& steps) {
  const auto goes = [](const RuleStep& one) { return is<DeleteService>(one.step); };
  const auto comes = [](const RuleStep& one) { return is<AddService>(one.step); };
  const auto gone = static_cast<std::size_t>(std::ranges::count_if(steps, goes));
  return gone > 0 && gone == there.services.size() && std::ranges::none_of(steps, comes);
}

// Adds what a rule is about; false: it is about all services.
struct NameServices {
  std::set<ServiceKey>& services;

  bool operator()(const ClearTable& /*rule*/) const { return false; }
  bool operator()(const ZeroCounters& rule) const {
    if (rule.key) services.insert(*rule.key);
    return rule.key.has_value();
  }
  bool operator()(const SetIpvsTimeouts& /*rule*/) const { return true; }
  bool operator()(const StartSync& /*rule*/) const { return true; }
  bool operator()(const StopSync& /*rule*/) const { return true; }
  template <class OfService>
  bool operator()(const OfService& rule) const {
    services.insert(rule.key);
    return true;
  }
};

// A few rules for a large table must not cost a look at all of it.
Scope scope_of(const std::vector<Rule>& rules, const HowRestored& how) {
  auto scope = kAllOfIpvs;
  if (how.replace) return scope;
  for (const auto& rule : rules)
    if (!std::visit(NameServices{scope.services}, rule.action)) return kAllOfIpvs;
  return scope;
}

}  // namespace

std::vector<cli::Option> restore_options() {
  return {kReplace, kKeepGoing, kDryRun};
}

TableChange change_by_rules(const std::string& source, const ParsedRules& parsed, const State& there,
                            const HowRestored& how) {
  auto change = change_by(
      source, parsed, how.replace ? replay_instead(there, parsed.rules) : replay_onto(there, parsed.rules));
  if (how.replace && change.problems.empty() && empties(there, change.steps)) {
    change.steps.clear();
    change.problems.push_back(fmt::format(
        "{}: has no service, and would take out every one that is there: nothing changed: write 'lbctl "
        "clear' if that is meant",
        source));
    return change;
  }
  change.goes_on = how.keep_going;
  change.quiet = true;
  return change;
}

int restore_verb(const cli::Arguments& arguments) {
  const auto rules = read_rules(arguments.words);
  if (!rules) return cli::refuse(arguments, "lbctl", rules.error());
  const auto parsed = parse_rules(rules->text, system_names());
  const HowRestored how{arguments.has(kReplace.name), arguments.has(kKeepGoing.name)};
  return change_table(arguments, scope_of(parsed.rules, how), [&](const Observed& observed) {
    return change_by_rules(rules->source, parsed, observed.state, how);
  });
}

}  // namespace hawser::lbctl
