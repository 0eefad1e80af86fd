#include "vipd/verbs.h"

#include <algorithm>
#include <iterator>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "lib/answer/plan.h"
#include "lib/answer/verdict.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/config/problem_json.h"
#include "lib/control/client.h"
#include "lib/control/json.h"
#include "lib/daemon/exit_code.h"
#include "lib/daemon/lock.h"
#include "lib/daemon/log.h"
#include "lib/daemon/namespace_lock.h"
#include "vipd/addresses/left_over.h"
#include "vipd/addresses/parent_arp.h"
#include "vipd/addresses/secondaries.h"
#include "vipd/daemon/check_notes.h"
#include "vipd/daemon/own_links.h"
#include "vipd/daemon/read_ahead.h"
#include "vipd/worker/no_accept.h"
#include "vipd/worker/reading.h"

namespace hawser::vipd {

namespace {

constexpr Milliseconds kPatience{10000};

Files files_of(const cli::Arguments& arguments) {
  return {arguments.config, arguments.state_dir, arguments.node};
}

struct FileState {
  std::uint64_t readings = 0;
  std::string file, changes;
  std::vector<config::Problem> problems;
};

Result<FileState> file_state(const cli::Arguments& arguments) {
  const auto status = control::ask_json(arguments.runtime_dir / "vipd.sock", {"GET", "/v1/status", ""});
  if (!status) return tl::unexpected(status.error());
  const auto& config = control::value_in(*status, "config");
  return FileState{control::number_in(config, "readings"), control::text_in(config, "file"),
                   control::text_in(config, "changes"),
                   config::problems_from(control::value_in(config, "problems"))};
}

// The daemon's worker reads the file; done when its count of readings has moved on.
Result<FileState> state_after(const cli::Arguments& arguments, std::uint64_t before) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    auto state = file_state(arguments);
    if (!state || state->readings > before) return state;
    std::this_thread::sleep_for(Milliseconds(20));
  }
  return fail("the file was not read within {}", format_duration(kPatience));
}

Step removal_of(const Stray& stray) {
  return RemoveAddress{stray.name, stray.prefix};
}
Step removal_of(const LeftOverLink& link) {
  return DeleteLink{link.name, link.kind};
}

std::vector<Refusal> remove(LeftOver& left) {
  std::vector<Refusal> refused;
  const auto remove_each = [&](const auto& all) {
    for (const auto& one : all)
      if (const auto removed = left.remove(one); !removed) {
        const auto step = removal_of(one);
        refused.push_back({.object = object_of(step), .step = step, .why = removed.error(), .price = {}});
      }
  };
  remove_each(left.addresses());
  remove_each(left.links());
  return refused;
}

int say_cleaned(const cli::Arguments& arguments, const std::vector<Step>& steps,
                const std::vector<Refusal>& refused) {
  if (arguments.json) {
    cli::print(control::pretty(boost::json::object{
        {"format", 1}, {"steps", answer::steps_json(steps)}, {"refused", answer::refusals_json(refused)}}));
  } else {
    for (const auto& step : steps) cli::print(describe(step) + "\n");
    for (const auto& refusal : refused) cli::complain("vipd", refusal.why);
  }
  return refused.empty() ? kDone : kRefused;
}

// What the worker would begin with: it is started, as `run` would, and asked.
Result<Reading> first_reading(const Files& files) {
  boost::asio::io_context context;
  Result<Reading> first = fail("worker: it was not asked");
  ReadAhead ahead(context, files, config::Emptiness::kRefused, [&](const Result<Reading>& reading) {
    first = reading;
    context.stop();
  });
  if (auto begun = ahead.start(); !begun) return tl::unexpected(begun.error());
  context.run();
  return first;
}

// As `run` would do it: what is netd's business alone does not matter, and where the file is bad the last
// good one does.
int check_start(const cli::Arguments& arguments) {
  const auto reading = first_reading(files_of(arguments));
  if (!reading) return cli::refuse(arguments, "vipd", reading.error());
  const answer::Verdict verdict{reading->problems, {}};
  if (!reading->settings) return answer::refuse(arguments, verdict);
  const auto* with = reading->last_good ? " with the last good file" : "";
  return answer::accept(arguments, verdict,
                        fmt::format("{}: vipd would start{}\n", arguments.config.native(), with));
}

}  // namespace

