// Verbs that ask the running netd.
#include <boost/json.hpp>

#include "lib/cli/output.h"
#include "lib/control/client.h"
#include "lib/control/json.h"
#include "netd/source.h"
#include "netd/status.h"
#include "netd/verbs.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;

void say_problems(const control::Response& response) {
  boost::system::error_code error;
  const auto body = json::parse(response.body, error);
  if (error) return;
  for (const auto& line : problem_lines(body)) fmt::print(stderr, "{}\n", line);
}

}  // namespace

int status(const cli::Arguments& arguments) {
  const auto response = control::ask(control_socket(arguments), {"GET", "/v1/status", ""});
  if (!response) return cli::complain("netd", response.error());
  const auto body = control::parse_answer("netd", *response);
  if (!body) {
    fmt::print(stderr, "{}\n", body.error().text);
    return kRefused;
  }
  if (!body->is_object()) return cli::complain("netd", "the answer is not a status");
  cli::print(arguments.json ? control::pretty(*body)
                            : status_text(body->get_object(), cli::terminal_width()));
  return control::text_in(*body, "state") == name_of(Condition::kOk) ? kDone : kNo;
}

int reload(const cli::Arguments& arguments) {
  const std::string target = arguments.has("--allow-empty") ? "/v1/reload?allow-empty" : "/v1/reload";
  const auto response = control::ask(control_socket(arguments), {"POST", target, ""});
  if (!response) return cli::complain("netd", response.error());
  say_problems(*response);
  const auto body = control::parse_answer("netd", *response);
  if (!body) {
    fmt::print(stderr, "{}\n", body.error().text);  // names netd itself
    return response->status == 409 ? kConfiguration : kRefused;
  }
  cli::print(arguments.json
                 ? control::pretty(*body)
                 : std::string("netd: the file was read again; what it changes is being applied\n"));
  return kDone;
}

}  // namespace hawser::netd
