#include "tests/lab/demo/stall_clock.h"

#include <algorithm>

namespace hawser::demo {
namespace {

using namespace std::chrono_literals;

constexpr lab::Duration kTick = 5ms;
constexpr lab::Duration kUsual = 10ms;  // late by so much is every timer

}  // namespace

void Stalls::tick(lab::TimePoint due, lab::TimePoint came) {
  if (came - due > kUsual) stalls_.push_back({due, came});
}

lab::Duration Stalls::longest(const Window& window) const {
  lab::Duration longest{};
  for (const auto& [from, to] : stalls_)
    if (to >= window.from && from < window.to) longest = std::max(longest, to - from);
  return longest;
}

StallClock::StallClock() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

void StallClock::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto due = lab::Clock::now() + kTick;
    std::this_thread::sleep_until(due);
    const std::scoped_lock lock(mutex_);
    stalls_.tick(due, lab::Clock::now());
  }
}

lab::Duration StallClock::longest(const Window& window) const {
  const std::scoped_lock lock(mutex_);
  return stalls_.longest(window);
}

}  // namespace hawser::demo
