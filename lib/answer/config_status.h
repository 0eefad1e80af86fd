// What a daemon says of its file: which one is in use, and how it was when it was last read.
#pragma once

#include <string>
#include <vector>

#include <boost/json/fwd.hpp>

#include "lib/config/engine/problem.h"
#include "lib/control/finding.h"

namespace hawser::answer {

struct ConfigStatus {
  std::string file;
  bool last_good = false;                 // the kept file is in use
  std::vector<config::Problem> problems;  // of the file as it was last read
};

Finding state_of_source(const ConfigStatus& source);

// {"file": "/etc/hawser/hawser.toml", "state": "current", "problems": []}
boost::json::object config_json(const ConfigStatus& source);

}  // namespace hawser::answer
