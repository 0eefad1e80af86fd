#include "bondctl/change_verbs.h"

#include <algorithm>
#include <functional>
#include <span>

#include <boost/json.hpp>

#include "bondctl/change.h"
#include "bondctl/may_change.h"
#include "lib/answer/confirm.h"
#include "lib/answer/plan.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/plan/apply.h"
#include "lib/reconcile/device_paths.h"
#include "lib/reconcile/patient_kernel.h"
#include "lib/reconcile/put_back.h"

namespace hawser::bondctl {

namespace {

namespace json = boost::json;
using Words = std::span<const std::string>;
using MakeChange = std::function<Change(const Observed&)>;

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

answer::Plan plan_of(const Observed& observed, const Change& change, std::vector<Step> steps) {
  auto costs = lost_links(observed, steps, change.desired.journal.links);
  std::erase_if(costs, [&](const Consequence& cost) { return is_said_by_a_step(cost, steps); });
  std::ranges::move(consequences(observed, steps), std::back_inserter(costs));
  auto bill = bill_of(observed, steps);
  return {std::move(steps), std::move(bill), std::move(costs), {}, {}};
}

// --- doing it ---

json::object document_of(const Change& change, json::object facts) {
  json::object document{{"format", 1}, {"notes", texts(change.notes)}};
  for (auto& fact : facts) document[fact.key()] = std::move(fact.value());
  document.erase("health");  // of real servers
  return document;
}

int show_plan(const cli::Arguments& arguments, const Change& change, const answer::Plan& plan) {
  if (arguments.json)
    cli::print(control::pretty(document_of(change, answer::plan_json(plan))));
  else
    cli::print(answer::plan_text(plan, cli::terminal_width()));
  return plan.steps.empty() ? kDone : kNo;
}

// In the process that takes a change back: with a kernel of its own.
std::function<Status()> back_to(const Observed& before, const std::vector<Step>& planned) {
  return [before, planned]() -> Status {
    auto kernel = NetlinkKernel::open();
    if (!kernel) return tl::unexpected(kernel.error());
    PatientKernel patient(*kernel);
    return put_back(patient, before, planned, Owner::kNone);
  };
}

std::function<Status()> switch_back(const std::string& bond, const std::string& before) {
  return [step = Step{BondStep{SetActivePort{bond, before}}}]() -> Status {
    auto kernel = NetlinkKernel::open();
    return kernel ? kernel->perform(step) : tl::unexpected(kernel.error());
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

int carry_out(const cli::Arguments& arguments, const Change& change, const Observed& observed,
              const answer::Plan& plan, Kernel& kernel) {
  if (const auto refused = answer::refuse_interruption(arguments, "bondctl", plan.bill)) return *refused;
  auto confirmation = answer::Confirmation::begin(arguments, "bondctl", back_to(observed, plan.steps));
  if (!confirmation) return answer::Confirmation::refuse(arguments, "bondctl", confirmation.error());
  PatientKernel patient(kernel);
  const auto applied = apply(change.desired, patient, Rollback::kEverything, kNetworkOnly);
  if (!applied || applied->done.empty()) confirmation->forget();
  if (!applied) return cli::refuse(arguments, "bondctl", applied.error());
  if (!applied->refused.empty())
    if (auto done = give_roles_back(patient, observed, plan.steps); !done)
      cli::complain("bondctl", done.error().text);
  print_applied(arguments, change, *applied, plan_of(observed, change, applied->done));
  const int status = applied->complete() ? kDone : kRefused;
  return applied->done.empty() ? status : confirmation->conclude(arguments, "bondctl", status);
}

int change_bond(const cli::Arguments& arguments, const std::string& bond, const MakeChange& make) {
  const bool only_shown = arguments.has("--dry-run");
  Result<NamespaceLock> lock = fail("");
  if (!only_shown) {
    lock = alone(bond);
    if (!lock) return cli::refuse(arguments, "bondctl", lock.error());
  }
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::refuse(arguments, "bondctl", kernel.error());
  const auto observed = kernel->observe(kNetworkOnly);
  if (!observed) return cli::refuse(arguments, "bondctl", observed.error());
  if (auto ours = is_ours_to_change(arguments.runtime_dir, bond); !ours)
    return cli::refuse(arguments, "bondctl", ours.error());
  const auto change = make(*observed);
  if (!change.problems.empty()) return refuse_all(arguments, change);
  say_notes(arguments, change);
  const auto plan = plan_of(*observed, change, plan_network(change.desired, observed->state));
  return only_shown ? show_plan(arguments, change, plan)
                    : carry_out(arguments, change, *observed, plan, *kernel);
}

Words after_bond(const cli::Arguments& arguments) {
  return Words(arguments.words).subspan(1);
}

int set_bond(const cli::Arguments& arguments, const Edits& edits) {
  const auto& bond = arguments.words.front();
  return change_bond(arguments, bond,
                     [&](const Observed& observed) { return set(observed, bond, edits, devices_by_path); });
}

}  // namespace

int create_verb(const cli::Arguments& arguments) {
  const auto& bond = arguments.words.front();
  const auto edits = parse_edits(after_bond(arguments));
  return change_bond(arguments, bond, [&](const Observed& observed) {
    return create(observed, bond, edits, devices_by_path);
  });
}

int set_verb(const cli::Arguments& arguments) {
  return set_bond(arguments, parse_edits(after_bond(arguments)));
}

int add_verb(const cli::Arguments& arguments) {
  return set_bond(arguments, parse_ports(after_bond(arguments), Edit::How::kAdd));
}

int remove_verb(const cli::Arguments& arguments) {
  return set_bond(arguments, parse_ports(after_bond(arguments), Edit::How::kTakeAway));
}

int delete_verb(const cli::Arguments& arguments) {
  const auto& bond = arguments.words.front();
  return change_bond(arguments, bond, [&](const Observed& observed) { return remove(observed, bond); });
}

// The role is nobody's setting: netd does not take it back, so its bonds are no exception.
int switch_verb(const cli::Arguments& arguments) {
  const auto& bond = arguments.words.front();
  const auto& port = arguments.words.back();
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::refuse(arguments, "bondctl", kernel.error());
  const auto observed = kernel->observe(kNetworkOnly);
  if (!observed) return cli::refuse(arguments, "bondctl", observed.error());
  if (const auto why = why_not_active(*observed, bond, port); !why.empty())
    return cli::refuse(arguments, "bondctl", why);
  const auto& before = observed->links.at(bond).active_port;
  const bool is_so = before == port;
  const Step step{BondStep{SetActivePort{bond, port}}};
  const auto plan = plan_of(*observed, {}, is_so ? std::vector<Step>{} : std::vector{step});
  if (is_so || arguments.has("--dry-run")) return show_plan(arguments, {}, plan);
  auto confirmation = answer::Confirmation::begin(arguments, "bondctl", switch_back(bond, before));
  if (!confirmation) return answer::Confirmation::refuse(arguments, "bondctl", confirmation.error());
  if (auto done = kernel->perform(step); !done) {
    confirmation->forget();
    return cli::refuse(arguments, "bondctl", done.error());
  }
  show_plan(arguments, {}, plan);
  return confirmation->conclude(arguments, "bondctl", kDone);
}

}  // namespace hawser::bondctl
