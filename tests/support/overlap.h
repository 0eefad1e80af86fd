// Which host answered for an address and when, and for how long two of them did at once. Pure.
#pragma once

#include <span>
#include <string>

#include "tests/support/clock.h"

namespace hawser::lab {

struct Answer {
  std::chrono::nanoseconds time{};
  std::string host;

  bool operator==(const Answer&) const = default;
};

// The longest stretch in which two hosts answered, from the first answer of the one that came later to the
// last of the one that went first. A host that is silent for longer than `quiet` has stopped, and begins anew
// with its next answer.
[[nodiscard]] Duration longest_overlap(std::span<const Answer> answers, Duration quiet = 500ms);

}  // namespace hawser::lab
