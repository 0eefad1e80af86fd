// Problems and notes as JSON, wherever they go: the answers of --json, the control sockets, from vipd's
// worker to vipd. Each is
//   {"file": "/etc/hawser/hawser.toml", "line": 3, "column": 9, "key": "bond.bond0.mode", "text": "is
//   missing"}
// with null for what does not apply: line and column where it is about a file as a whole, which `text` names
// then; file and key where it is about this host.
#pragma once

#include <vector>

#include <boost/json/value.hpp>

#include "lib/config/load.h"

namespace hawser::config {

boost::json::array problems_json(const std::vector<Problem>& problems);
// The other way; what is missing or of another type is empty. Anything but a list holds none.
std::vector<Problem> problems_from(const boost::json::value& list);

}  // namespace hawser::config
