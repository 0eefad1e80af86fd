// What netd answers on its control socket (RUNTIME_DIR/netd.sock, HTTP and JSON, lib/control). bondctl and
// lbctl read it, so this shape is a promise: keys may be added under "format": 1, none renamed.
//
// GET /v1/status
// {
//   "format": 1, "program": "netd", "version": "0.1.0", "pid": 4711,
//   "node": "lb1",                              // "" for a single host
//   "ready": true,                              // the first apply is over
//   "state": "degraded",                        // "ok", "degraded", "dead": the worst of the findings
//   "findings": [{                              // what is not as it should be; empty: nothing
//     "object": "bond0",                        // or "bond0 addresses", "web tcp 192.0.2.100:80", the file,
//     "bond guard", "netd" "state": "degraded",                      // "degraded": something of it; "dead":
//     it carries nothing "text": "eth0 has no carrier"}],
//   "config": {
//     "file": "/etc/hawser/hawser.toml",
//     "state": "current",                       // "broken": refused by the last reload, the configuration
//                                               // before it stays in use; "last good": refused at the start,
//                                               // the kept file is
//     "problems": [{"file": "/etc/hawser/hawser.toml", "line": 3, "column": 9, "key": "bond.bond0.mode",
//                   "text": "what is wrong"}]   // of the file as it was last read: lib/config/problem_json.h
//   },
//   "bonds": [{
//     "name": "bond0", "state": "degraded",     // "ok", "degraded", "dead"
//     "text": "eth0 has no carrier",            // of an ok one: "active port eth0", "2 ports carry"
//     "present": true, "mode": "active-backup", "up": true, "carrier": true,
//     "active_port": "eth0",                    // "" in modes without one
//     "guarded": true,                          // the bond guard watches it
//     "unguarded_because": "",                  // or why not: "downdelay: the kernel is to wait"
//     "switches": 0, "last_switch": "",         // by the guard: "bond0: eth0 -> eth1: eth0 lost its carrier"
//     "last_refusal": "",                       // what the guard could not do, and why
//     "ports": [{"name": "eth0", "present": true, "member": true, "up": true, "carrier": true,
//                "active": true, "mii": "up",   // "up", "going down", "down", "going up"
//                "failures": 0, "carrier_changes": 2,
//                "lacp": null}]                 // 802.3ad: {"aggregator": 1, "partner": true,
//                "distributing": true}
//   }],
//   "services": [{                              // one entry for each virtual address
//     "name": "web", "virtual": "tcp 192.0.2.100:80", "scheduler": "wlc",   // as configured
//     "state": "ok", "text": "",                // "ok", "degraded", "dead", and why
//     "present": true,                          // the kernel has it
//     "reals": [{
//       "name": "web1", "address": "198.51.100.21:8080",
//       "weight": 100,                          // as configured
//       "effective_weight": 100,                // in the kernel; 0 when it is not there
//       "in_service": true,                     // in the kernel's table with a weight above 0
//       "state": "up",                          // "up", "down", "unknown"
//       "reason": "2 checks succeeded (site: status 200)",
//       "checks": [{"name": "site", "target": "198.51.100.21:8080", "state": "up",
//                   "words": "status 200",      // what the last probe said
//                   "in_a_row": 2,              // results like the last one
//                   "for_ms": 120000,           // how long it has been in this state; 0 while unknown
//                   "good": 100, "bad": 0, "not_run": 0}]
//     }]
//   }],
//   "refused": [{"object": "bond0", "reason": "bond0: add port eth1: No such device",
//                "retry_in_ms": 800}],          // null: not before something changes
//   "counters": {"steps": 12, "drift_repairs": 0, "refused": 0, "probes_running": 1},
//   "guard": {"state": "running",               // "running", "restarting", "off" (no bond to guard)
//             "pid": 4712, "restarts": 0, "switches": 1, "realtime": true,
//             "last": "bond0: eth0 -> eth1: eth0 lost its carrier"},
//   "lateness": {"handlers": {"count": 100, "over_2ms": 0, "longest_us": 300},
//                "loop": {"count": 100, "over_2ms": 0, "longest_us": 900}}
// }
// GET /v1/health   {"format": 1, "probes": [{"check": "site", "target": "198.51.100.21:8080", "state": "up",
//                                            "words": "status 200"}]}
// POST /v1/reload  {"format": 1, "result": "in use"}: the file is good, and what it changes is being applied;
//                  a broken file: status 409, {"error": "...", "problems": as above}; the daemon keeps its
//                  configuration. A file that would leave no link or no service of what there is counts as
//                  broken, unless asked for with /v1/reload?allow-empty.
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
boost::json::object health_json(const HealthTable& health);

// What health_json() said, as far as it can be understood; for `netd plan`.
HealthTable parse_health(const boost::json::value& answer);

// For people.
// Lines of at most `width` characters where that can be; 0: no limit.
std::string status_text(const boost::json::object& status, std::size_t width = 0);
// Those of a status' "config" or of a refused reload, as lines.
std::vector<std::string> problem_lines(const boost::json::value& answer);

}  // namespace hawser::netd
