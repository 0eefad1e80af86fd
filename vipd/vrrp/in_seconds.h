// Times of an election as people read them: "3.61s".
#pragma once

#include <chrono>
#include <string>

#include <fmt/format.h>

namespace hawser::vipd {

inline std::string in_seconds(std::chrono::nanoseconds duration) {
  const auto count = std::chrono::duration<double>(std::max(duration, std::chrono::nanoseconds(0))).count();
  return count < 100 ? fmt::format("{:.3g}s", count) : fmt::format("{:.0f}s", count);
}

}  // namespace hawser::vipd
