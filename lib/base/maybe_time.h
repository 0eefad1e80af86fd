// A time or none, in the room of a time; std::optional<TimePoint> takes twice that.
#pragma once

#include <optional>

#include "lib/base/duration.h"

namespace hawser {

class MaybeTime {
 public:
  constexpr MaybeTime() = default;
  // From and to what takes its place where nobody counts bytes.
  constexpr MaybeTime(TimePoint time) : time_(time) {}
  constexpr MaybeTime(std::nullopt_t) {}
  constexpr MaybeTime(const std::optional<TimePoint>& time) : time_(time.value_or(kNone)) {}
  constexpr operator std::optional<TimePoint>() const { return *this ? std::optional(time_) : std::nullopt; }

  constexpr explicit operator bool() const { return time_ != kNone; }
  constexpr const TimePoint& operator*() const { return time_; }
  [[nodiscard]] constexpr TimePoint value_or(TimePoint other) const { return *this ? time_ : other; }
  constexpr void reset() { time_ = kNone; }

  constexpr bool operator==(const MaybeTime&) const = default;

 private:
  static constexpr TimePoint kNone = TimePoint::min();  // before this host's clock began

  TimePoint time_ = kNone;
};

}  // namespace hawser
