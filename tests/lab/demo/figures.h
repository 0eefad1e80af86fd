// What a fault cost the client, from the list of its requests. Pure: evaluate_capture.py counts the same from
// the packets, by the same rules.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "tests/support/clock.h"
#include "tests/support/samples.h"

namespace hawser::demo {

// From one event to the next: [from, to).
struct Window {
  lab::TimePoint from;
  lab::TimePoint to;
};

struct Figures {
  lab::Duration gap{};      // longest time between two successive answers
  lab::TimePoint gap_from;  // when it began: the last answer before it
  std::size_t lost = 0;
  std::size_t of = 0;  // requests whose fate was decided in the window

  bool operator==(const Figures&) const = default;
};

// A request counts where its fate was decided (by its answer, or by the end of its time), so that one under
// way when a cable is pulled counts for that cable, and each counts once. The gap is measured between answers
// of which the later is in the window; the window's own end closes the last gap.
Figures figures(std::span<const lab::Sample> samples, lab::Duration timeout, const Window& window);

// When the client was served again: the first answer of the first `in_a_row` answered requests in a row, of
// those sent from `since` on.
std::optional<lab::TimePoint> served_again(std::span<const lab::Sample> samples, lab::TimePoint since,
                                           std::size_t in_a_row);

}  // namespace hawser::demo
