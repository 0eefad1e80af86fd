// `netd plan` and `netd apply`: what would be done, and doing it once.
#include <algorithm>
#include <cerrno>
#include <iterator>
#include <thread>

#include <boost/json.hpp>

#include "lib/answer/confirm.h"
#include "lib/answer/plan.h"
#include "lib/answer/verdict.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/daemon/lock.h"
#include "lib/daemon/namespace_lock.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/plan/consequence.h"
#include "lib/plan/simulate.h"
#include "lib/plan/taken_over.h"
#include "lib/reconcile/apply_once.h"
#include "lib/reconcile/device_paths.h"
#include "lib/reconcile/directories.h"
#include "lib/reconcile/host_facts.h"
#include "lib/reconcile/host_file.h"
#include "lib/reconcile/journal.h"
#include "lib/reconcile/journal_file.h"
#include "lib/reconcile/known_health.h"
#include "lib/reconcile/own_kernel.h"
#include "lib/reconcile/patient_kernel.h"
#include "lib/reconcile/put_back.h"
#include "lib/reconcile/vip_addresses.h"
#include "lib/reconcile/wanted.h"
#include "netd/address_state.h"
#include "netd/announcer.h"
#include "netd/events.h"
#include "netd/status.h"
#include "netd/verbs.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;
constexpr Milliseconds kTellDeadline{5000};
constexpr Milliseconds kLookForCarrier{100};

// What plan and apply share: the file, the kernel, and what should be.
struct Prepared {
  HostFile reading;
  Made made;
  KnownHealth known;
  Observed observed;
  Observed with_vips;  // the same, with what vipd has: no plan touches it, and yet it may go
  Desired desired;
  answer::Verdict verdict;       // good, with the notes on the file and on this host
  bool devices_missing = false;  // what can be done is not all that the file wants
};

config::Problem note_on_host(std::string text) {
  return {.file = {}, .line = 0, .column = 0, .key = {}, .what = std::move(text)};
}

std::vector<config::Problem> missing_notes(const config::ResolvedPorts& ports) {
  std::vector<config::Problem> notes;
  notes.reserve(ports.missing.size() + ports.missing_devices.size() + ports.doubled.size());
  for (const auto& missing : ports.missing)
    notes.push_back(
        note_on_host(fmt::format("{}: port {} is missing: plug it in or correct its name; it is left out",
                                 missing.bond, missing.port)));
  for (const auto& missing : ports.missing_devices)
    notes.push_back(note_on_host(fmt::format("{}: {}", missing.link, words_of(missing)) +
                                 (missing.another_name_of.empty()
                                      ? ": plug it in or correct its name; the section is left out"
                                      : "; the section is left out")));
  for (const auto& doubled : ports.doubled)
    notes.push_back(note_on_host(fmt::format("{}: {}", doubled.bond, words_of(doubled))));
  return notes;
}

// What of this host stands in the way of the services, as notes.
std::vector<config::Problem> obstacle_notes(const config::Config& config, const Observed& observed) {
  const auto found = obstacles_here(config, observed.state);
  std::vector<config::Problem> notes;
  notes.reserve(found.size());
  for (const auto& obstacle : found) notes.push_back(note_on_host(obstacle.text));
  return notes;
}

// Addresses of the file that reach nobody, or not as meant, when all is done.
std::vector<config::Problem> address_notes(const Desired& desired, Observed observed) {
  for (const auto& step : plan_network(desired, observed.state)) simulate(observed.state, step);
  config::ResolvedPorts network;
  network.network = desired.state;
  std::vector<config::Problem> notes;
  for (const auto& [object, state, text] : states_of_addresses(network, observed))
    if (state != Condition::kOk) notes.push_back(note_on_host(fmt::format("{}: {}", object, text)));
  return notes;
}

Result<Prepared> prepare(const cli::Arguments& arguments, HostFile reading, Kernel& kernel,
                         KnownHealth known) {
  auto made = read_journal(arguments);
  if (!made) return tl::unexpected(made.error());
  auto observed = kernel.observe(what_to_look_at(reading.config, made->names));
  if (!observed) return tl::unexpected(observed.error());
  auto with_vips = *observed;
  hide_addresses(observed->state, vip_addresses(reading.config));
  JournalBook book(*made, {});
  book.saw(*observed);
  auto [ports, desired] = wanted(reading.config, known, *observed, book, devices_by_path);
  answer::Verdict verdict{{}, reading.notes};
  if (!known.unknown_overrides.empty()) verdict.notes.push_back(note_on_host(known.unknown_overrides));
  std::ranges::move(missing_notes(ports), std::back_inserter(verdict.notes));
  const bool all_there = ports.missing.empty() && ports.missing_devices.empty() && ports.doubled.empty();
  for (const auto& [name, text] : taken_over(desired, observed->state))
    verdict.notes.push_back(note_on_host(text));
  std::ranges::move(obstacle_notes(reading.config, *observed), std::back_inserter(verdict.notes));
  std::ranges::move(address_notes(desired, *observed), std::back_inserter(verdict.notes));
  if (!arguments.json) say(verdict);
  return Prepared{std::move(reading),   std::move(*made),   std::move(known),   std::move(*observed),
                  std::move(with_vips), std::move(desired), std::move(verdict), !all_there};
}

