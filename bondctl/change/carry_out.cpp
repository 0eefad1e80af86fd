#include "bondctl/change/carry_out.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <span>
#include <thread>

#include <boost/json.hpp>

#include "bondctl/change/may_change.h"
#include "lib/answer/confirm.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/plan/apply.h"
#include "lib/plan/simulate.h"
#include "lib/reconcile/patient_kernel.h"
#include "lib/reconcile/put_back.h"

namespace hawser::bondctl {

namespace {

namespace json = boost::json;

// --- answers ---

int refuse_all(const cli::Arguments& arguments, const Change& change) {
  const int status = change.wrong_words ? kUsage : kRefused;
  if (!arguments.json) {
    for (const auto& problem : change.problems) cli::complain("bondctl", problem);
    return status;
  }
  json::array problems;
  for (const auto& problem : change.problems) problems.push_back(json::object{{"text", problem}});
  cli::print(control::pretty({{"format", 1}, {"good", false}, {"problems", std::move(problems)}}));
  return status;
}

json::array texts(std::span<const std::string> lines) {
  json::array list;
  for (const auto& line : lines) list.emplace_back(line);
  return list;
}

void say_notes(const cli::Arguments& arguments, const Change& change) {
  if (arguments.json) return;
  for (const auto& note : change.notes) cli::say(fmt::format("bondctl: note: {}", note));
}

bool is_said_by_a_step(const Consequence& cost, const std::vector<Step>& steps) {
  return std::ranges::any_of(steps, [&](const Step& step) {
    const auto* deleted = as<DeleteLink>(step);
    return deleted != nullptr && deleted->link == object_of(cost);
  });
}

json::object document_of(const Change& change, json::object facts) {
  json::object document{{"format", 1}, {"notes", texts(change.notes)}};
  for (auto& fact : facts) document[fact.key()] = std::move(fact.value());
  document.erase("health");  // of real servers
  return document;
}

// --- doing it ---

constexpr Milliseconds kUntilCarrier{5000};
constexpr Milliseconds kLookAgain{100};

bool is_moved(const Role& role, const std::string& active) {
  return role.instead_of.empty() ? active == role.port : active != role.instead_of;
}

std::string active_port(const Observed& observed, const std::string& bond) {
  const auto status = observed.links.find(bond);
  return status == observed.links.end() ? std::string{} : status->second.active_port;
}

// As the stages will be carried out, as far as that can be said beforehand.
std::vector<Step> steps_of(const Change& change, const Observed& observed) {
  auto state = observed.state;
  std::vector<Step> all;
  const auto take = [&](const std::vector<Step>& steps) {
    for (const auto& step : steps) {
      simulate(state, step);
      all.push_back(step);
    }
  };
  take(plan_network(change.desired, state));
  for (const auto& stage : change.then) {
    if (stage.role && !is_moved(*stage.role, active_port(observed, stage.role->bond)))
      take({BondStep{SetActivePort{stage.role->bond, stage.role->port}}});
    take(plan_network(stage.desired, state));
  }
  return all;
}

// Of its own accord the kernel may have chosen another than we would: that is as good.
Status move_role(const Role& role, Kernel& kernel, std::vector<Step>& done) {
  const auto now = kernel.observe(kLinksOnly);
  if (!now) return tl::unexpected(now.error());
  const auto active = active_port(*now, role.bond);
  const bool moved = is_moved(role, active);
  const Step step{BondStep{SetActivePort{role.bond, moved ? active : role.port}}};
  auto status = moved ? Status{} : kernel.perform(step);
  if (status && !active.empty()) done.push_back(step);
  return status;
}

bool have_carriers(const Observed& now, const std::vector<std::string>& ports) {
  return std::ranges::all_of(ports, [&](const std::string& port) {
    const auto status = now.links.find(port);
    return status != now.links.end() && status->second.carrier;
  });
}

// A card that was just opened has to agree with its switch first. One without a cable is waited for in vain.
Status await_carriers(const std::vector<std::string>& ports, Kernel& kernel) {
  const auto end = std::chrono::steady_clock::now() + kUntilCarrier;
  while (!ports.empty() && std::chrono::steady_clock::now() < end) {
    const auto now = kernel.observe(kLinksOnly);
    if (!now) return tl::unexpected(now.error());
    if (have_carriers(*now, ports)) break;
    std::this_thread::sleep_for(kLookAgain);
  }
  return {};
}

void join(Applied& all, Applied more) {
  std::ranges::move(more.done, std::back_inserter(all.done));
  all.refused = std::move(more.refused);
  all.left = std::move(more.left);
  all.futile = std::move(more.futile);
}

Status prepare(const Stage& stage, Kernel& kernel, std::vector<Step>& done) {
  if (auto seen = await_carriers(stage.carriers, kernel); !seen) return seen;
  if (stage.role)
    if (auto moved = move_role(*stage.role, kernel, done); !moved && !stage.role->instead_of.empty())
      return moved;
  std::this_thread::sleep_for(stage.pause);
  return {};
}

// All stages, or up to the first refusal.
Result<Applied> carry_out(const Change& change, Kernel& kernel) {
  auto all = apply(change.desired, kernel, Rollback::kEverything, kNetworkOnly);
  for (const auto& stage : change.then) {
    if (!all || !all->refused.empty()) return all;
    if (auto ready = prepare(stage, kernel, all->done); !ready) return tl::unexpected(ready.error());
    auto more = apply(stage.desired, kernel, Rollback::kEverything, kNetworkOnly);
    if (!more) return more;
    join(*all, std::move(*more));
  }
  return all;
}

Status both(const Status& one, const std::function<Status()>& other) {
  auto then = other ? other() : Status{};
  return one ? then : one;
}

Status take_back(Kernel& kernel, const Observed& before, std::span<const Step> planned, const Work& work) {
  return both(put_back(kernel, before, planned, work.change.desired.owner), work.undone);
}

// In the process that takes a change back: with a kernel of its own.
std::function<Status()> back_to(const Observed& before, const std::vector<Step>& planned, const Work& work) {
  return [before, planned, work]() -> Status {
    auto kernel = NetlinkKernel::open();
    if (!kernel) return tl::unexpected(kernel.error());
    PatientKernel patient(*kernel);
    return take_back(patient, before, planned, work);
  };
}

void print_applied(const cli::Arguments& arguments, const Change& change, const Applied& applied,
                   const answer::Plan& done) {
  if (arguments.json) {
    auto document = document_of(change, answer::applied_json(applied, done.bill, done.consequences));
    document["complete"] = applied.complete();
    return cli::print(control::pretty(document));
  }
  for (const auto& step : done.steps) cli::print(describe(step) + "\n");
  for (const auto& cost : done.consequences) cli::print(describe(cost) + "\n");
  for (const auto& refusal : applied.refused) cli::complain("bondctl", refusal.why);
  for (const auto& step : applied.futile)
    cli::complain("bondctl", fmt::format("{}: taken, and to no effect", describe(step)));
}

std::optional<int> refuse_cut(const cli::Arguments& arguments, const Work& work, const answer::Plan& plan) {
  if (work.cuts.empty()) return answer::refuse_interruption(arguments, "bondctl", plan.bill);
  if (arguments.values.contains(answer::kConfirm.name) || arguments.has(answer::kAllowInterruption.name) ||
      plan.steps.empty())
    return std::nullopt;
  return cli::refuse(
      arguments, "bondctl",
      fmt::format(
          "{}: what goes over it stands still for a moment, and you with it if it carries you: nothing "
          "was changed: write --confirm 60s, which takes it back unless you come back to confirm it, "
          "or {}",
          work.cuts, answer::kAllowInterruption.name));
}

// Of several stages some may have been done before one was refused, and no stage knows the active roles: all
// or nothing.
Result<Applied> all_or_nothing(const Work& work, const Observed& before, const std::vector<Step>& planned,
                               Kernel& kernel, answer::Confirmation& confirmation) {
  auto applied = carry_out(work.change, kernel);
  const bool whole = applied && applied->refused.empty();
  if (!whole) {
    // What we cannot, the process that waits tries once more when this one has ended.
    const auto back = take_back(kernel, before, planned, work);
    if (applied) applied->done.clear();
    if (!back) {
      cli::complain("bondctl", fmt::format("not wholly taken back: {}", back.error().text));
      return applied;
    }
  }
  if (!applied || applied->done.empty()) confirmation.forget();
  return applied;
}

int do_it(const cli::Arguments& arguments, const Work& work, const Observed& observed,
          const answer::Plan& plan, Kernel& kernel) {
  if (const auto refused = refuse_cut(arguments, work, plan)) return *refused;
  auto confirmation = answer::Confirmation::begin(arguments, "bondctl", back_to(observed, plan.steps, work),
                                                  answer::Killed::kTakenBack);
  if (!confirmation) return answer::Confirmation::refuse(arguments, "bondctl", confirmation.error());
  if (work.before)
    if (const auto written = work.before(); !written) {
      confirmation->forget();
      return cli::refuse(arguments, "bondctl", written.error());
    }
  PatientKernel patient(kernel);
  const auto applied = all_or_nothing(work, observed, plan.steps, patient, *confirmation);
  if (!applied) return cli::refuse(arguments, "bondctl", applied.error());
  if (applied->complete() && work.after)
    if (const auto written = work.after(); !written) cli::complain("bondctl", written.error());
  // Before anything is printed: who reads it may have gone, and that is no reason to take the change back.
  if (!applied->done.empty()) confirmation->made();
  print_applied(arguments, work.change, *applied, plan_of(observed, work.change, applied->done));
  const int status = applied->complete() ? kDone : kRefused;
  return applied->done.empty() ? status : confirmation->conclude(arguments, "bondctl", status);
}

}  // namespace

answer::Plan plan_of(const Observed& observed, const Change& change, std::vector<Step> steps) {
  auto costs = lost_links(observed, steps, change.desired.journal.links);
  std::erase_if(costs, [&](const Consequence& cost) { return is_said_by_a_step(cost, steps); });
  std::ranges::move(consequences(observed, steps), std::back_inserter(costs));
  auto bill = bill_of(observed, steps);
  return {std::move(steps), std::move(bill), std::move(costs), {}, {}};
}

int show_plan(const cli::Arguments& arguments, const Change& change, const answer::Plan& plan) {
  if (arguments.json)
    cli::print(control::pretty(document_of(change, answer::plan_json(plan))));
  else
    cli::print(answer::plan_text(plan, cli::terminal_width()));
  return plan.steps.empty() ? kDone : kNo;
}

int change_network(const cli::Arguments& arguments, const std::string& object, const MakeView& view,
                   const MakeWork& make) {
  const bool only_shown = arguments.has("--dry-run");
  Result<NamespaceLock> lock = fail("");
  if (!only_shown) {
    lock = alone(object);
    if (!lock) return cli::refuse(arguments, "bondctl", lock.error());
    await_way_back();
  }
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::refuse(arguments, "bondctl", kernel.error());
  const auto viewed = view ? view(*kernel) : nullptr;
  Kernel& seen = viewed ? *viewed : *kernel;
  const auto observed = seen.observe(kNetworkOnly);
  if (!observed) return cli::refuse(arguments, "bondctl", observed.error());
  const auto work = make(*observed);
  if (!work.change.problems.empty()) return refuse_all(arguments, work.change);
  say_notes(arguments, work.change);
  const auto plan = plan_of(*observed, work.change, steps_of(work.change, *observed));
  return only_shown ? show_plan(arguments, work.change, plan) : do_it(arguments, work, *observed, plan, seen);
}

int change_bond(const cli::Arguments& arguments, const std::string& bond, const MakeWork& make) {
  const auto kept = kept_by_netd(arguments.runtime_dir, bond);
  if (!kept) return cli::refuse(arguments, "bondctl", kept.error());
  if (const auto why = kept->why(bond); !why.empty()) return cli::refuse(arguments, "bondctl", why);
  return change_network(arguments, bond, {}, [&](const Observed& observed) {
    auto work = make(observed);
    leave_to_netd(work.change, observed, *kept);
    return work;
  });
}

}  // namespace hawser::bondctl
