#include "vipd/stance_verbs.h"

#include <ctime>
#include <thread>

#include <boost/json.hpp>
#include <fmt/ranges.h>

#include "lib/base/duration.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "vipd/ask.h"
#include "vipd/daemon/names.h"

namespace hawser::vipd {

namespace {

namespace json = boost::json;
using WallTime = std::chrono::system_clock::time_point;

const cli::Option kUntil{"--until", "TIME",
                         "go on as the file says by itself: a duration (2h) or a time of day (18:30)"};
// Three of the longest intervals, and the skew.
constexpr Milliseconds kLongest{170000};
constexpr Milliseconds kLookAgain{50};

struct Seen {
  std::string name, role, why;
};

Result<std::vector<Seen>> look(const cli::Arguments& arguments) {
  const auto status = ask(arguments, "GET", "/v1/status");
  if (!status) return tl::unexpected(status.error());
  std::vector<Seen> all;
  for (const auto& vip : control::list_in(*status, "vips"))
    all.push_back({std::string(control::text_in(vip, "name")), std::string(control::text_in(vip, "role")),
                   std::string(control::text_in(vip, "why"))});
  return all;
}

std::string unknown(const std::vector<Seen>& all, const std::string& name) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const auto& vip : all) names.push_back(vip.name);
  return no_such_vip(name, names);
}

const Seen* find(const std::vector<Seen>& all, const std::string& name) {
  const auto found = std::ranges::find(all, name, &Seen::name);
  return found == all.end() ? nullptr : &*found;
}

// Until none of them is leaving its role any more, as long as that may take.
Result<std::vector<Seen>> after_leaving(const cli::Arguments& arguments,
                                        const std::vector<std::string>& names) {
  const auto end = std::chrono::steady_clock::now() + kLongest;
  for (;;) {
    auto all = look(arguments);
    if (!all) return all;
    const bool leaving = std::ranges::any_of(names, [&](const std::string& name) {
      const auto* vip = find(*all, name);
      return vip != nullptr && vip->role == "Leaving";
    });
    if (!leaving || std::chrono::steady_clock::now() >= end) return all;
    std::this_thread::sleep_for(kLookAgain);
  }
}

json::object json_of(const Seen& vip) {
  return {{"name", vip.name}, {"role", vip.role}, {"why", vip.why}};
}

void answer(const cli::Arguments& arguments, const std::vector<Seen>& vips) {
  if (arguments.json) {
    json::array list;
    for (const auto& vip : vips) list.push_back(json_of(vip));
    return cli::print(control::pretty({{"format", 1}, {"vips", std::move(list)}}));
  }
  for (const auto& vip : vips) cli::print(fmt::format("{}: {}: {}\n", vip.name, vip.role, vip.why));
}

std::vector<Seen> only(const std::vector<Seen>& all, const std::vector<std::string>& names) {
  std::vector<Seen> some;
  for (const auto& name : names)
    if (const auto* vip = find(all, name)) some.push_back(*vip);
  return some;
}

// Nobody took over: what was asked for did not happen, so nothing of it stays.
int nobody_took_over(const cli::Arguments& arguments, const std::string& vip) {
  (void)ask(arguments, "POST", "/v1/resume?vip=" + vip);
  return cli::refuse(arguments, "vipctl",
                     fmt::format("{}: no other router took over: it is Active here, as before", vip));
}

int handover(const cli::Arguments& arguments) {
  const auto& vip = arguments.words.front();
  const auto before = look(arguments);
  if (!before) return cli::refuse(arguments, "vipctl", before.error());
  const auto* there = find(*before, vip);
  if (there == nullptr) return cli::refuse(arguments, "vipctl", unknown(*before, vip));
  if (there->role != "Active")
    return cli::refuse(arguments, "vipctl",
                       fmt::format("{}: is {} here: there is nothing to hand over", vip, there->role));
  if (arguments.has(kOnlyPlan.name)) return plan(arguments, "stand-by?vip=" + vip);
  if (const auto asked = ask(arguments, "POST", "/v1/stand-by?vip=" + vip); !asked)
    return cli::refuse(arguments, "vipctl", asked.error());
  const auto after = after_leaving(arguments, {vip});
  if (!after) return cli::refuse(arguments, "vipctl", after.error());
  const auto* now = find(*after, vip);
  if (now != nullptr && now->role == "Active") return nobody_took_over(arguments, vip);
  answer(arguments, only(*after, {vip}));
  return kDone;
}

