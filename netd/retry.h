// What the kernel refused, and when it is asked again: 1 s, then twice as long each time, at most 60 s;
// logged once per change of the reason. Pure.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
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
    retry.due = now + retry.delay;
    retry.reason = reason;
    return say;
  }
  // Not refused, but without effect: time alone will not help. True when this is new.
  bool futile(const Key& key, const std::string& reason) {
    const auto [found, fresh] = waiting_.try_emplace(key);
    const bool say = fresh || found->second.reason != reason;
    found->second = {.delay = kFirstRetry, .due = TimePoint::max(), .reason = reason};
    return say;
  }
  // True when it had been refused before.
  bool done(const Key& key) { return waiting_.erase(key) > 0; }
  void clear() { waiting_.clear(); }

  // Whether to leave the object alone for now.
  [[nodiscard]] bool must_wait(const Key& key, TimePoint now) const {
    const auto found = waiting_.find(key);
    return found != waiting_.end() && now < found->second.due;
  }
  [[nodiscard]] std::vector<Key> due(TimePoint now) const {
    std::vector<Key> keys;
    for (const auto& [key, retry] : waiting_)
      if (retry.due <= now) keys.push_back(key);
    return keys;
  }
  [[nodiscard]] std::optional<TimePoint> next() const {
    std::optional<TimePoint> first;
    for (const auto& [key, retry] : waiting_)
      if (!first || retry.due < *first) first = retry.due;
    return first;
  }
  [[nodiscard]] const std::map<Key, Retry>& waiting() const { return waiting_; }

 private:
  std::map<Key, Retry> waiting_;
};

}  // namespace hawser::netd