std::vector<Consequence> costs_of(const Prepared& prepared, const std::vector<Step>& steps) {
  auto costs = lost_links(prepared.observed, steps, prepared.desired.journal.links);
  std::ranges::move(consequences(prepared.with_vips, steps), std::back_inserter(costs));
  return costs;
}

answer::Plan plan_of(const Prepared& prepared) {
  auto steps = plan(prepared.desired, prepared.observed.state);
  auto bill = bill_of(prepared.with_vips, steps);
  auto costs = costs_of(prepared, steps);
  return {std::move(steps), std::move(bill), std::move(costs),
          in_the_way(prepared.desired, prepared.observed.state),
          prepared.known.from_daemon ? answer::HealthSource::kNetd : answer::HealthSource::kConfigured};
}

void print(const answer::Plan& plan, const Prepared& prepared) {
  for (const auto& refusal : plan.refused) cli::complain("netd", refusal.why);
  cli::print(plan_text(plan, cli::terminal_width()));
  if (!prepared.desired.state.services.empty())
    fmt::print(
        stderr, "netd: real servers are taken {}\n",
        prepared.known.from_daemon ? "as the running netd found them" : "as configured: no netd runs here");
}

int show(const cli::Arguments& arguments, const Prepared& prepared) {
  const auto plan = plan_of(prepared);
  if (arguments.json)
    cli::print(control::pretty(verdict_json(prepared.verdict, plan_json(plan))));
  else
    print(plan, prepared);
  return plan.steps.empty() && plan.refused.empty() && !prepared.devices_missing ? kDone : kNo;
}

int refuse_beside(const cli::Arguments& arguments, const Error& lock) {
  const bool runs = lock.code == EWOULDBLOCK;
  return cli::refuse(
      arguments, "netd",
      fmt::format("{}{}", lock.text, runs ? ": it applies the file itself: use \"netd reload\"" : ""));
}

void print(const Applied& applied, const std::vector<Consequence>& costs) {
  for (const auto& step : applied.done) cli::print(describe(step) + "\n");
  for (const auto& cost : costs) cli::print(describe(cost) + "\n");
  for (const auto& refusal : applied.refused) cli::complain("netd", refusal.why);
  for (const auto& step : applied.futile) cli::complain("netd", line_of(left_event(step)));
}

// What is said while it is done: to people at once, to programs in the document.
struct Teller {
  cli::Form form;
  json::array said;
  void operator()(const std::string& text) {
    if (form == cli::Form::kText)
      cli::complain("netd", text);
    else
      said.emplace_back(text);
  }
};

// Neighbours are told of what moved before the program ends; nobody does it later.
void announce(Kernel& kernel, const Prepared& prepared, Teller& tell) {
  const hawser::Tell say = [&tell](const Event& event) { tell(line_of(event)); };
  const auto clock = [] { return std::chrono::steady_clock::now(); };
  std::set<std::string> devices;
  for (const auto& [name, link] : prepared.desired.state.links) devices.insert(name);
  Announcer announcer(AnnouncementSender(say), say);
  announcer.saw(prepared.observed, devices, clock());
  const auto end = clock() + kTellDeadline;
  do {
    if (const auto now = kernel.observe(kLinksOnly)) announcer.saw(*now, devices, clock());
    announcer.work(clock());
    if (announcer.next() == TimePoint::max()) return;
    std::this_thread::sleep_until(announcer.waits_for_carrier() ? clock() + kLookForCarrier
                                                                : announcer.next());
  } while (clock() < end);
}

int conclude(const cli::Arguments& arguments, Kernel& kernel, const Prepared& prepared,
             const Applied& applied, Teller& tell) {
  const auto costs = costs_of(prepared, applied.done);
  const bool complete = applied.complete() && !prepared.devices_missing;
  if (!arguments.json) print(applied, costs);
  announce(kernel, prepared, tell);
  if (arguments.json) {
    auto facts = answer::applied_json(applied, bill_of(prepared.with_vips, applied.done), costs);
    facts["complete"] = complete;
    facts["log"] = tell.said;
    cli::print(control::pretty(verdict_json(prepared.verdict, facts)));
  }
  return complete ? kDone : kRefused;
}

}  // namespace

