// What vipd says about itself: a value, and its JSON (stable; `vipctl --json` prints it unchanged).
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <boost/json/value.hpp>
#include <sys/types.h>

#include "lib/daemon/lateness.h"
#include "vipd/daemon/stands.h"
#include "vipd/router/router.h"
#include "vipd/worker/worker_protocol.h"

namespace hawser::vipd {

struct InterfaceStatus {
  std::string name;
  Family family = Family::kIpv4;
  BadPackets bad{};  // that concerned none of the vips there
};

// How often it was tried whether a new start would succeed, and why the last one was refused (empty: it was
// not).
struct RestartStatus {
  std::uint64_t tried = 0;
  std::string refused;
};

struct DaemonStatus {
  pid_t pid = 0;
  std::string node;
  std::string config_file;
  std::uint64_t readings = 0;             // how many askings for a reading of the file were answered
  bool last_good = false;                 // the kept file is in use: the present one is bad
  std::vector<config::Problem> problems;  // of the file when it was last read
  std::string changes;                    // what the last reading that was used has changed
  std::vector<RouterStatus> vips;
  Stands stands{};
  std::vector<InterfaceStatus> interfaces;
  std::vector<RouteReport> routes;               // of all vips that a provider routes
  std::map<std::string, std::string> fencing{};  // by vip: why it is not done yet
  std::map<AddressKey, std::string> not_held{};  // of their addresses, and why
  std::string
      not_dropped{};   // why packets to addresses with accept = false are accepted; empty: they are not
  std::string worker;  // why it is not there or does not answer; empty: all is well
  RestartStatus restart;
  Latencies loop;  // how late timers were
  std::chrono::system_clock::time_point started;
  TimePoint now;                                     // both clocks at the same moment:
  std::chrono::system_clock::time_point wall_clock;  // `since` is told in wall-clock time
};

// The answer to GET /v1/status: doc/control-api.md.
boost::json::value to_json(const DaemonStatus& status);

}  // namespace hawser::vipd
