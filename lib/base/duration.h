// Durations as text: "10ms", "100ms", "3s", "5m", "2h". A bare number is refused: 100 what?
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace hawser {

using Milliseconds = std::chrono::milliseconds;
using TimePoint =
    std::chrono::steady_clock::time_point;  // handed in by the caller; nothing here reads a clock

// "1.5s" is 1500 ms; "0s" is allowed, ranges are the setting's business. Finer than a millisecond is refused.
Result<Milliseconds> parse_duration(std::string_view text);
// The shortest exact form: 1500 ms is "1500ms", 3000 ms "3s", 120 s "2m".
std::string format_duration(Milliseconds duration);

}  // namespace hawser
