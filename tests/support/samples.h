// What a client noticed: one sample a request, and what follows from them. Pure; times are the caller's.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/support/clock.h"

namespace hawser::lab {

struct Sample {
  TimePoint sent;
  std::optional<TimePoint> answered;  // nothing: lost
  std::string text;                   // of an answer, the server's name; of a loss, why

  bool operator==(const Sample&) const = default;
};

// Consecutive requests without an answer.
struct Outage {
  TimePoint first_lost;                // when the first of them was sent
  std::optional<TimePoint> recovered;  // when the next request that was answered was sent; nothing: still out
  size_t lost = 0;

  bool operator==(const Outage&) const = default;
};

struct Report {
  size_t sent = 0;
  size_t lost = 0;
  Duration longest_gap{};  // between successive answers, and from the first request and to the window's end
  std::vector<Outage> outages;
  std::map<std::string, size_t> answers;  // by server
  std::map<std::string, size_t> losses;   // by reason

  // The longest outage; one that has not ended counts up to `end`. Zero if nothing was lost.
  [[nodiscard]] Duration longest_outage(TimePoint end) const;
};

// Of the samples in order of sending, those sent in [begin, end). `begin` may be TimePoint::min().
[[nodiscard]] Report report(std::span<const Sample> samples, TimePoint begin, TimePoint end);

}  // namespace hawser::lab
