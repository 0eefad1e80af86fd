// How long something has been so, for people.
#pragma once

#include <string>

#include "lib/base/duration.h"

namespace hawser::cli {

// Two units at most, rounded down: "350ms", "12s", "2m10s", "3h05m", "4d02h".
std::string format_age(Milliseconds age);

}  // namespace hawser::cli
