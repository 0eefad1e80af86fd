#include "vipd/ask.h"

#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/cli/table.h"

namespace hawser::vipd {

int say_plan(const cli::Arguments& arguments, const boost::json::value& answer) {
  if (arguments.json) {
    cli::print(control::pretty(answer));
    return kDone;
  }
  const auto& plan = control::list_in(answer, "plan");
  for (const auto& one : plan) {
    const auto line = fmt::format("{}: {}", control::text_in(one, "vip"), control::text_in(one, "would"));
    cli::print(cli::printable(line) + "\n");
  }
  if (plan.empty()) cli::print("nothing would change\n");
  return kDone;
}

int plan(const cli::Arguments& arguments, const std::string& target) {
  const auto answer = ask(arguments, "GET", "/v1/plan/" + target);
  return answer ? say_plan(arguments, *answer) : cli::refuse(arguments, "vipctl", answer.error());
}

}  // namespace hawser::vipd
