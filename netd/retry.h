// What the kernel refused, and when it is asked again: 1 s, then twice as long each time, at most 60 s;
// logged once per change of the reason. Pure.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/duration.h"

namespace hawser::netd {

inline constexpr Milliseconds kFirstRetry{1000};
inline constexpr Milliseconds kLongestRetry{60000};

struct Retry {
  Milliseconds delay{};
  TimePoint due;  // max: not before something changes
  std::string reason;
};

template <class Key>
class Retries {
 public:
  // True when this reason is new for the object and has to be said.
  bool refused(const Key& key, const std::string& reason, TimePoint now) {
    auto [found, fresh] = waiting_.try_emplace(key);
    auto& retry = found->second;
    const bool say = fresh || retry.reason != reason;
    retry.delay = fresh ? kFirstRetry : std::min(retry.delay * 2, kLongestRetry);
    retry.reason = reason;
    set_due(key, retry, now + retry.delay);
    return say;
  }
  // The same once more.
  void again(const Key& key, TimePoint now) {
    if (const auto found = waiting_.find(key); found != waiting_.end())
      refused(key, std::string(found->second.reason), now);
  }
  // Not refused, but without effect: time alone will not help. True when this is new.
  bool futile(const Key& key, const std::string& reason) {
    const auto [found, fresh] = waiting_.try_emplace(key);
    auto& retry = found->second;
    const bool say = fresh || retry.reason != reason;
    retry.delay = kFirstRetry;
    retry.reason = reason;
    set_due(key, retry, TimePoint::max());
    return say;
  }
  // True when it had been refused before.
  bool done(const Key& key) {
    const auto found = waiting_.find(key);
    if (found == waiting_.end()) return false;
    by_time_.erase({found->second.due, key});
    waiting_.erase(found);
    return true;
  }
  void clear() {
    waiting_.clear();
    by_time_.clear();
  }
  // All of them are due at once: something changed that may have been in the way.
  void hurry() {
    for (auto& [key, retry] : waiting_) set_due(key, retry, TimePoint::min());
  }

  // Whether to leave the object alone for now.
  [[nodiscard]] bool must_wait(const Key& key, TimePoint now) const {
    const auto found = waiting_.find(key);
    return found != waiting_.end() && now < found->second.due;
  }
  [[nodiscard]] std::vector<Key> due(TimePoint now) const {
    std::vector<Key> keys;
    for (const auto& [when, key] : by_time_) {
      if (when > now) break;
      keys.push_back(key);
    }
    return keys;
  }
  [[nodiscard]] std::optional<TimePoint> next() const {
    return by_time_.empty() ? std::nullopt : std::optional(by_time_.begin()->first);
  }
  [[nodiscard]] const std::map<Key, Retry>& waiting() const { return waiting_; }

 private:
  void set_due(const Key& key, Retry& retry, TimePoint due) {
    by_time_.erase({retry.due, key});
    retry.due = due;
    by_time_.insert({due, key});
  }

  std::map<Key, Retry> waiting_;
  std::set<std::pair<TimePoint, Key>> by_time_;  // asked with every event, of thousands that wait
};

}  // namespace hawser::netd
