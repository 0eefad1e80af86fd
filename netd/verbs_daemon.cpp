// Verbs that ask the running netd.
#include <boost/json.hpp>

#include "lib/answer/confirm.h"
#include "lib/answer/verdict.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/config/problem_json.h"
#include "lib/control/client.h"
#include "lib/control/json.h"
#include "lib/reconcile/directories.h"
#include "netd/status.h"
#include "netd/verbs.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;

// Of a refused reload; none: it was refused for something else.
answer::Verdict verdict_in(const control::Response& response) {
  boost::system::error_code error;
  const auto body = json::parse(response.body, error);
  return {config::problems_from(control::value_in(body, "problems")), {}};
}

}  // namespace

int status(const cli::Arguments& arguments) {
  const auto response = control::ask(netd_socket(arguments), {"GET", "/v1/status", ""});
  if (!response) return cli::refuse(arguments, "netd", response.error());
  auto body = control::parse_answer("netd", *response);
  if (!body) return cli::refuse(arguments, "", body.error());  // names netd itself
  if (!body->is_object()) return cli::refuse(arguments, "netd", "the answer is not a status");
  const auto waiting = waiting_change();  // of whoever made it: netd does not know of it
  if (arguments.json) {
    body->as_object()["waiting"] = answer::waiting_json(waiting);
    cli::print(control::pretty(*body));
  } else {
    cli::print(answer::waiting_text(waiting) + status_text(*body, cli::terminal_width()));
  }
  return control::text_in(*body, "state") == name_of(Condition::kOk) ? kDone : kNo;
}

int reload(const cli::Arguments& arguments) {
  const std::string target = arguments.has("--allow-empty") ? "/v1/reload?allow-empty" : "/v1/reload";
  const auto response = control::ask(netd_socket(arguments), {"POST", target, ""});
  if (!response) return cli::refuse(arguments, "netd", response.error());
  const auto body = control::parse_answer("netd", *response);
  if (body)
    return answer::accept(arguments, {}, "netd: the file was read again; what it changes is being applied\n",
                          {{"result", control::text_in(*body, "result")}});
  const auto verdict = verdict_in(*response);
  const int code = response->status == 409 ? kConfiguration : kRefused;
  if (verdict.good()) return cli::refuse(arguments, "", body.error()), code;
  answer::refuse(arguments, verdict);
  if (!arguments.json) cli::say(body.error().text);  // names netd itself
  return code;
}

}  // namespace hawser::netd
