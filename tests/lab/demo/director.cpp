#include "tests/lab/demo/director.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

#include <fmt/format.h>

namespace hawser::demo {

using namespace std::chrono_literals;

void Director::tell(std::string_view text) const {
  fmt::print("{}\n", line_at(lab::Clock::now() - start_, text));
  static_cast<void>(std::fflush(stdout));
}

void Director::begin() {
  counted_to_ = lab::Clock::now();
}

void Director::look(const Expectation& expectation, lab::TimePoint made, Heal& heal) const {
  if (heal.after) return;
  heal.instead = expectation.instead();
  if (!heal.instead.empty()) return;
  heal.after = lab::Clock::now() - made;
  tell(fmt::format("    {:.0f} ms later {}", lab::milliseconds(*heal.after), heal.what));
}

Heal Director::look_at_client(lab::TimePoint made) const {
  const auto samples = client_.samples();
  Heal heal{"the client is answered again", std::nullopt, ""};
  if (const auto first = served_again(samples, made, pace_.in_a_row)) {
    heal.after = *first - made;
    return heal;
  }
  const auto seen = figures(samples, terms_.timeout, {made, lab::Clock::now()});
  heal.instead = fmt::format("{} of {} requests were lost", seen.lost, seen.of);
  return heal;
}

std::vector<Heal> Director::await(const std::vector<Expectation>& expected, lab::TimePoint made) const {
  std::vector<Heal> heals;
  heals.reserve(expected.size());
  for (const Expectation& expectation : expected) heals.push_back({expectation.what, std::nullopt, ""});
  Heal served;
  static_cast<void>(lab::eventually(pace_.patience, [&] {
    for (std::size_t index = 0; index < expected.size(); ++index)
      look(expected.at(index), made, heals.at(index));
    if (!served.after) served = look_at_client(made);
    return served.after &&
           std::ranges::all_of(heals, [](const Heal& heal) { return heal.after.has_value(); });
  }));
  heals.push_back(served);
  return heals;
}

bool Director::play(const Act& act) {
  tell(act.told);
  const lab::TimePoint made = lab::Clock::now();
  act.make();
  Event event{.name = act.name, .toll = act.toll, .window = {}, .cost = {}, .heals = {}, .stalled = {}};
  if (!act.expected.empty()) event.heals = await(act.expected, made);
  std::this_thread::sleep_for(act.expected.empty() ? pace_.quiet : pace_.settle);
  event.window = {counted_to_, lab::Clock::now()};
  counted_to_ = event.window.to;
  // The fate of what was asked last is not decided before its time is over.
  std::this_thread::sleep_for(terms_.timeout + 100ms);
  event.cost = figures(client_.samples(), terms_.timeout, event.window);
  event.stalled = stalls_.longest(event.window);
  tell(fmt::format("    {}", cost_in_words(event.cost)));
  if (!event.healed()) tell(fmt::format("    {}", complaint(event, pace_.patience)));
  events_.push_back(std::move(event));
  return events_.back().healed();
}

std::vector<std::string> Director::complaints() const {
  std::vector<std::string> lines;
  for (const Event& event : events_)
    if (!event.healed()) lines.push_back(complaint(event, pace_.patience));
  return lines;
}

int Director::conclude() const {
  fmt::print("\n{}\n{}\n", summary(events_), worth(events_, terms_));
  auto lines = complaints();
  std::ranges::move(losses(events_, terms_), std::back_inserter(lines));
  for (const std::string& line : lines) fmt::print("{}\n", line);
  if (lines.empty()) fmt::print("Service came back every time, and what was planned lost nothing.\n");
  return lines.empty() ? 0 : 1;
}

}  // namespace hawser::demo
