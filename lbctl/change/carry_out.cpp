#include "lbctl/change/carry_out.h"

#include <cerrno>
#include <set>
#include <thread>

#include <boost/json.hpp>

#include "lbctl/change/waves.h"
#include "lib/answer/plan.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/plan/object.h"
#include "lib/plan/restore.h"

namespace hawser::lbctl {

namespace {

namespace json = boost::json;

constexpr std::string_view kProgram = "lbctl";

std::vector<Step> copies_of(std::span<const Step* const> steps) {
  std::vector<Step> list;
  list.reserve(steps.size());
  for (const auto* one : steps) list.push_back(*one);
  return list;
}

std::vector<Step> plain(const std::vector<RuleStep>& steps) {
  std::vector<Step> list;
  list.reserve(steps.size());
  for (const auto& one : steps) list.push_back(one.step);
  return list;
}

// --- answers ---

void say_problems(const cli::Arguments& arguments, const TableChange& change) {
  if (!arguments.json)
    for (const auto& problem : change.problems) cli::complain(kProgram, problem);
}

json::array problems_json(const TableChange& change) {
  json::array list;
  for (const auto& problem : change.problems) list.push_back(json::object{{"text", problem}});
  return list;
}

int refuse_all(const cli::Arguments& arguments, const TableChange& change) {
  say_problems(arguments, change);
  if (arguments.json)
    cli::print(control::pretty({{"format", 1}, {"good", false}, {"problems", problems_json(change)}}));
  return change.status;
}

json::object changed_json(const TableChange& change, std::span<const Step> steps) {
  return {{"format", 1},
          {"good", change.problems.empty()},
          {"problems", problems_json(change)},
          {"steps", answer::steps_json(steps)}};
}

int show_steps(const cli::Arguments& arguments, const TableChange& change) {
  const auto steps = plain(change.steps);
  say_problems(arguments, change);
  if (arguments.json) {
    cli::print(control::pretty(changed_json(change, steps)));
  } else {
    for (const auto& step : steps) cli::print(describe(step) + "\n");
  }
  if (!change.problems.empty()) return change.status;
  return steps.empty() ? kDone : kNo;
}

void print_done(const TableChange& change, const CarriedOut& carried) {
  if (change.quiet) {
    cli::print(carried.done.empty() ? "nothing to do\n"
                                    : fmt::format("{} changes made\n", carried.done.size()));
    return;
  }
  for (const auto* step : carried.done) cli::print(describe(*step) + "\n");
}

int conclude(const cli::Arguments& arguments, const TableChange& change, const CarriedOut& carried) {
  const bool complete = carried.refused.empty() && change.problems.empty();
  if (arguments.json) {
    auto document = changed_json(change, copies_of(carried.done));
    document["complete"] = complete;
    document["refused"] = answer::refusals_json(carried.refused);
    cli::print(control::pretty(document));
  } else {
    if (carried.refused.empty() || !carried.done.empty()) print_done(change, carried);
    say_problems(arguments, change);
    for (const auto& refusal : carried.refused) cli::complain(kProgram, refusal.why.text);
  }
  if (carried.not_undone)
    cli::complain(kProgram, fmt::format("not wholly taken back: {}", carried.not_undone->text));
  if (!carried.refused.empty()) return kRefused;
  return change.problems.empty() ? kDone : change.status;
}

// --- doing it ---

std::string with_line(const TableChange& change, std::size_t line, const std::string& text) {
  return line == 0 || change.source.empty() ? text : fmt::format("{}:{}: {}", change.source, line, text);
}

Scope scope_of_steps(std::span<const Step> steps) {
  Touched touched;
  for (const auto& step : steps) touched.add(step);
  Scope scope{{}, touched.services};
  if (!touched.services.empty()) scope.parts.add(Look::kIpvs);
  if (touched.ipvs_host) scope.parts.add(Look::kIpvsHost);
  return scope;
}

std::optional<Error> take_back(const std::vector<Step>& done, const State& before, Kernel& kernel) {
  if (done.empty()) return std::nullopt;
  auto now = kernel.observe(scope_of_steps(done));
  if (!now) return now.error();
  // Both sides without what these steps are not about.
  State there;
  State was;
  Touched touched;
  for (const auto& step : done) touched.add(step);
  for (const auto& key : touched.services) {
    if (const auto found = before.services.find(key); found != before.services.end())
      was.services.insert(*found);
    if (const auto found = now->state.services.find(key); found != now->state.services.end())
      there.services.insert(*found);
  }
  if (touched.ipvs_host) {
    was.ipvs = before.ipvs;
    there.ipvs = now->state.ipvs;
  }
  std::optional<Error> last;
  for (const auto& step : way_back(was, there, done, Owner::kNetd))
    if (auto taken = kernel.perform(step); !taken && !last) last = taken.error();
  return last;
}

// After a service that was refused its real servers need not be asked for.
bool rests_on_refused(const std::set<ServiceKey>& missing, const Step& step) {
  const auto* add = as<AddReal>(step);
  return add != nullptr && missing.contains(add->key);
}

void take_wave(const TableChange& change, const Wave& wave, Kernel& kernel, CarriedOut& result) {
  std::vector<const Step*> steps;
  steps.reserve(wave.size());
  for (const auto* one : wave) steps.push_back(&one->step);
  const auto statuses = kernel.perform_each(steps);
  for (std::size_t i = 0; i < wave.size(); ++i) {
    const auto& [line, step] = *wave[i];
    if (statuses[i]) {
      result.done.push_back(&step);
      continue;
    }
    const auto& why = statuses[i].error();
    result.refused.push_back({object_of(step), step, {with_line(change, line, why.text), why.code}, {}});
  }
}

}  // namespace

Result<NamespaceLock> alone_here() {
  constexpr Milliseconds kPause{50};
  constexpr int kAttempts = 100;
  for (int attempt = 1;; ++attempt) {
    auto lock = NamespaceLock::take(kProgram);
    if (lock || lock.error().code != EADDRINUSE) return lock;
    if (attempt == kAttempts) return fail("another lbctl is at work here: try again when it is done");
    std::this_thread::sleep_for(kPause);
  }
}

std::vector<std::string> refused_by_owner(const KeptServices& kept, const std::vector<RuleStep>& steps) {
  if (kept.empty()) return {};
  std::vector<std::string> reasons;
  std::set<ServiceKey> touched;
  for (const auto& [line, step] : steps) {
    Touched one;
    one.add(step);
    for (const auto& key : one.services)
      if (touched.insert(key).second)
        if (auto why = kept.why(key); !why.empty()) reasons.push_back(std::move(why));
  }
  return reasons;
}

Result<CarriedOut> carry_out(const TableChange& change, const State& before, Kernel& kernel) {
  CarriedOut result;
  result.done.reserve(change.steps.size());
  std::set<ServiceKey> missing;
  for (auto& wave : waves_of(change.steps)) {
    std::erase_if(wave, [&](const RuleStep* one) { return rests_on_refused(missing, one->step); });
    const auto known = result.refused.size();
    take_wave(change, wave, kernel, result);
    for (const auto& refusal : std::span(result.refused).subspan(known))
      if (const auto* add = as<AddService>(refusal.step)) missing.insert(add->key);
    if (change.goes_on || result.refused.empty()) continue;
    result.not_undone = take_back(copies_of(result.done), before, kernel);
    if (!result.not_undone) result.done.clear();
    break;
  }
  return result;
}

int change_table(const cli::Arguments& arguments, const Scope& scope, const MakeChange& make) {
  Result<NamespaceLock> lock = fail("");
  if (!arguments.has(kDryRun.name)) {
    lock = alone_here();
    if (!lock) return cli::refuse(arguments, kProgram, lock.error());
  }
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::refuse(arguments, kProgram, kernel.error());
  const auto observed = kernel->observe(scope);
  if (!observed) return cli::refuse(arguments, kProgram, observed.error());
  const auto change = make(*observed);
  if (!change.problems.empty() && !change.goes_on) return refuse_all(arguments, change);
  const auto kept = kept_services(arguments);
  if (!kept) return cli::refuse(arguments, kProgram, kept.error());
  if (auto reasons = refused_by_owner(*kept, change.steps); !reasons.empty())
    return refuse_all(arguments, {{}, std::move(reasons), kRefused, false, false, {}});
  if (arguments.has(kDryRun.name)) return show_steps(arguments, change);
  const auto carried = carry_out(change, observed->state, *kernel);
  if (!carried) return cli::refuse(arguments, kProgram, carried.error());
  return conclude(arguments, change, *carried);
}

}  // namespace hawser::lbctl
