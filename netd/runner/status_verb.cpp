#include "netd/runner/status_verb.h"

#include <boost/json.hpp>

#include "lib/answer/verdict.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/config/problem_json.h"
#include "lib/control/client.h"
#include "lib/control/finding.h"
#include "lib/control/json.h"
#include "netd/runner/record.h"

namespace hawser::netd {

std::filesystem::path runner_socket(const cli::Arguments& arguments) {
  return arguments.runtime_dir / "runner.sock";
}

namespace {

int not_reached(const cli::Arguments& arguments, const Error& why) {
  if (control::not_running(why))
    return cli::refuse(arguments, "", "hawser-runner does not run: systemctl start hawser-runner");
  return cli::refuse(arguments, "netd", why);
}

}  // namespace

int runner_status(const cli::Arguments& arguments) {
  const auto response = control::ask(runner_socket(arguments), {"GET", "/v1/status", ""});
  if (!response) return not_reached(arguments, response.error());
  const auto body = control::parse_answer("hawser-runner", *response);
  if (!body) return cli::refuse(arguments, "", body.error());  // names the runner itself
  cli::print(arguments.json ? control::pretty(*body) : runner_status_text(*body, cli::terminal_width()));
  return control::text_in(*body, "state") == name_of(Condition::kOk) ? kDone : kNo;
}

int runner_reload(const cli::Arguments& arguments) {
  const auto response = control::ask(runner_socket(arguments), {"POST", "/v1/reload", ""});
  if (!response) return not_reached(arguments, response.error());
  const auto body = control::parse_answer("hawser-runner", *response);
  if (body)
    return answer::accept(arguments, {}, "hawser-runner: the file was read again\n",
                          {{"result", control::text_in(*body, "result")}});
  boost::system::error_code wrong;
  const auto refused = boost::json::parse(response->body, wrong);
  const answer::Verdict verdict{config::problems_from(control::value_in(refused, "problems")), {}};
  if (verdict.good()) return cli::refuse(arguments, "", body.error());
  answer::refuse(arguments, verdict);
  if (!arguments.json) cli::say(body.error().text);  // names the runner itself
  return kConfiguration;
}

}  // namespace hawser::netd