int plan_verb(const cli::Arguments& arguments) {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::refuse(arguments, "netd", kernel.error());
  auto reading = read_file_over(arguments, [&] { return held_here(arguments, *kernel); });
  if (!reading.good()) return answer::refuse(arguments, {reading.problems, reading.notes});
  auto known = ask_health(arguments, reading.config);
  if (!known) return cli::refuse(arguments, "netd", known.error());
  const auto prepared = prepare(arguments, std::move(reading), *kernel, std::move(*known));
  if (!prepared) return cli::refuse(arguments, "netd", prepared.error());
  return show(arguments, *prepared);
}

namespace {

// For who takes the change back: with a kernel of its own, and the journal as it was, or what is put back
// would no longer be ours.
std::function<Status()> back_to(const cli::Arguments& arguments, const Prepared& prepared,
                                const std::vector<Step>& planned) {
  return [arguments, before = prepared.observed, planned, journal = journal_text(arguments)]() -> Status {
    auto kernel = NetlinkKernel::open();
    if (!kernel) return tl::unexpected(kernel.error());
    PatientKernel patient(*kernel);
    auto done = put_back(patient, before, planned, Owner::kNetd);
    if (journal.empty()) return done;
    const auto written = write_journal(arguments, journal);
    return done ? written : done;
  };
}

}  // namespace

int apply_verb(const cli::Arguments& arguments) {
  if (arguments.has("--dry-run")) return plan_verb(arguments);
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::refuse(arguments, "netd", kernel.error());
  auto reading = read_file_over(arguments, [&] { return held_here(arguments, *kernel); });
  if (!reading.good()) return answer::refuse(arguments, {reading.problems, reading.notes});
  make_directories(arguments);
  // Two hands on one table: what we change now the daemon would take back at its next look.
  const auto lock = InstanceLock::take(arguments.runtime_dir, "netd");
  if (!lock && !InstanceLock::no_room(lock.error())) return refuse_beside(arguments, lock.error());
  // One that runs with another runtime directory.
  const auto alone = NamespaceLock::take("netd");
  if (!alone)  // its text names netd itself
    return cli::refuse(arguments, "", fmt::format("{}: use \"netd reload\"", alone.error().text));
  await_way_back();  // of a bondctl that was killed
  auto known = as_configured(arguments, reading.config);
  const auto prepared = prepare(arguments, std::move(reading), *kernel, std::move(known));
  if (!prepared) return cli::refuse(arguments, "netd", prepared.error());
  const auto steps = plan(prepared->desired, prepared->observed.state);
  if (const auto refused =
          answer::refuse_interruption(arguments, "netd", bill_of(prepared->with_vips, steps)))
    return *refused;
  auto confirmation = answer::Confirmation::begin(arguments, "netd", back_to(arguments, *prepared, steps));
  if (!confirmation) return answer::Confirmation::refuse(arguments, "netd", confirmation.error());
  PatientKernel patient(*kernel);
  JournalBook book(prepared->made, [&](const std::string& text) { return write_journal(arguments, text); });
  Teller tell{form_of(arguments), {}};
  const auto say = [&tell](const Error& error) { tell(fmt::format("journal: {}", error.text)); };
  OwnKernel own(patient, book, vip_addresses(prepared->reading.config), say);
  if (auto written = book.owes(owed_by(steps, prepared->desired.state)); !written) say(written.error());
  const auto rollback = arguments.has("--keep-going") ? Rollback::kNothing : Rollback::kEverything;
  const auto applied = apply_once(prepared->desired, own, book, rollback, say);
  if (auto written = book.owes({}); !written) say(written.error());
  if (!applied) {
    // The kernel could not be looked at: before the first step, or after some of them.
    const auto back = put_back(own, prepared->observed, steps, Owner::kNetd);
    if (back)
      confirmation->forget();
    else
      cli::complain("netd", fmt::format("not wholly taken back: {}", back.error().text));
    return cli::refuse(arguments, "netd", applied.error());
  }
  if (applied->done.empty()) confirmation->forget();
  if (rollback == Rollback::kEverything && !applied->refused.empty())
    if (auto done = give_roles_back(patient, prepared->observed, steps); !done)
      cli::complain("netd", done.error().text);
  const int status = conclude(arguments, *kernel, *prepared, *applied, tell);
  return applied->done.empty() ? status : confirmation->conclude(arguments, "netd", status);
}

}  // namespace hawser::netd
