#include "lbctl/change/apply_verb.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "lbctl/change/carry_out.h"
#include "lib/answer/plan.h"
#include "lib/answer/verdict.h"
#include "lib/cli/file_options.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/reconcile/apply_once.h"
#include "lib/reconcile/directories.h"
#include "lib/reconcile/host_facts.h"
#include "lib/reconcile/host_file.h"
#include "lib/reconcile/journal_file.h"
#include "lib/reconcile/put_back.h"
#include "lib/reconcile/wanted.h"

namespace hawser::lbctl {

namespace {

using Names = std::set<std::string>;

const cli::Option kKeepWhatCanBe{"--keep-going", "", "keep what could be done when something is refused"};
const cli::Option kAllowEmpty{"--allow-empty", "", "take away every service, if the file has none"};

// The services that were named; none: all. What is not in the file, as Error.
Result<Names> chosen_of(const cli::Arguments& arguments, const Layout& layout) {
  Names all;
  for (const auto& [key, server] : layout) all.insert(server.service);
  for (const auto& word : arguments.words)
    if (!all.contains(word))
      return fail("{}: {} has no such service: it has {}", word, arguments.config.native(),
                  all.empty() ? "none" : fmt::format("{}", fmt::join(all, ", ")));
  return Names(arguments.words.begin(), arguments.words.end());
}

HostFile read(const cli::Arguments& arguments, Kernel& kernel) {
  if (!arguments.words.empty()) return read_file_of(arguments);
  return read_file_over(arguments, [&] {
    auto held = held_here(arguments, kernel);
    held.links.clear();  // they stay
    return held;
  });
}

struct Locks {
  NamespaceLock netd, lbctl;
};

// What we change a running netd would take back.
Result<Locks> alone() {
  auto netd = NamespaceLock::take("netd");
  if (!netd)
    return fail("nothing changed: {}: it keeps what its file says: use 'netd reload'", netd.error().text);
  auto lbctl = alone_here();
  if (!lbctl) return tl::unexpected(lbctl.error());
  return Locks{std::move(*netd), std::move(*lbctl)};
}

struct Work {
  Desired desired;
  Observed observed;
  answer::Verdict verdict;
  Scope scope;  // what of the host it is about
};

Result<Work> prepare(const cli::Arguments& arguments, const HostFile& reading, const Names& names,
                     const JournalBook& book, Kernel& kernel) {
  auto observed = kernel.observe(what_to_look_at(reading.config, book.names()));
  if (!observed) return tl::unexpected(observed.error());
  const auto known = as_configured(arguments, reading.config);
  Work work{wanted_of(reading.config, names, known, book, observed->state),
            std::move(*observed),
            {{}, reading.notes},
            kIpvsOnly};
  if (!known.unknown_overrides.empty())
    work.verdict.notes.push_back(
        {.file = {}, .line = 0, .column = 0, .key = {}, .what = known.unknown_overrides});
  for (const auto& obstacle : obstacles_here(reading.config, work.observed.state))
    work.verdict.notes.push_back({.file = {}, .line = 0, .column = 0, .key = {}, .what = obstacle.text});
  if (!names.empty())
    for (const auto& [key, service] : work.desired.state.services) work.scope.services.insert(key);
  if (!arguments.json) say(work.verdict);
  return work;
}

// Of IPVS alone.
std::vector<Step> planned(const Work& work) {
  auto there = work.observed.state;
  there.links.clear();
  there.routes.clear();
  return plan(work.desired, there);
}

int show_plan(const cli::Arguments& arguments, const Work& work) {
  const auto steps = planned(work);
  if (arguments.json)
    cli::print(control::pretty(verdict_json(
        work.verdict, answer::plan_json({steps, {}, {}, {}, answer::HealthSource::kConfigured}))));
  else
    for (const auto& step : steps) cli::print(describe(step) + "\n");
  return steps.empty() ? kDone : kNo;
}

int conclude(const cli::Arguments& arguments, const Work& work, const Applied& applied) {
  if (arguments.json) {
    auto facts = answer::applied_json(applied, {}, {});
    facts["complete"] = applied.complete();
    cli::print(control::pretty(verdict_json(work.verdict, facts)));
  } else {
    for (const auto& step : applied.done) cli::print(describe(step) + "\n");
    if (applied.done.empty() && applied.complete()) cli::print("nothing to do\n");
    for (const auto& refusal : applied.refused) cli::complain("lbctl", refusal.why);
    for (const auto& step : applied.futile)
      cli::complain("lbctl", fmt::format("{}: taken by the kernel, and to no effect", describe(step)));
  }
  return applied.complete() ? kDone : kRefused;
}

}  // namespace

Desired wanted_of(const config::Config& config, const std::set<std::string>& names, const KnownHealth& known,
                  const JournalBook& book, const State& there) {
  auto layout = lay_out(config);
  const auto is_chosen = [&](const VirtualServer& server) {
    return names.empty() || names.contains(server.service);
  };
  // Those that were made are still to be found by their marks.
  std::erase_if(layout, [&](const auto& entry) {
    return !is_chosen(entry.second) && !book.names().services.contains(entry.first);
  });
  auto desired = wanted_ipvs(config, layout, known, there, book);
  if (names.empty()) return desired;
  const auto is_left = [&](const ServiceKey& key) {
    const auto found = layout.find(key);
    return found == layout.end() || !is_chosen(found->second);
  };
  std::erase_if(desired.state.services, [&](const auto& entry) { return is_left(entry.first); });
  std::erase_if(desired.journal.services, is_left);
  desired.state.ipvs.timeouts.reset();
  desired.state.ipvs.daemons.clear();
  desired.state.ipvs.stopped.clear();
  return desired;
}

std::vector<cli::Option> apply_options() {
  auto options = cli::options_of({cli::Common::kConfig, cli::Common::kNode});
  for (const auto& option : {kDryRun, kKeepWhatCanBe, kAllowEmpty}) options.push_back(option);
  return options;
}

int apply_verb(const cli::Arguments& given) {
  const auto arguments = cli::with_file(given);
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::refuse(arguments, "lbctl", kernel.error());
  const auto reading = read(arguments, *kernel);
  if (!reading.good()) return answer::refuse(arguments, {reading.problems, reading.notes});
  const auto names = chosen_of(arguments, lay_out(reading.config));
  if (!names) return cli::refuse(arguments, "lbctl", names.error());
  const bool dry_run = arguments.has(kDryRun.name);
  const auto locks = dry_run ? Result<Locks>(fail("")) : alone();
  if (!locks && !dry_run) return cli::refuse(arguments, "lbctl", locks.error());
  if (!dry_run) make_directories(arguments);
  auto made = read_journal(arguments);
  if (!made) return cli::refuse(arguments, "lbctl", made.error());
  JournalBook book(std::move(*made), [&](const std::string& text) {
    return dry_run ? Status{} : write_journal(arguments, text);
  });
  const auto work = prepare(arguments, reading, *names, book, *kernel);
  if (!work) return cli::refuse(arguments, "lbctl", work.error());
  if (!arguments.json && !work->desired.state.services.empty())
    cli::complain("lbctl", "real servers are taken as configured: no netd asks their checks");
  if (dry_run) return show_plan(arguments, *work);
  const auto complain = [](const Error& error) {
    cli::complain("lbctl", fmt::format("journal: {}", error.text));
  };
  OwnKernel own(*kernel, book, {}, complain);
  const auto rollback = arguments.has(kKeepWhatCanBe.name) ? Rollback::kNothing : Rollback::kEverything;
  const auto applied = apply_once(work->desired, own, book, rollback, complain, work->scope);
  if (!applied) {
    // The kernel could not be looked at: before the first step, or after some of them.
    if (const auto back = put_back(own, work->observed, planned(*work), Owner::kNetd); !back)
      cli::complain("lbctl", fmt::format("not wholly taken back: {}", back.error().text));
    return cli::refuse(arguments, "lbctl", applied.error());
  }
  return conclude(arguments, *work, *applied);
}

}  // namespace hawser::lbctl
