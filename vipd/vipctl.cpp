// vipctl: asks the running vipd.
#include <thread>

#include <boost/json.hpp>

#include "lib/cli/command.h"
#include "lib/cli/output.h"
#include "lib/control/client.h"
#include "lib/control/json.h"
#include "vipd/status.h"

namespace {

using namespace hawser;
namespace json = boost::json;

constexpr Milliseconds kPatience{10000};

Result<json::value> ask(const cli::Arguments& arguments, const control::Request& request) {
  const auto response = control::ask(arguments.runtime_dir / "vipd.sock", request);
  if (!response) return tl::unexpected(response.error());
  return control::parse_answer("vipd", *response);
}

Result<json::value> ask_status(const cli::Arguments& arguments) {
  return ask(arguments, {"GET", "/v1/status", ""});
}

int status(const cli::Arguments& arguments) {
  const auto answer = ask_status(arguments);
  if (!answer) return cli::complain("vipctl", answer.error());
  cli::print(arguments.json ? control::pretty(*answer) : vipd::tables(*answer));
  return kDone;
}

int is_active(const cli::Arguments& arguments) {
  const auto answer = ask_status(arguments);
  if (!answer) return cli::complain("vipctl", answer.error());
  const auto& wanted = arguments.words.front();
  for (const auto& vip : answer->at("vips").as_array())
    if (vip.at("name").as_string() == wanted) return vip.at("role").as_string() == "Active" ? kDone : kNo;
  return cli::complain("vipctl", fmt::format("{}: no such vip", wanted));
}

// Back when it answers again with a loop that has just begun.
int restart(const cli::Arguments& arguments) {
  const auto before = ask_status(arguments);
  if (!before) return cli::complain("vipctl", before.error());
  const auto asked = ask(arguments, {"POST", "/v1/restart", ""});
  if (!asked) return cli::complain("vipctl", asked.error());
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(Milliseconds(100));
    const auto now = ask_status(arguments);
    if (now && now->at("started") != before->at("started")) return kDone;
  }
  return cli::complain("vipctl", fmt::format("vipd is not back within {}", format_duration(kPatience)));
}

}  // namespace

int main(int argc, char** argv) {
  const cli::Program program{
      "vipctl",
      "shows and steers the floating addresses of this host",
      {cli::Common::kRuntimeDir, cli::Common::kJson},
      {{"status", "", "roles, addresses, counters", status},
       {"is-active", "NAME", "exit status 0 if this host holds the vip, 3 if not", is_active},
       {"restart", "", "make vipd start itself again; roles and addresses stay", restart}}};
  return cli::run(program, argc, argv);
}
