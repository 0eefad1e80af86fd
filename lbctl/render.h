// Virtual services as text for people and as JSON for programs. Pure.
//
// The JSON is a promise: keys may be added under "format": 1, none renamed. Keys that only netd knows are
// null where it did not answer or does not have the object.
// {"format": 1, "netd": true, "services": [{
//   "virtual": "tcp 192.0.2.100:80", "name": "web", "present": true, "scheduler": "wlc",
//   "scheduler_flags": [], "persistence": 300, "netmask": 32, "one_packet": false,
//   "traffic": {"connections": 0, "packets_in": 0, "packets_out": 0, "bytes_in": 0, "bytes_out": 0},
//   "rate": {...},                     // the same a second, as the kernel estimates it
//   "reals": [{
//     "address": "198.51.100.21:8080", "name": "web1", "present": true, "forwarding": "masquerade",
//     "weight": 100,                     // in the kernel; 0 when it is not there
//     "configured_weight": 100, "upper_threshold": 0, "lower_threshold": 0,
//     "active": 0, "inactive": 0, "persistent": 0, "traffic": {...}, "rate": {...},
//     "state": "up", "reason": "status 200", "for_ms": 120000}]}]}
#pragma once

#include <string>

#include <boost/json/value.hpp>

#include "lbctl/view.h"

namespace hawser::lbctl {

// Lines of at most `width` characters where that can be; 0: no limit.
std::string render(const View& view, std::size_t width = 0);
boost::json::value to_json(const View& view);

}  // namespace hawser::lbctl
