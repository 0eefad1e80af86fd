// What vipd says about itself: a value, its JSON (stable; `vipctl --json` prints it unchanged), and the
// tables for people.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <boost/json/value.hpp>
#include <sys/types.h>

#include "lib/daemon/lateness.h"
#include "vipd/router.h"

namespace hawser::vipd {

struct InterfaceStatus {
  std::string name;
  BadPackets bad;  // that concerned none of the vips there
};

struct DaemonStatus {
  pid_t pid = 0;
  std::string node;
  std::string config_file;
  std::uint64_t readings = 0;         // how often the file was read and judged
  bool last_good = false;             // the kept file is in use: the present one is bad
  std::vector<std::string> problems;  // of the file when it was last read
  std::vector<RouterStatus> vips;
  std::vector<InterfaceStatus> interfaces;
  Latencies loop;  // how late timers were
  std::chrono::system_clock::time_point started;
  TimePoint now;                                     // both clocks at the same moment:
  std::chrono::system_clock::time_point wall_clock;  // `since` is told in wall-clock time
};

boost::json::value to_json(const DaemonStatus& status);

// "90ms", "12s", "3m10s", "5h02m", "3d04h".
std::string age(double seconds);

// For people, from the JSON of GET /v1/status, whichever version of vipd it comes from: a missing key is an
// empty cell.
std::string tables(const boost::json::value& status);

}  // namespace hawser::vipd
