// Which real servers are in, for who plans without being the daemon: the netd that runs here knows; where
// none runs they are taken as configured. One that runs and does not say is no reason to guess.
#pragma once

#include "lib/cli/command.h"
#include "netd/pool.h"

namespace hawser::netd {

struct Known {
  HealthTable health;
  bool from_daemon = false;
};

// "netd runs as process 1234 and does not say which real servers are up: netd does not answer: ..: try again,
// or restart it"; of one with another runtime directory: "..: name its directory".
Result<Known> ask_health(const cli::Arguments& arguments, const config::Config& config);
Known as_configured(const config::Config& config);

}  // namespace hawser::netd
