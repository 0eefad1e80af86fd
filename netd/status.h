// What netd answers on its control socket: doc/control-api.md, which is a promise. bondctl and lbctl read it.
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "lib/config/load.h"
#include "lib/daemon/lateness.h"
#include "netd/controller.h"
#include "netd/findings.h"

namespace hawser::netd {

// Everything that the answer is made of.
struct StatusFacts {
  const config::Config& config;
  const ConfigStatus& source;
  const Controller& controller;
  const GuardStatus& guard;
  const Latencies& handlers;
  const Latencies& loop;
  std::size_t probes_running = 0;
  bool ready = false;
  TimePoint now;
};

boost::json::object status_json(const StatusFacts& facts);

// For people.
// Lines of at most `width` characters where that can be; 0: no limit.
std::string status_text(const boost::json::value& status, std::size_t width = 0);
// Those of a status' "config" or of a refused reload, as lines.
std::vector<std::string> problem_lines(const boost::json::value& answer);

}  // namespace hawser::netd
