// Which real servers are in, for who plans without being the daemon: the netd that runs here knows; where
// none runs they are taken as configured. One that runs and does not say is no reason to guess.
#pragma once

#include <boost/json/object.hpp>

#include "lib/cli/command.h"
#include "lib/reconcile/pool.h"

namespace hawser {

struct KnownHealth {
  HealthTable health;
  bool from_daemon = false;
};

// "netd runs as process 1234 and does not say which real servers are up: netd does not answer: ..: try again,
// or restart it"; of one with another runtime directory: "..: name its directory".
Result<KnownHealth> ask_health(const cli::Arguments& arguments, const config::Config& config);
KnownHealth as_configured(const config::Config& config);

// The answer to GET /v1/health, see doc/control-api.md.
boost::json::object health_json(const HealthTable& health);
// What it said, as far as it can be understood.
HealthTable parse_health(const boost::json::value& answer);

}  // namespace hawser
