// When which probe runs. Pure: the time and the dice come in as arguments.
// Starts are spread over the interval, so that a thousand checks of one second do not all fire in the same
// millisecond; each next start is moved by up to 10 %, so that directors that were started together do not
// keep asking together. One probe of a key at a time, and never more than the cap in total.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "probes/probe.h"

namespace hawser::probes {

class Schedule {
 public:
  static constexpr double kJitter = 0.1;

  explicit Schedule(std::size_t most_at_once) : most_at_once_(most_at_once) {}

  // What shall run from now on, and how often. Keys that stay keep their rhythm and are not started twice.
  void set(const std::map<ProbeKey, Milliseconds>& intervals, TimePoint now);

  // The probes to start now, the longest due first; each counts as running until finished().
  std::vector<ProbeKey> take_due(TimePoint now);

  // `dice` from -1 to 1: how much of the jitter this time.
  void finished(const ProbeKey& key, TimePoint now, double dice);

  // When to call take_due() next; nullopt: when a running one finishes, or never.
  [[nodiscard]] std::optional<TimePoint> next() const;
  [[nodiscard]] std::size_t running() const { return running_; }

 private:
  struct Entry {
    Milliseconds interval{};
    TimePoint due;  // the next start; while running, the last one
    bool running = false;
  };

  void erase_missing(const std::map<ProbeKey, Milliseconds>& intervals);

  std::size_t most_at_once_;
  std::size_t running_ = 0;
  std::map<ProbeKey, Entry> entries_;
  std::set<std::pair<TimePoint, ProbeKey>> queue_;  // those that are not running
  std::set<ProbeKey> abandoned_;                    // running, but no longer wanted
};

}  // namespace hawser::probes
