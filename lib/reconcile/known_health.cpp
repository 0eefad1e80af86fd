#include "lib/reconcile/known_health.h"

#include <boost/json.hpp>

#include "lib/cli/table.h"
#include "lib/control/client.h"
#include "lib/control/json.h"
#include "lib/daemon/lock.h"
#include "lib/daemon/namespace_lock.h"
#include "lib/reconcile/directories.h"

namespace hawser {
namespace {

namespace json = boost::json;

constexpr Milliseconds kAskDeadline{2000};

Result<HealthTable> ask(const cli::Arguments& arguments) {
  const auto answer = control::ask_json(netd_socket(arguments), {"GET", "/v1/health", ""}, kAskDeadline);
  if (!answer) return tl::unexpected(answer.error());
  return parse_health(*answer);
}

std::optional<std::pair<probes::ProbeKey, probes::Health>> parse_one(const json::value& item) {
  const auto target = Endpoint::parse(control::text_in(item, "target"));
  const auto state = from_name<probes::HealthState>(control::text_in(item, "state"));
  if (!target || !state) return std::nullopt;
  probes::Health health;
  health.state = *state;
  health.words = cli::printable(control::text_in(item, "words"));
  return std::pair{probes::ProbeKey{control::text_in(item, "check"), *target}, health};
}

}  // namespace

KnownHealth as_configured(const config::Config& config) {
  return {assume_up(probes_of(lay_out(config), config)), false};
}

Result<KnownHealth> ask_health(const cli::Arguments& arguments, const config::Config& config) {
  if (config.services.empty()) return as_configured(config);  // nothing to ask
  auto told = ask(arguments);
  if (told) return KnownHealth{std::move(*told), true};
  const auto daemon = InstanceLock::held(arguments.runtime_dir, "netd");
  if (!daemon) return tl::unexpected(daemon.error());
  const auto reason = control::not_running(told.error())
                          ? fmt::format("nobody listens on {}", netd_socket(arguments).native())
                          : told.error().text;
  if (*daemon)
    return fail("{} and does not say which real servers are up: {}: try again, or restart it", **daemon,
                reason);
  if (const auto elsewhere = NamespaceLock::held("netd"))
    return fail("{}, and knows which real servers are up: {}: name its directory", *elsewhere, reason);
  return as_configured(config);
}

json::object health_json(const HealthTable& health) {
  json::array list;
  for (const auto& [key, known] : health)
    list.push_back(json::object{{"check", key.check},
                                {"target", to_string(key.target)},
                                {"state", name_of(known.state)},
                                {"words", known.words}});
  return {{"format", 1}, {"probes", std::move(list)}};
}

HealthTable parse_health(const json::value& answer) {
  HealthTable table;
  for (const auto& item : control::list_in(answer, "probes"))
    if (auto one = parse_one(item)) table.insert(std::move(*one));
  return table;
}

}  // namespace hawser
