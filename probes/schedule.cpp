#include "probes/schedule.h"

namespace hawser::probes {

void Schedule::set(const std::map<ProbeKey, Milliseconds>& intervals, TimePoint now) {
  erase_missing(intervals);
  std::size_t fresh = 0;
  for (const auto& [key, interval] : intervals) fresh += entries_.contains(key) ? 0U : 1U;
  std::size_t position = 0;
  for (const auto& [key, interval] : intervals) {
    const auto [found, is_new] = entries_.try_emplace(key);
    auto& entry = found->second;
    entry.interval = interval;
    if (!is_new) continue;
    // The first of them at once, the last just before one interval has passed.
    entry.due = now + interval * static_cast<long>(position++) / static_cast<long>(fresh);
    entry.running = abandoned_.erase(key) > 0;
    if (!entry.running) queue_.emplace(entry.due, key);
  }
}

void Schedule::erase_missing(const std::map<ProbeKey, Milliseconds>& intervals) {
  std::erase_if(entries_, [&](const auto& item) {
    const auto& [key, entry] = item;
    if (intervals.contains(key)) return false;
    if (entry.running) abandoned_.insert(key);
    queue_.erase({entry.due, key});
    return true;
  });
}

std::vector<ProbeKey> Schedule::take_due(TimePoint now) {
  std::vector<ProbeKey> due;
  while (running_ < most_at_once_ && !queue_.empty() && queue_.begin()->first <= now) {
    auto key = queue_.begin()->second;
    queue_.erase(queue_.begin());
    auto& entry = entries_.at(key);
    entry.running = true;
    entry.due = now;
    ++running_;
    due.push_back(std::move(key));
  }
  return due;
}

void Schedule::finished(const ProbeKey& key, TimePoint now, double dice) {
  if (running_ > 0) --running_;
  if (abandoned_.erase(key) > 0) return;
  const auto found = entries_.find(key);
  if (found == entries_.end() || !found->second.running) return;
  auto& entry = found->second;
  const auto pause = std::chrono::duration<double, std::milli>(entry.interval) * (1.0 + kJitter * dice);
  entry.running = false;
  // Counted from the start: a slow answer does not stretch the rhythm, but never two at a time.
  entry.due = std::max(now, entry.due + std::chrono::duration_cast<TimePoint::duration>(pause));
  queue_.emplace(entry.due, key);
}

std::optional<TimePoint> Schedule::next() const {
  if (queue_.empty() || running_ >= most_at_once_) return std::nullopt;
  return queue_.begin()->first;
}

}  // namespace hawser::probes
