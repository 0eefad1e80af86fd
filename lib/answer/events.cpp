#include "lib/answer/events.h"

#include <cerrno>
#include <cstdio>

#include <boost/json.hpp>

#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/cli/table.h"
#include "lib/control/client.h"
#include "lib/control/json.h"

namespace hawser::answer {
namespace {

namespace json = boost::json;

// Of those that are kept, as many are shown before what comes: who follows wants to know where he is.
constexpr std::size_t kBefore = 10;

bool is_wanted(const cli::Arguments& arguments, const json::value& event) {
  return arguments.words.empty() || control::text_in(event, "object") == arguments.words.front();
}

std::vector<json::value> wanted(const cli::Arguments& arguments, const json::value& answer) {
  std::vector<json::value> events;
  for (const auto& event : control::list_in(answer, "events"))
    if (is_wanted(arguments, event)) events.push_back(event);
  return events;
}

// "2026-11-26T01:02:03.004Z warning web: Active: no advertisement from 192.0.2.12 for 3.61s"
std::string line_of(const json::value& event) {
  return cli::printable(fmt::format("{} {:<7} {}", control::text_in(event, "at"),
                                    control::text_in(event, "level"), control::text_in(event, "line"))) +
         "\n";
}

int show(const cli::Arguments& arguments, const json::value& answer) {
  const auto events = wanted(arguments, answer);
  if (arguments.json) {
    cli::print(control::pretty(json::object{{"format", 1},
                                            {"forgotten", control::number_in(answer, "forgotten")},
                                            {"events", json::array(events.begin(), events.end())}}));
    return kDone;
  }
  for (const auto& event : events) cli::print(line_of(event));
  if (events.empty()) cli::say("no events");
  return kDone;
}

// One JSON text a line.
void print(const cli::Arguments& arguments, const json::value& event) {
  cli::print(arguments.json ? json::serialize(event) + "\n" : line_of(event));
  (void)std::fflush(stdout);
}

// {"missed": 12}: what came while we did not read.
void say_missed(const cli::Arguments& arguments, const json::value& missed) {
  if (arguments.json)
    cli::print(json::serialize(missed) + "\n");
  else
    cli::say(fmt::format("{} events were missed", control::number_in(missed, "missed")));
}

// False: nobody reads what is printed.
bool take(const cli::Arguments& arguments, const control::Message& message) {
  boost::system::error_code unreadable;
  const auto event = json::parse(message.data, unreadable);
  if (message.event == "missed")
    say_missed(arguments, event);
  else if (!unreadable && is_wanted(arguments, event))
    print(arguments, event);
  return std::ferror(stdout) == 0;
}

// Its last line, when the daemon stopped.
int end(const cli::Arguments& arguments, std::string_view program, const Error& why) {
  if (!arguments.json) return cli::refuse(arguments, program, why);
  cli::print(json::serialize(json::object{{"format", 1}, {"error", {{"text", why.text}}}}) + "\n");
  return kRefused;
}

int follow(const cli::Arguments& arguments, std::string_view program, const std::filesystem::path& socket,
           const json::value& answer) {
  const auto events = wanted(arguments, answer);
  const auto all = control::list_in(answer, "events");
  for (auto at = events.size() - std::min(events.size(), kBefore); at < events.size(); ++at)
    print(arguments, events[at]);
  if (std::ferror(stdout) != 0) return kRefused;  // nobody reads
  const auto last = all.empty() ? 0 : control::number_in(all.back(), "id");
  const auto ended = control::follow(socket, {"GET", fmt::format("/v1/events/stream?after={}", last), ""},
                                     [&](const auto& message) { return take(arguments, message); });
  return ended ? kDone : end(arguments, program, ended.error());
}

}  // namespace

int show_events(const cli::Arguments& arguments, std::string_view program, std::string_view daemon) {
  const auto socket = arguments.runtime_dir / fmt::format("{}.sock", daemon);
  const auto answer = control::ask_json(socket, {"GET", "/v1/events", ""});
  if (!answer) return cli::refuse(arguments, program, answer.error());
  return arguments.has("--follow") ? follow(arguments, program, socket, *answer) : show(arguments, *answer);
}

cli::Verb events_verb(std::string_view program, std::string_view daemon) {
  return {
      "events",
      "[OBJECT]",
      "what has happened lately, of all or of one object",
      [program, daemon](const cli::Arguments& arguments) { return show_events(arguments, program, daemon); },
      {{"--follow", "", "and what happens from now on, until Ctrl-C"}}};
}

}  // namespace hawser::answer
