// Why a vip has the role that it has: its last changes, each with what was known when it came.
#pragma once

#include <vector>

#include <boost/json/object.hpp>

#include "vipd/router/router.h"

namespace hawser::vipd {

// The answer to GET /v1/why: doc/control-api.md. `wall_clock` and `now` are the same moment.
boost::json::object why_json(const RouterStatus& router, const std::vector<Change>& changes, TimePoint now,
                             std::chrono::system_clock::time_point wall_clock);

}  // namespace hawser::vipd
