#include "tests/support/samples.h"

#include <algorithm>

namespace hawser::lab {
namespace {

void add(Report& report, const Sample& sample) {
  ++report.sent;
  if (sample.answered) {
    ++report.answers[sample.text];
    if (!report.outages.empty() && !report.outages.back().recovered)
      report.outages.back().recovered = sample.sent;
    return;
  }
  ++report.lost;
  ++report.losses[sample.text];
  if (report.outages.empty() || report.outages.back().recovered)
    report.outages.push_back({.first_lost = sample.sent, .recovered = {}, .lost = 0});
  ++report.outages.back().lost;
}

// Answers may overtake one another, so they are put in order first.
Duration longest_gap(std::vector<TimePoint> answers, TimePoint begin, TimePoint end) {
  std::sort(answers.begin(), answers.end());
  Duration longest{};
  TimePoint last = begin;
  for (const TimePoint answer : answers) {
    longest = std::max(longest, answer - last);
    last = std::max(last, answer);
  }
  return std::max(longest, end - last);
}

}  // namespace

Duration Report::longest_outage(TimePoint end) const {
  Duration longest{};
  for (const Outage& outage : outages)
    longest = std::max(longest, outage.recovered.value_or(end) - outage.first_lost);
  return longest;
}

Report report(std::span<const Sample> samples, TimePoint begin, TimePoint end) {
  Report result;
  std::vector<TimePoint> answers;
  std::optional<TimePoint> first;
  for (const Sample& sample : samples) {
    if (sample.sent < begin || sample.sent >= end) continue;
    add(result, sample);
    first = first.value_or(sample.sent);
    if (sample.answered) answers.push_back(*sample.answered);
  }
  if (first) result.longest_gap = longest_gap(std::move(answers), *first, end);
  return result;
}

}  // namespace hawser::lab
