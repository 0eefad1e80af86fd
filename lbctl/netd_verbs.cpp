#include "lbctl/netd_verbs.h"

#include <optional>
#include <thread>

#include <boost/json.hpp>
#include <unistd.h>

#include "lbctl/told.h"
#include "lib/base/duration.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/client.h"
#include "lib/control/json.h"

namespace hawser::lbctl {

namespace {

namespace json = boost::json;
using std::chrono::steady_clock;

constexpr Milliseconds kBetweenLooks{500};
constexpr std::string_view kDefaultPatience = "60s";

const cli::Option kOfService{"--service", "NAME", "of this service alone, not of all"};
const cli::Option kAllowEmpty{"--allow-empty", "", "also where no real server is left in service"};

std::filesystem::path socket_of(const cli::Arguments& arguments) {
  return arguments.runtime_dir / "netd.sock";
}

std::string value_or(const cli::Arguments& arguments, const std::string& option,
                     std::string_view otherwise = "") {
  const auto found = arguments.values.find(option);
  return found == arguments.values.end() ? std::string(otherwise) : found->second;
}

Result<json::value> status(const cli::Arguments& arguments) {
  return control::ask_json(socket_of(arguments), {"GET", "/v1/status", ""});
}

int wrong_duration(const cli::Arguments& arguments, const std::string& option, const Error& error) {
  (void)cli::refuse(arguments, "lbctl", fmt::format("{}: {}", option, error.text));
  return kUsage;
}

json::array told_json(const std::vector<Told>& list) {
  json::array reals;
  for (const auto& told : list)
    reals.push_back(json::object{{"service", told.service},
                                 {"virtual", told.at},
                                 {"real", told.real},
                                 {"state", told.state},
                                 {"override", told.override_},
                                 {"in_table", told.in_table},
                                 {"why", told.why}});
  return reals;
}

void tell(const cli::Arguments& arguments, const std::vector<Told>& list) {
  if (arguments.json)
    return cli::print(control::pretty(json::object{{"format", 1}, {"reals", told_json(list)}}));
  for (const auto& told : list) cli::print(line_of(told) + "\n");
}

// One line on a terminal that is written over; elsewhere nothing until the end.
class Progress {
 public:
  explicit Progress(bool wanted) : wanted_(wanted && ::isatty(STDERR_FILENO) == 1) {}
  ~Progress() { show(""); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const std::string& text) const {
    if (!wanted_) return;
    const auto line = fmt::format("\r\033[K{}", text);
    [[maybe_unused]] const auto count = ::write(STDERR_FILENO, line.data(), line.size());
  }

