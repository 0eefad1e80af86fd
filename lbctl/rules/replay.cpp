#include "lbctl/rules/replay.h"

#include <set>

#include "lib/base/find_in.h"
#include "lib/plan/draft.h"
#include "lib/plan/simulate.h"

namespace hawser::lbctl {

namespace {

// The lines that had the last say in a service and its real servers; 0: none.
struct LinesOf {
  std::size_t service = 0;
  std::map<Endpoint, std::size_t> reals;
};

// The table while lines are carried out on it.
class Replay {
 public:
  Replay(State table, std::size_t rules) : table_(std::move(table)) { result_.steps.reserve(rules); }

  void take(const Rule& rule) {
    line_ = rule.line;
    std::visit([this](const auto& one) { take_one(one); }, rule.action);
  }

  [[nodiscard]] const State& table() const { return table_; }
  [[nodiscard]] const IpvsHost& named() const { return named_; }
  [[nodiscard]] std::size_t line_of(const ServiceKey& key) const {
    const auto* lines = find_in(lines_, key);
    return lines == nullptr ? 0 : lines->service;
  }
  [[nodiscard]] std::size_t line_of(const ServiceKey& key, const Endpoint& real) const {
    const auto* lines = find_in(lines_, key);
    const auto* line = lines == nullptr ? nullptr : find_in(lines->reals, real);
    return line == nullptr ? 0 : *line;
  }
  [[nodiscard]] std::size_t host_line() const { return host_line_; }
  Replayed finish() { return std::move(result_); }
  [[nodiscard]] const std::vector<RuleStep>& zeroes() const { return zeroes_; }

 private:
  void problem(const std::string& text, bool of_the_kernel) {
    result_.problems.push_back({line_, text, of_the_kernel});
  }

  void step(Step one) {
    simulate(table_, one);
    result_.steps.push_back({line_, std::move(one)});
  }

  // Said twice in the rules, or there before them?
  void twice(const std::string& object, std::size_t first) {
    if (first != 0)
      problem(fmt::format("{}: is in line {} already", object, first), false);
    else
      problem(fmt::format("{}: is there already, otherwise than here: --replace makes it as here", object),
              true);
  }

  // A service that this line may be about; nullptr: it was said why not.
  Service* service_at(const ServiceKey& key) {
    auto* service = find_in(table_.services, key);
    if (service == nullptr) problem(fmt::format("{}: no such service", key), !deleted_.contains(key));
    return service;
  }

  RealServer* real_at(const ServiceKey& key, const Endpoint& real) {
    auto* service = service_at(key);
    if (service == nullptr) return nullptr;
    auto* server = find_in(service->reals, real);
    if (server == nullptr) problem(fmt::format("{}: no such real server: {}", key, real), true);
    return server;
  }

  void take_one(const AddService& rule) {
    const auto first = line_of(rule.key);
    const auto* there = find_in(table_.services, rule.key);
    if (there != nullptr && (first != 0 || without_reals(*there) != rule.service))
      return twice(to_string(rule.key), first);
    lines_[rule.key].service = line_;
    if (there == nullptr) step(rule);
  }

  void take_one(const EditService& rule) {
    const auto* there = service_at(rule.key);
    if (there == nullptr) return;
    lines_[rule.key].service = line_;
    if (const auto from = without_reals(*there); from != rule.to) step(EditService{rule.key, from, rule.to});
  }

  void take_one(const DeleteService& rule) {
    if (service_at(rule.key) == nullptr) return;
    forget(rule.key);
    step(rule);
  }

  void take_one(const AddReal& rule) {
    auto* service = service_at(rule.key);
    if (service == nullptr) return;
    auto& line = lines_[rule.key].reals[rule.real];
    const auto* there = find_in(service->reals, rule.real);
    if (there != nullptr && (line != 0 || *there != rule.server))
      return twice(fmt::format("{}: real server {}", rule.key, rule.real), line);
    line = line_;
    if (there == nullptr) step(rule);
  }

  void take_one(const EditReal& rule) {
    const auto* there = real_at(rule.key, rule.real);
    if (there == nullptr) return;
    lines_[rule.key].reals[rule.real] = line_;
    if (const auto from = *there; from != rule.to) step(EditReal{rule.key, rule.real, from, rule.to});
  }

  void take_one(const DeleteReal& rule) {
    if (real_at(rule.key, rule.real) == nullptr) return;
    lines_[rule.key].reals.erase(rule.real);
    step(rule);
  }

