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
  if (error || !body.is_object()) return;
  const auto* problems = body.get_object().if_contains("problems");
  if (problems == nullptr || !problems->is_array()) return;
  for (const auto& problem : problems->get_array())
    if (problem.is_string()) fmt::print(stderr, "{}\n", std::string_view(problem.get_string()));
}

// Exit 3 for a daemon that is there but not as it should be: a broken file, refused steps.
int health_of(const json::object& status) {
  const auto* refused = status.if_contains("refused");
  const auto* config = status.if_contains("config");
  if (refused != nullptr && refused->is_array() && !refused->get_array().empty()) return kNo;
  if (config == nullptr || !config->is_object()) return kDone;
  const auto* problems = config->get_object().if_contains("problems");
  return problems != nullptr && problems->is_array() && !problems->get_array().empty() ? kNo : kDone;
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
  cli::print(arguments.json ? control::pretty(*body) : status_text(body->get_object()));
  return health_of(body->get_object());
}

int reload(const cli::Arguments& arguments) {
  const auto response = control::ask(control_socket(arguments), {"POST", "/v1/reload", ""});
  if (!response) return cli::complain("netd", response.error());
  say_problems(*response);
  const auto body = control::parse_answer("netd", *response);
  if (!body) {
    fmt::print(stderr, "{}\n", body.error().text);  // names netd itself
    return response->status == 409 ? kConfiguration : kRefused;
  }
  cli::print(arguments.json ? control::pretty(*body) : std::string("netd: the file is in use\n"));
  return kDone;
}

}  // namespace hawser::netd
