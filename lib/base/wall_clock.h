// The time of day, as it is written everywhere.
#pragma once

#include <chrono>
#include <string>

namespace hawser {

// "2026-11-26T01:02:03.004Z"
std::string iso8601(std::chrono::system_clock::time_point time);

}  // namespace hawser
