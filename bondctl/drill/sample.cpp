#include "bondctl/drill/sample.h"

#include <algorithm>

namespace hawser::bondctl::drill {

namespace {

using namespace std::chrono_literals;

constexpr Micros kJustBefore = 300ms;
constexpr Micros kLately = 500ms;
constexpr Micros kOnTheWay = 200ms;  // a probe that is younger may yet be answered
constexpr double kNearlyAll = 0.95;

void count(Cost& cost, Fate fate) {
  ++cost.sent;
  if (fate == Fate::kNeverLeft) ++cost.never_left;
  if (fate == Fate::kNoAnswer) ++cost.no_answer;
  if (fate == Fate::kNotPassed) ++cost.not_passed;
}

// A row of lost ones that is not over counts up to the window's end.
void measure_outage(Cost& cost, std::span<const Probe> probes, Micros end) {
  const Probe* first = nullptr;
  const auto close = [&](Micros until) {
    if (first != nullptr && until - first->sent > cost.outage) {
      cost.outage = until - first->sent;
      cost.outage_from = first->sent;
    }
    first = nullptr;
  };
  for (const auto& probe : probes) {
    if (probe.answered)
      close(probe.sent);
    else if (first == nullptr)
      first = &probe;
  }
  close(end);
}

Micros longest_silence(std::vector<Micros> moments, const Window& window) {
  std::ranges::sort(moments);
  Micros longest{};
  auto previous = window.from;
  for (const auto moment : moments) {
    longest = std::max(longest, moment - previous);
    previous = moment;
  }
  return std::max(longest, window.to - previous);
}

// Answers that came within the window, whenever their probe was sent.
void measure_silence(Cost& cost, std::span<const Probe> probes, const Window& window) {
  std::vector<Micros> left, answered;
  const auto within = [&](const std::optional<Micros>& moment) {
    return moment && *moment >= window.from && *moment < window.to;
  };
  for (const auto& probe : probes) {
    if (within(probe.left)) left.push_back(*probe.left);
    if (within(probe.answered)) answered.push_back(*probe.answered);
  }
  cost.silent_out = longest_silence(std::move(left), window);
  cost.silent_in = longest_silence(std::move(answered), window);
}

}  // namespace

Fate fate_of(const Probe& probe) {
  if (probe.answered) return Fate::kAnswered;
  if (probe.came) return Fate::kNotPassed;
  return probe.left ? Fate::kNoAnswer : Fate::kNeverLeft;
}

std::span<const Probe> sent_in(std::span<const Probe> probes, const Window& window) {
  const auto first = std::ranges::lower_bound(probes, window.from, {}, &Probe::sent);
  const auto last = std::ranges::lower_bound(probes, window.to, {}, &Probe::sent);
  return {first, last};
}

Cost cost_of(std::span<const Probe> probes, const Window& window, const std::string& port) {
  Cost cost;
  const auto within = sent_in(probes, window);
  for (const auto& probe : within) count(cost, fate_of(probe));
  measure_outage(cost, within, window.to);
  measure_silence(cost, probes, window);
  if (!carried_by(probes, window.from, port)) return cost;
  for (const auto& probe : within)
    if (probe.left && probe.out != port && (!cost.moved || *probe.left < *cost.moved))
      cost.moved = probe.left;
  return cost;
}

bool carried_by(std::span<const Probe> probes, Micros before, const std::string& port) {
  return std::ranges::any_of(sent_in(probes, {before - kJustBefore, before}),
                             [&](const Probe& probe) { return probe.left && probe.out == port; });
}

bool is_answered(std::span<const Probe> probes, Micros now) {
  const auto within = sent_in(probes, {now - kLately, now - kOnTheWay});
  const auto answered =
      std::ranges::count_if(within, [](const Probe& probe) { return probe.answered.has_value(); });
  return answered > 0 && static_cast<double>(answered) >= kNearlyAll * static_cast<double>(within.size());
}

}  // namespace hawser::bondctl::drill