 private:
  bool wanted_;
};

// Until `pending` is true of none. Errors: netd is gone; ETIMEDOUT after `patience`.
Result<std::vector<Told>> wait_while(const cli::Arguments& arguments, const std::string& service,
                                     const std::string& real, bool (*pending)(const Told&),
                                     std::optional<Milliseconds> patience) {
  const Progress progress(!arguments.json);
  const auto begun = steady_clock::now();
  for (;;) {
    const auto now = status(arguments);
    if (!now) return tl::unexpected(now.error());
    auto list = told_of(*now, service, real);
    const auto waits = std::ranges::find_if(list, pending);
    if (waits == list.end()) return list;
    if (patience && steady_clock::now() - begun >= *patience)
      return fail_with(ETIMEDOUT, "still waiting after {}: {}", format_duration(*patience), line_of(*waits));
    progress.show(line_of(*waits));
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

Result<json::value> say(const cli::Arguments& arguments, std::string_view what,
                        std::optional<Milliseconds> within = {}) {
  json::object body{{"real", arguments.words.front()}, {"what", what}};
  if (const auto service = value_or(arguments, kOfService.name); !service.empty()) body["service"] = service;
  if (within) body["within_ms"] = within->count();
  if (arguments.has("--dry-run")) body["dry_run"] = true;
  return control::ask_json(socket_of(arguments), {"POST", "/v1/override", json::serialize(body)});
}

int show_who(const cli::Arguments& arguments, const json::value& answer, const json::array& emptied) {
  if (arguments.json) {
    auto document = answer;
    if (document.is_object()) document.get_object()["emptied"] = emptied;
    cli::print(control::pretty(document));
    return kDone;
  }
  for (const auto& real : control::list_in(answer, "reals"))
    if (real.is_string())
      cli::print(
          fmt::format("would be {}: {}\n", control::text_in(answer, "what"), real.get_string().c_str()));
  for (const auto& sentence : emptied) cli::print(fmt::format("{}\n", sentence.get_string().c_str()));
  return kDone;
}

// Nobody empties a service by a slip: it must be said twice.
int refuse_emptying(const cli::Arguments& arguments, const json::array& emptied) {
  const auto advice = fmt::format("nothing changed: if that is meant, say so with {}", kAllowEmpty.name);
  if (arguments.json) {
    cli::print(
        control::pretty(json::object{{"format", 1}, {"error", {{"text", advice}}}, {"emptied", emptied}}));
    return kRefused;
  }
  for (const auto& sentence : emptied) cli::complain("lbctl", sentence.get_string().c_str());
  cli::complain("lbctl", advice);
  return kRefused;
}

// What would be without any real server then; none where nobody needs to know.
Result<json::array> emptied(const cli::Arguments& arguments, Out out) {
  if (arguments.has(kAllowEmpty.name)) return json::array();
  const auto now = status(arguments);
  if (!now) return tl::unexpected(now.error());
  json::array list;
  for (const auto& sentence :
       emptied_by(*now, value_or(arguments, kOfService.name), arguments.words.front(), out))
    list.emplace_back(sentence);
  return list;
}

// What netd was asked, and how it is now.
int report(const cli::Arguments& arguments, const Result<json::value>& answer,
           const json::array& emptied = {}) {
  if (!answer) return cli::refuse(arguments, "lbctl", answer.error());
  if (arguments.has("--dry-run")) return show_who(arguments, *answer, emptied);
  const auto now = status(arguments);
  if (!now) return cli::refuse(arguments, "lbctl", now.error());
  tell(arguments, told_of(*now, value_or(arguments, kOfService.name), arguments.words.front()));
  return kDone;
}

}  // namespace

int drain_verb(const cli::Arguments& arguments) {
  std::optional<Milliseconds> within;
  if (const auto text = value_or(arguments, "--within"); !text.empty()) {
    const auto read = parse_duration(text);
    if (!read) return wrong_duration(arguments, "--within", read.error());
    within = *read;
  }
  const auto costs = emptied(arguments, Out::kDrained);
  if (!costs) return cli::refuse(arguments, "lbctl", costs.error());
  const bool dry = arguments.has("--dry-run");
  if (!costs->empty() && !dry) return refuse_emptying(arguments, *costs);
  const auto answer = say(arguments, "draining", within);
  if (!answer || !arguments.has("--wait") || dry) return report(arguments, answer, *costs);
  const auto list =
      wait_while(arguments, value_or(arguments, kOfService.name), arguments.words.front(), is_draining, {});
  if (!list) return cli::refuse(arguments, "lbctl", list.error());
  tell(arguments, *list);
  return kDone;
}

int disable_verb(const cli::Arguments& arguments) {
  const auto costs = emptied(arguments, Out::kDisabled);
  if (!costs) return cli::refuse(arguments, "lbctl", costs.error());
  if (!costs->empty() && !arguments.has("--dry-run")) return refuse_emptying(arguments, *costs);
  return report(arguments, say(arguments, "disabled"), *costs);
}

int enable_verb(const cli::Arguments& arguments) {
  return report(arguments, say(arguments, "enabled"));
}

int why_verb(const cli::Arguments& arguments) {
  const auto now = status(arguments);
  if (!now) return cli::refuse(arguments, "lbctl", now.error());
  const auto asked = arguments.words.empty() ? std::string() : arguments.words.front();
  auto list = told_of(*now, asked, "");
  if (list.empty()) list = told_of(*now, "", asked);
  if (list.empty() && !asked.empty())
    return cli::refuse(arguments, "lbctl",
                       fmt::format("{}: netd has no such service and no such real server", asked));
  tell(arguments, list);
  return kDone;
}

int wait_ready_verb(const cli::Arguments& arguments) {
  const auto patience = parse_duration(value_or(arguments, "--timeout", kDefaultPatience));
  if (!patience) return wrong_duration(arguments, "--timeout", patience.error());
  const auto asked = arguments.words.empty() ? std::string() : arguments.words.front();
  const auto list = wait_while(arguments, asked, "", is_waited_for, *patience);
  if (!list) {
    (void)cli::refuse(arguments, "lbctl", list.error());
    return list.error().code == ETIMEDOUT ? kNo : kRefused;
  }
  if (list->empty() && !asked.empty())
    return cli::refuse(arguments, "lbctl", fmt::format("{}: netd has no such service", asked));
  tell(arguments, *list);
  return kDone;
}

std::vector<cli::Verb> netd_verbs() {
  static const cli::Option dry_run{"--dry-run", "", "say of whom it would be, and do nothing"};
  return {{"drain",
           "REAL",
           "no new connections for a real server; out when the last one has ended",
           drain_verb,
           {kOfService,
            {"--within", "DURATION", "out then at the latest, whatever connections there are"},
            {"--wait", "", "until it is out, with progress on a terminal"},
            kAllowEmpty,
            dry_run}},
          {"disable",
           "REAL",
           "take a real server out at once, until it is enabled",
           disable_verb,
           {kOfService, kAllowEmpty, dry_run}},
          {"enable", "REAL", "end what drain or disable began", enable_verb, {kOfService, dry_run}},
          {"why", "[SERVICE]",
           "one sentence for each real server: its weight, and why; SERVICE: or a real server", why_verb},
          {"wait-ready",
           "[SERVICE]",
           "until the checks of every real server have spoken",
           wait_ready_verb,
           {{"--timeout", "DURATION", "how long, by default 60s; then exit 3"}}}};
}

}  // namespace hawser::lbctl
