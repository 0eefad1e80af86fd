#include "lib/base/wall_clock.h"

#include <fmt/chrono.h>

#include "lib/base/duration.h"

namespace hawser {

std::string iso8601(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::floor<Milliseconds>(time - seconds);  // fmt 9 does not print fractions
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", seconds, rest.count());
}

}  // namespace hawser
