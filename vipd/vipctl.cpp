// vipctl: asks the running vipd, or a provider.
#include <cerrno>
#include <csignal>
#include <thread>

#include <boost/json.hpp>

#include "lib/answer/events.h"
#include "lib/cli/command.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/cli/table.h"
#include "lib/control/client.h"
#include "lib/control/finding.h"
#include "lib/control/json.h"
#include "vipd/addresses/left_over.h"
#include "vipd/ask.h"
#include "vipd/daemon/names.h"
#include "vipd/foreign_words.h"
#include "vipd/provider_verb.h"
#include "vipd/stance_verbs.h"
#include "vipd/status_text.h"
#include "vipd/vip_verbs.h"

namespace {

using namespace hawser;
namespace json = boost::json;

constexpr Milliseconds kPatience{10000};
constexpr Milliseconds kRestarting{3000};

Result<json::value> ask(const cli::Arguments& arguments, const control::Request& request) {
  return control::ask_json(arguments.runtime_dir / "vipd.sock", request);
}

Milliseconds patience_with(int code) {
  if (code == ECONNREFUSED || code == EPROTO) return kRestarting;  // EPROTO: it hung up without an answer
  return Milliseconds(code == ENOENT ? 100 : 0);  // between the removal of the old file and the new one
}

// A vipd that starts itself again leaves its socket file behind, and for a moment nobody listens there: that
// is not the moment to answer no.
Result<json::value> ask_status(const cli::Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  for (;;) {
    auto answer = ask(arguments, {"GET", "/v1/status", ""});
    const auto patience = answer ? Milliseconds(0) : patience_with(answer.error().code);
    if (answer || std::chrono::steady_clock::now() - start >= patience) return answer;
    std::this_thread::sleep_for(Milliseconds(50));
  }
}

int status(const cli::Arguments& arguments) {
  const auto answer = ask_status(arguments);
  if (!answer) return cli::refuse(arguments, "vipctl", answer.error());
  cli::print(arguments.json ? control::pretty(*answer) : vipd::status_text(*answer, cli::terminal_width()));
  return control::text_in(*answer, "state") == name_of(Condition::kOk) ? kDone : kNo;
}

// A vipd of an earlier version says only the role.
bool answers(const json::value& vip) {
  const auto& said = control::value_in(vip, "answers");
  return said.is_bool() ? said.get_bool() : control::text_in(vip, "role") == "Active";
}

int is_active(const cli::Arguments& arguments) {
  const auto answer = ask_status(arguments);
  if (!answer) return cli::refuse(arguments, "vipctl", answer.error());
  const auto& wanted = arguments.words.front();
  std::vector<std::string> names;
  for (const auto& vip : control::list_in(*answer, "vips")) {
    names.emplace_back(control::text_in(vip, "name"));
    if (control::text_in(vip, "name") != wanted) continue;
    const bool active = answers(vip);
    if (arguments.json)
      cli::print(control::pretty(json::object{{"format", 1}, {"name", wanted}, {"active", active}}));
    return active ? kDone : kNo;
  }
  return cli::refuse(arguments, "vipctl", vipd::no_such_vip(wanted, names));
}

// "vipd has started itself again (process 4711): web answers here, db is Backup"
std::string told(const json::value& status) {
  auto text = fmt::format("vipd has started itself again (process {})", control::number_in(status, "pid"));
  std::string_view before = ": ";
  for (const auto& vip : control::list_in(status, "vips")) {
    text += fmt::format("{}{} {}", before, control::text_in(vip, "name"),
                        answers(vip) ? "answers here" : "is " + control::text_in(vip, "role"));
    before = ", ";
  }
  return text;
}

// None of it: a status that does not say so is of a vipd that is back, or of an earlier version.
std::string refusal_of(const json::value& before, const json::value& now) {
  const auto& restart = control::value_in(now, "restart");
  const auto tried = control::number_in(restart, "tried");
  return tried > control::number_in(control::value_in(before, "restart"), "tried")
             ? control::text_in(restart, "refused")
             : std::string();
}

// What it leaves behind: nobody advertises, so another host takes the role, or has it.
std::string not_back(const std::string& what) {
  const auto left = vipd::LeftOver::find();
  if (!left) return fmt::format("{}: its role is left", what);
  if (left->addresses().empty())
    return fmt::format("{}: its role is left, and none of its addresses is here", what);
  return fmt::format(
      "{}: its role is left, but {} still answers here: start vipd, or take it away (vipd cleanup)", what,
      vipd::listed(left->addresses()));
}

bool runs(std::uint64_t pid) {
  return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
}

int refuse_restart(const cli::Arguments& arguments, const std::string& why) {
  return cli::refuse(arguments, "vipctl", fmt::format("restart: nothing changed: {}", why));
}

int plan_restart(const cli::Arguments& arguments) {
  const auto answer = control::ask_json(arguments.runtime_dir / "vipd.sock", {"POST", "/v1/plan/restart", ""},
                                        vipd::kAnotherProgram);
  if (!answer) return cli::refuse(arguments, "vipctl", answer.error());
  if (const auto refused = control::text_in(*answer, "refused"); !refused.empty())
    return refuse_restart(arguments, refused);
  return vipd::say_plan(arguments, *answer);
}

// Back when it answers again with a loop that has just begun.
int restart(const cli::Arguments& arguments) {
  if (arguments.has(vipd::kOnlyPlan.name)) return plan_restart(arguments);
  const auto before = ask_status(arguments);
  if (!before) return cli::refuse(arguments, "vipctl", before.error());
  const auto asked = ask(arguments, {"POST", "/v1/restart", ""});
  if (!asked) return cli::refuse(arguments, "vipctl", asked.error());
  const auto pid = control::number_in(*before, "pid");
  const bool seen = runs(pid);  // not from another namespace of processes
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(Milliseconds(100));
    const auto now = ask_status(arguments);
    if (!now && seen && !runs(pid))
      return cli::refuse(arguments, "vipctl", not_back(fmt::format("vipd (process {}) has ended", pid)));
    if (!now) continue;
    if (const auto refused = refusal_of(*before, *now); !refused.empty())
      return refuse_restart(arguments, refused);
    if (control::text_in(*now, "started") == control::text_in(*before, "started")) continue;
    cli::print(arguments.json ? control::pretty(*now) : cli::printable(told(*now)) + "\n");
    return kDone;
  }
  return cli::refuse(arguments, "vipctl",
                     not_back(fmt::format("vipd is not back within {}", format_duration(kPatience))));
}

}  // namespace

int main(int argc, char** argv) {
  cli::Program program{
      "vipctl",
      "shows and steers the floating addresses of this host",
      {cli::Common::kRuntimeDir, cli::Common::kStateDir, cli::Common::kJson},
      {{"status", "", "roles, addresses, counters; exit 3 if not as they should be", status},
       {"is-active", "NAME", "exit status 0 if this host answers for the vip, 3 if not", is_active},
       {"restart", "", "make vipd start itself again; roles and addresses stay", restart, {vipd::kOnlyPlan}},
       vipd::provider_verb(),
       answer::events_verb("vipctl", "vipd")},
      vipd::foreign_words_for_vipctl()};
  const auto stances = vipd::stance_verbs();
  program.verbs.insert(program.verbs.begin() + 2, stances.begin(), stances.end());
  const auto vips = vipd::vip_verbs();
  program.verbs.insert(program.verbs.begin() + 2, vips.begin(), vips.end());
  return cli::run(program, argc, argv);
}
