// A clock that ticks beside the demo: how long nothing of ours got the processor. What the client lost in
// such a time says nothing of Hawser.
#pragma once

#include <mutex>
#include <thread>
#include <vector>

#include "tests/lab/demo/figures.h"

namespace hawser::demo {

// The ticks that came late. Pure.
class Stalls {
 public:
  void tick(lab::TimePoint due, lab::TimePoint came);
  // By how much the latest of those was late that stood still within the window.
  [[nodiscard]] lab::Duration longest(const Window& window) const;

 private:
  struct Stall {
    lab::TimePoint from, to;
  };
  std::vector<Stall> stalls_;
};

class StallClock {
 public:
  StallClock();
  [[nodiscard]] lab::Duration longest(const Window& window) const;

 private:
  void run(const std::stop_token& stop);

  mutable std::mutex mutex_;
  Stalls stalls_;
  std::jthread thread_;  // last: it ends first
};

}  // namespace hawser::demo