int check(const cli::Arguments& arguments) {
  if (arguments.has("--start")) return check_start(arguments);
  const auto judged = judge_whole(files_of(arguments));
  answer::Verdict verdict{judged.reading.problems, judged.notes};
  if (!judged.reading.settings) return answer::refuse(arguments, verdict);
  if (arguments.node.empty()) {  // else it may be another host's
    const auto& vips = judged.reading.settings->vips;
    const auto add = [&](std::vector<config::Problem> notes) {
      std::ranges::move(notes, std::back_inserter(verdict.notes));
    };
    add(notes_on(vips, interfaces_here(), kernel_name_of));
    add(notes_on_stores(vips, arp_ignore_of));
  }
  return answer::accept(arguments, verdict, fmt::format("{}: good\n", arguments.config.native()));
}

namespace {

int plan_reload(const cli::Arguments& arguments, const std::string& query) {
  const auto answer = control::ask_json(arguments.runtime_dir / "vipd.sock",
                                        {"POST", "/v1/plan/reload" + query, ""}, kPatience);
  if (!answer) return cli::refuse(arguments, "vipd", answer.error());
  const auto problems = config::problems_from(control::value_in(*answer, "problems"));
  if (!problems.empty()) return answer::refuse(arguments, {problems, {}});
  const auto changes = control::text_in(*answer, "changes");
  return answer::accept(
      arguments, {}, fmt::format("{}: would be read again: {}\n", control::text_in(*answer, "file"), changes),
      {{"changes", changes}});
}

}  // namespace

int reload(const cli::Arguments& arguments) {
  const std::string query = arguments.has("--allow-empty") ? "?allow-empty" : "";
  if (arguments.has("--dry-run")) return plan_reload(arguments, query);
  const auto asked =
      control::ask_json(arguments.runtime_dir / "vipd.sock", {"POST", "/v1/reload" + query, ""});
  if (!asked) return cli::refuse(arguments, "vipd", asked.error());
  const auto state = state_after(arguments, control::number_in(*asked, "readings"));
  if (!state) return cli::refuse(arguments, "vipd", state.error());
  if (!state->problems.empty()) return answer::refuse(arguments, {state->problems, {}});
  return answer::accept(arguments, {}, fmt::format("{}: read again: {}\n", state->file, state->changes),
                        {{"changes", state->changes}});
}

int cleanup(const cli::Arguments& arguments) {
  const auto lock = InstanceLock::take(arguments.runtime_dir, "vipd");
  if (!lock && !InstanceLock::no_room(lock.error()))
    return cli::refuse(arguments, "vipd", fmt::format("cleanup: {}", lock.error().text));
  const auto alone = NamespaceLock::take("vipd");
  if (!alone) return cli::refuse(arguments, "vipd", fmt::format("cleanup: {}", alone.error().text));
  auto left = LeftOver::find();
  if (!left) return cli::refuse(arguments, "vipd", left.error());
  std::vector<Step> steps;
  for (const auto& stray : left->addresses()) steps.push_back(removal_of(stray));
  for (const auto& link : left->links()) steps.push_back(removal_of(link));
  if (arguments.has("--dry-run")) return say_cleaned(arguments, steps, {});
  const auto refused = remove(*left);
  // What drops packets to them goes after them.
  if (refused.empty())
    if (const auto restored =
            ParentArp(arguments.state_dir, [](const Event& event) { log::write(event); }).want({});
        !restored)
      return cli::refuse(arguments, "vipd", restored.error());
  if (refused.empty())
    if (const auto removed = remove_unaccepted(arguments.state_dir); !removed)
      return cli::refuse(arguments, "vipd", removed.error());
  if (refused.empty())
    if (const auto restored =
            Promoter(arguments.state_dir, [](const Event& event) { log::write(event); }).want({});
        !restored)
      return cli::refuse(arguments, "vipd", restored.error());
  return say_cleaned(arguments, steps, refused);
}

}  // namespace hawser::vipd
