// Time in the laboratory: one monotonic clock, and waiting for something without sleeping blindly.
#pragma once

#include <chrono>
#include <thread>

namespace hawser::lab {

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC
using TimePoint = Clock::time_point;
using Duration = Clock::duration;
using namespace std::chrono_literals;

// Asks `holds` every few milliseconds; true as soon as it is, false when `within` passed without.
template <class Predicate>
[[nodiscard]] bool eventually(Duration within, Predicate&& holds, Duration every = 5ms) {
  const TimePoint end = Clock::now() + within;
  while (!holds()) {
    if (Clock::now() >= end) return false;
    std::this_thread::sleep_for(every);
  }
  return true;
}

inline double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace hawser::lab
