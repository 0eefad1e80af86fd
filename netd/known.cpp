#include "netd/known.h"

#include "lib/control/client.h"
#include "lib/control/json.h"
#include "lib/daemon/lock.h"
#include "lib/daemon/namespace_lock.h"
#include "netd/source.h"
#include "netd/status.h"

namespace hawser::netd {
namespace {

constexpr Milliseconds kAskDeadline{2000};

Result<HealthTable> ask(const cli::Arguments& arguments) {
  const auto answer = control::ask(control_socket(arguments), {"GET", "/v1/health", ""}, kAskDeadline);
  if (!answer) return tl::unexpected(answer.error());
  const auto body = control::parse_answer("netd", *answer);
  if (!body) return tl::unexpected(body.error());
  return parse_health(*body);
}

}  // namespace

Known as_configured(const config::Config& config) {
  return {assume_up(probes_of(lay_out(config), config)), false};
}

Result<Known> ask_health(const cli::Arguments& arguments, const config::Config& config) {
  if (config.services.empty()) return as_configured(config);  // nothing to ask
  auto told = ask(arguments);
  if (told) return Known{std::move(*told), true};
  const auto daemon = InstanceLock::held(arguments.runtime_dir, "netd");
  if (!daemon) return tl::unexpected(daemon.error());
  const auto reason = control::not_running(told.error())
                          ? fmt::format("nobody listens on {}", control_socket(arguments).native())
                          : told.error().text;
  if (*daemon)
    return fail("{} and does not say which real servers are up: {}: try again, or restart it", **daemon,
                reason);
  if (const auto elsewhere = NamespaceLock::held("netd"))
    return fail("{}, and knows which real servers are up: {}: name its directory", *elsewhere, reason);
  return as_configured(config);
}

}  // namespace hawser::netd
