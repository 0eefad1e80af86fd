// A queue of small jobs worked off in slices of time, so that ten thousand addresses never keep an
// advertisement waiting. The clock comes from the caller.
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include "lib/base/duration.h"

namespace hawser::vipd {

// No handler of the loop may take longer: an advertisement of 10 ms would notice.
inline constexpr std::chrono::nanoseconds kSlice = std::chrono::milliseconds(2);

template <class Job>
class WorkQueue {
 public:
  void push(Job job) { jobs_.push_back(std::move(job)); }
  void clear() {
    std::vector<Job>().swap(jobs_);  // gives back what it took, as = {} would not
    next_ = 0;
  }
  [[nodiscard]] bool empty() const { return next_ == jobs_.size(); }
  [[nodiscard]] std::size_t size() const { return jobs_.size() - next_; }

  // Performs jobs in order until none is left or `budget` is used up: at least one, and no further one once
  // the time is over. A job may push others. Returns whether some are left.
  template <class Clock, class Perform>
  bool run(Clock&& clock, std::chrono::nanoseconds budget, Perform&& perform) {
    const TimePoint end = clock() + budget;
    while (!empty()) {
      const Job job = std::move(jobs_[next_++]);
      let_go_of_done();
      perform(job);
      if (clock() >= end) break;
    }
    return !empty();
  }

 private:
  void let_go_of_done() {
    if (empty()) return clear();
    if (next_ < 1024 || next_ < jobs_.size() / 2) return;
    jobs_.erase(jobs_.begin(), jobs_.begin() + static_cast<std::ptrdiff_t>(next_));
    next_ = 0;
  }

  // Not a deque: that one has half a kilobyte while it is empty, and a host has a thousand of them.
  std::vector<Job> jobs_;
  std::size_t next_ = 0;  // those before are done
};

}  // namespace hawser::vipd