  void take_one(const ClearTable& /*rule*/) {
    while (!table_.services.empty()) {
      const auto key = table_.services.begin()->first;
      forget(key);
      step(DeleteService{key});
    }
  }

  void take_one(const SetIpvsTimeouts& rule) {
    host_line_ = line_;
    const auto from = table_.ipvs.timeouts.value_or(IpvsTimeouts{});
    const auto to = settled(rule.to, from);
    named_.timeouts = to;
    if (to != from) step(SetIpvsTimeouts{from, to});
  }

  void take_one(const StartSync& rule) {
    const auto* there = find_in(table_.ipvs.daemons, rule.role);
    const bool same = there != nullptr && settled(rule.daemon, rule.role, *there) == *there;
    if (there != nullptr && (named_.daemons.contains(rule.role) || !same))
      return twice(fmt::format("sync {}", name_of(rule.role)),
                   named_.daemons.contains(rule.role) ? host_line_ : 0);
    host_line_ = line_;
    named_.daemons[rule.role] = rule.daemon;
    if (there == nullptr) step(rule);
  }

  void take_one(const StopSync& rule) {
    host_line_ = line_;
    named_.daemons.erase(rule.role);
    if (!table_.ipvs.daemons.contains(rule.role))
      return problem(fmt::format("sync {}: does not run", name_of(rule.role)), true);
    step(rule);
  }

  void take_one(const ZeroCounters& rule) {
    if (rule.key && service_at(*rule.key) == nullptr) return;
    zeroes_.push_back({line_, rule});
    step(rule);
  }

  void forget(const ServiceKey& key) {
    deleted_.insert(key);
    lines_.erase(key);
  }

  State table_;
  IpvsHost named_;                // what the rules say of the host
  std::set<ServiceKey> deleted_;  // by the rules
  std::map<ServiceKey, LinesOf> lines_;
  std::size_t host_line_ = 0;
  std::size_t line_ = 0;
  std::vector<RuleStep> zeroes_;
  Replayed result_;
};

// The line that wants a step of a plan.
struct LineOfStep {
  const Replay& replay;

  std::size_t operator()(const AddReal& step) const { return replay.line_of(step.key, step.real); }
  std::size_t operator()(const EditReal& step) const { return replay.line_of(step.key, step.real); }
  std::size_t operator()(const AddService& step) const { return replay.line_of(step.key); }
  std::size_t operator()(const EditService& step) const { return replay.line_of(step.key); }
  std::size_t operator()(const SetIpvsTimeouts& /*step*/) const { return replay.host_line(); }
  std::size_t operator()(const StartSync& /*step*/) const { return replay.host_line(); }
  template <class Other>
  std::size_t operator()(const Other& /*step*/) const {
    return 0;
  }
};

// A table without services, in which the daemons run that are there: a line that stops one is carried out.
State emptied(const State& there) {
  State empty;
  empty.ipvs.timeouts = there.ipvs.timeouts;
  return empty;
}

}  // namespace

Replayed replay_onto(const State& there, const std::vector<Rule>& rules) {
  Replay replay(there, rules.size());
  for (const auto& rule : rules) replay.take(rule);
  return replay.finish();
}

Replayed replay_instead(const State& there, const std::vector<Rule>& rules) {
  Replay replay(emptied(there), rules.size());
  for (const auto& rule : rules)
    if (!std::holds_alternative<StopSync>(rule.action)) replay.take(rule);
  State target;
  target.services = replay.table().services;
  std::vector<Step> steps;
  for (auto& one : towards_ipvs(there, target)) steps.push_back(std::move(one));
  for (const auto& one : towards_ipvs_host(there.ipvs, replay.named())) steps.emplace_back(one);
  for (const auto& rule : rules)
    if (const auto* stop = std::get_if<StopSync>(&rule.action); stop != nullptr &&
                                                                there.ipvs.daemons.contains(stop->role) &&
                                                                !replay.named().daemons.contains(stop->role))
      steps.emplace_back(*stop);
  std::vector<RuleStep> numbered;
  numbered.reserve(steps.size());
  for (auto& step : steps) {
    const auto line = visit_kind(LineOfStep{replay}, step);
    numbered.push_back({line, std::move(step)});
  }
  for (const auto& zero : replay.zeroes()) numbered.push_back(zero);
  auto result = replay.finish();
  result.steps = std::move(numbered);
  return result;
}

}  // namespace hawser::lbctl
