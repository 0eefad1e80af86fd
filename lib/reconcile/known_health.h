// Which real servers are in, for who plans without being the daemon: the netd that runs here knows; where
// none runs they are taken as configured. One that runs and does not say is no reason to guess.
#pragma once

#include <boost/json/object.hpp>

#include "lib/cli/command.h"
#include "lib/reconcile/overrides.h"

namespace hawser {

struct KnownHealth {
  HealthTable health;
  bool from_daemon = false;
  Overrides overrides{};
  std::map<ServiceKey, PoolMemory> pools{};
  TimePoint now{};  // of the times in them
  // Why what was drained or disabled by hand is not known; empty: it is.
  std::string unknown_overrides{};
};

// "netd runs as process 1234 and does not say which real servers are up: netd does not answer: ..: try again,
// or restart it"; of one with another runtime directory: "..: name its directory".
Result<KnownHealth> ask_health(const cli::Arguments& arguments, const config::Config& config);
// Every check passed; what was drained or disabled by hand still is, where it can be read.
KnownHealth as_configured(const cli::Arguments& arguments, const config::Config& config);

// The answer to GET /v1/health, see doc/control-api.md.
boost::json::object health_json(const KnownHealth& known);
// What it said, as far as it can be understood.
KnownHealth parse_health(const boost::json::value& answer);

// The services as whoever knows that wants them.
State desired_services(const Layout& layout, const KnownHealth& known,
                       const std::map<ServiceKey, Service>& present);

}  // namespace hawser
