// A queue of small jobs worked off in slices of time, so that ten thousand addresses never keep an
// advertisement waiting. The clock comes from the caller.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <utility>

#include "lib/base/duration.h"

namespace hawser::vipd {

// No handler of the loop may take longer: an advertisement of 10 ms would notice.
inline constexpr std::chrono::nanoseconds kSlice = std::chrono::milliseconds(2);

template <class Job>
class WorkQueue {
 public:
  void push(Job job) { jobs_.push_back(std::move(job)); }
  void clear() { jobs_.clear(); }
  [[nodiscard]] bool empty() const { return jobs_.empty(); }
  [[nodiscard]] std::size_t size() const { return jobs_.size(); }

  // Performs jobs in order until none is left or `budget` is used up: at least one, and no further one once
  // the time is over. A job may push others. Returns whether some are left.
  template <class Clock, class Perform>
  bool run(Clock&& clock, std::chrono::nanoseconds budget, Perform&& perform) {
    const TimePoint end = clock() + budget;
    while (!jobs_.empty()) {
      const Job job = std::move(jobs_.front());
      jobs_.pop_front();
      perform(job);
      if (clock() >= end) break;
    }
    return !jobs_.empty();
  }

 private:
  std::deque<Job> jobs_;
};

}  // namespace hawser::vipd
