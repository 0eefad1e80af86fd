#include "tests/lab/demo/figures.h"

#include <algorithm>
#include <vector>

namespace hawser::demo {
namespace {

std::vector<lab::TimePoint> answers_in_order(std::span<const lab::Sample> samples) {
  std::vector<lab::TimePoint> moments;
  for (const lab::Sample& sample : samples)
    if (sample.answered) moments.push_back(*sample.answered);
  std::ranges::sort(moments);
  return moments;
}

void measure_gap(std::span<const lab::Sample> samples, const Window& window, Figures& result) {
  const auto answers = answers_in_order(samples);
  auto next = std::ranges::lower_bound(answers, window.from);
  lab::TimePoint previous = next == answers.begin() ? window.from : *std::prev(next);
  const auto close = [&](lab::TimePoint moment) {
    if (moment - previous > result.gap) {
      result.gap = moment - previous;
      result.gap_from = previous;
    }
    previous = moment;
  };
  for (; next != answers.end() && *next < window.to; ++next) close(*next);
  close(window.to);
}

}  // namespace

Figures figures(std::span<const lab::Sample> samples, lab::Duration timeout, const Window& window) {
  Figures result;
  for (const lab::Sample& sample : samples) {
    const lab::TimePoint decided = sample.answered.value_or(sample.sent + timeout);
    if (decided < window.from || decided >= window.to) continue;
    ++result.of;
    if (!sample.answered) ++result.lost;
  }
  measure_gap(samples, window, result);
  return result;
}

std::optional<lab::TimePoint> served_again(std::span<const lab::Sample> samples, lab::TimePoint since,
                                           std::size_t in_a_row) {
  std::size_t row = 0;
  lab::TimePoint first;
  for (const lab::Sample& sample : samples) {
    if (sample.sent < since) continue;
    row = sample.answered ? row + 1 : 0;
    if (row == 1) first = *sample.answered;
    if (row == in_a_row) return first;
  }
  return std::nullopt;
}

}  // namespace hawser::demo