int take(const cli::Arguments& arguments) {
  const auto& vip = arguments.words.front();
  const auto before = look(arguments);
  if (!before) return cli::refuse(arguments, "vipctl", before.error());
  if (find(*before, vip) == nullptr) return cli::refuse(arguments, "vipctl", unknown(*before, vip));
  if (arguments.has(kOnlyPlan.name)) return plan(arguments, "take?vip=" + vip);
  if (const auto asked = ask(arguments, "POST", "/v1/take?vip=" + vip); !asked)
    return cli::refuse(arguments, "vipctl", asked.error());
  const auto after = look(arguments);
  if (!after) return cli::refuse(arguments, "vipctl", after.error());
  answer(arguments, only(*after, {vip}));
  const auto* now = find(*after, vip);
  return now != nullptr && now->role == "Active" ? kDone : kRefused;
}

int release(const cli::Arguments& arguments) {
  std::string target = "stand-by";
  if (const auto given = arguments.values.find(kUntil.name); given != arguments.values.end()) {
    const auto until = parse_until(given->second, std::chrono::system_clock::now());
    if (!until) {
      cli::refuse(arguments, "vipctl release", until.error().text);
      return kUsage;
    }
    target +=
        fmt::format("?until={}", std::chrono::duration_cast<Milliseconds>(until->time_since_epoch()).count());
  }
  if (arguments.has(kOnlyPlan.name)) return plan(arguments, target);
  const auto asked = ask(arguments, "POST", "/v1/" + target);
  if (!asked) return cli::refuse(arguments, "vipctl", asked.error());
  const auto names = names_in(*asked);
  const auto after = after_leaving(arguments, names);
  if (!after) return cli::refuse(arguments, "vipctl", after.error());
  const auto vips = only(*after, names);
  answer(arguments, vips);
  const bool all = std::ranges::none_of(vips, [](const Seen& vip) { return vip.role == "Active"; });
  if (!all) cli::complain("vipctl", "no other router took over what is Active here still");
  return all ? kDone : kRefused;
}

// Of each that is named, or of all.
std::vector<std::string> resume_targets(const cli::Arguments& arguments) {
  if (arguments.words.empty()) return {"resume"};
  std::vector<std::string> targets;
  targets.reserve(arguments.words.size());
  for (const auto& vip : arguments.words) targets.push_back("resume?vip=" + vip);
  return targets;
}

int plan_resume(const cli::Arguments& arguments) {
  json::array all;
  for (const auto& target : resume_targets(arguments)) {
    const auto answer = ask(arguments, "GET", "/v1/plan/" + target);
    if (!answer) return cli::refuse(arguments, "vipctl", answer.error());
    for (const auto& one : control::list_in(*answer, "plan")) all.push_back(one);
  }
  return say_plan(arguments, json::object{{"format", 1}, {"plan", std::move(all)}});
}

int resume(const cli::Arguments& arguments) {
  if (arguments.has(kOnlyPlan.name)) return plan_resume(arguments);
  std::vector<std::string> names;
  for (const auto& target : resume_targets(arguments)) {
    const auto asked = ask(arguments, "POST", "/v1/" + target);
    if (!asked) return cli::refuse(arguments, "vipctl", asked.error());
    for (auto& name : names_in(*asked)) names.push_back(std::move(name));
  }
  if (arguments.json)
    cli::print(control::pretty({{"format", 1}, {"vips", json::array(names.begin(), names.end())}}));
  else if (names.empty())
    cli::print("every vip goes on as its file says\n");
  else
    cli::print(fmt::format("as the file says again: {}\n", fmt::join(names, ", ")));
  return kDone;
}

}  // namespace

Result<WallTime> parse_until(const std::string& text, WallTime now) {
  constexpr Milliseconds kMost{std::chrono::hours(24 * 31)};
  if (const auto duration = parse_duration(text)) {
    if (*duration <= Milliseconds(0) || *duration > kMost)
      return fail("--until: must be from now on, within 31 days");
    return now + *duration;
  }
  std::tm day{};
  const auto today = std::chrono::system_clock::to_time_t(now);
  ::localtime_r(&today, &day);
  const char* rest = ::strptime(text.c_str(), "%H:%M", &day);
  if (rest == nullptr || *rest != '\0')
    return fail("--until: \"{}\" is neither a duration such as 2h nor a time of day such as 18:30", text);
  day.tm_sec = 0;
  day.tm_isdst = -1;
  auto then = std::chrono::system_clock::from_time_t(::mktime(&day));
  if (then <= now) {
    ++day.tm_mday;
    day.tm_isdst = -1;
    then = std::chrono::system_clock::from_time_t(::mktime(&day));
  }
  return then;
}

std::vector<cli::Verb> stance_verbs() {
  return {{"handover",
           "NAME",
           "give the role to another router without a loss, and stand by",
           handover,
           {kOnlyPlan}},
          {"take", "NAME", "take the role from whoever has it, and keep it", take, {kOnlyPlan}},
          {"release",
           "",
           "hand every vip over and stand by, before work on this host",
           release,
           {kUntil, kOnlyPlan}},
          {"resume",
           "[NAME...]",
           "go on as the file says, after a handover, release or take",
           resume,
           {kOnlyPlan}}};
}

}  // namespace hawser::vipd
