// What vipd says about itself: a value, and its JSON (stable; `vipctl --json` prints it unchanged).
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <boost/json/value.hpp>
#include <sys/types.h>

#include "lib/daemon/lateness.h"
#include "vipd/router/router.h"
#include "vipd/worker/worker_protocol.h"

namespace hawser::vipd {

struct InterfaceStatus {
  std::string name;
  BadPackets bad;  // that concerned none of the vips there
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
  std::uint64_t readings = 0;             // how often the file was read and judged
  bool last_good = false;                 // the kept file is in use: the present one is bad
  std::vector<config::Problem> problems;  // of the file when it was last read
  std::string changes;                    // what the last reading that was used has changed
  std::vector<RouterStatus> vips;
  std::vector<InterfaceStatus> interfaces;
  RestartStatus restart;
  Latencies loop;  // how late timers were
  std::chrono::system_clock::time_point started;
  TimePoint now;                                     // both clocks at the same moment:
  std::chrono::system_clock::time_point wall_clock;  // `since` is told in wall-clock time
};

// GET /v1/status
// {
//   "format": 1, "program": "vipd", "version": "0.1.0", "pid": 4711, "started": "2026-11-26T01:02:03.004Z",
//   "node": "lb1", "state": "degraded",                        // "ok", "degraded", "dead": the worst of the
//   findings "findings": [{"object": "web", "state": "degraded", "text": "..."}],   // empty: nothing
//   "config": {
//     "file": "/etc/hawser/hawser.toml",
//     "state": "current",                       // "broken": refused by the last reload, what was read before
//                                               // stays in use; "last good": refused at the start, the kept
//                                               // file is in use
//     "readings": 2,
//     "changes": "web changed (priority)",      // by the last reading that was used
//     "problems": [{"file": "...", "line": 3, "column": 9, "key": "vip.web.priority", "text": "..."}]
//                                               // lib/config/problem_json.h
//   },
//   "restart": {"tried": 1, "refused": "..."},  // POST /v1/restart; refused: null where it was not
//   "vips": [{"name": "web", "role": "Active",
//             "answers": true,                  // this host is the one that answers for the addresses
//             ...}],
//   "lateness": {"loop": {"count": 100, "over_2ms": 0, "longest_us": 900, ...}},   // as netd's
//   ...
// }
boost::json::value to_json(const DaemonStatus& status);

}  // namespace hawser::vipd
