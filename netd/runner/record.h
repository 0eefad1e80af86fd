// What is kept, told and shown of what hawser-runner has run. Pure.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include <boost/json/fwd.hpp>

#include "lib/answer/config_status.h"
#include "lib/base/duration.h"
#include "lib/daemon/lateness.h"
#include "lib/events/event.h"
#include "lib/run/request.h"
#include "netd/runner/catalogue.h"

namespace hawser::netd {

struct Ran {
  run::Request request;
  run::Outcome outcome;
  std::chrono::system_clock::time_point at;  // its end
  bool operator==(const Ran&) const = default;
};

struct Record {
  static constexpr std::size_t kMost = 10;  // results of an object
  std::deque<Ran> results;                  // newest first
  void add(Ran ran);
};

struct Running {
  run::Request request;
  std::chrono::system_clock::time_point since;
};

// The one event of a run. Asking is told only where the answer is not what the last one was: it goes on all
// day. `before`: nothing of this object was run.
std::optional<Event> event_of(const Ran& ran, const Record* before);

struct RunnerFacts {
  const Catalogue& catalogue;
  const answer::ConfigStatus& source;
  const std::map<std::string, Record>& records;
  const std::map<std::string, Running>& running;
  const std::map<std::string, std::size_t>& waiting;
  const Latencies& loop;
};

// GET /v1/status: doc/control-api.md.
boost::json::object runner_status_json(const RunnerFacts& facts);
// For people.
std::string runner_status_text(const boost::json::value& status, std::size_t width = 0);

}  // namespace hawser::netd
