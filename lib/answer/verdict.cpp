#include "lib/answer/verdict.h"

#include <boost/json.hpp>

#include "lib/cli/output.h"
#include "lib/cli/table.h"
#include "lib/config/problem_json.h"
#include "lib/control/json.h"

namespace hawser::answer {

namespace json = boost::json;

json::object verdict_json(const Verdict& verdict, const json::object& more) {
  json::object document{{"format", 1},
                        {"good", verdict.good()},
                        {"problems", config::problems_json(verdict.problems)},
                        {"notes", config::problems_json(verdict.notes)}};
  for (const auto& member : more) document[member.key()] = member.value();
  return document;
}

void say(const Verdict& verdict) {
  for (const auto& note : verdict.notes) cli::say(cli::printable(note_text(note)));
  for (const auto& problem : verdict.problems) cli::say(cli::printable(to_string(problem)));
}

int refuse(const cli::Arguments& arguments, const Verdict& verdict) {
  if (arguments.json)
    cli::print(control::pretty(verdict_json(verdict)));
  else
    say(verdict);
  return kConfiguration;
}

int accept(const cli::Arguments& arguments, const Verdict& verdict, const std::string& text,
           const json::object& more) {
  if (arguments.json) {
    cli::print(control::pretty(verdict_json(verdict, more)));
  } else {
    say(verdict);
    cli::print(text);
  }
  return kDone;
}

}  // namespace hawser::answer
