#include "netd/condition_log.h"

#include <algorithm>
#include <set>

namespace hawser::netd {
namespace {

Level level_of(Condition state) {
  return state == Condition::kOk ? Level::kInfo : Level::kWarning;
}

// Of two good states the words are of no interest: which port is active is the bond guard's news.
bool same(const Finding& one, const Finding& other) {
  return one.state == other.state && (one.state == Condition::kOk || one.text == other.text);
}

Event event_of(const Finding& from, const Finding& to) {
  Event event{.kind = EventKind::kState, .level = level_of(to.state), .object = to.object};
  event.from = name_of(from.state);
  event.to = name_of(to.state);
  event.cause.text = to.text;
  return event;
}

}  // namespace

void ConditionLog::see(const Finding& state, TimePoint now) {
  const auto [found, fresh] = known_.try_emplace(state.object);
  auto& known = found->second;
  if (fresh) known.said.object = state.object;
  if (fresh || !same(known.seen, state)) known.since = now;
  known.seen = state;
}

std::optional<Event> ConditionLog::news(Known& known, TimePoint now) {
  if (same(known.said, known.seen) || now - known.since < kLasts) return std::nullopt;
  auto event = event_of(known.said, known.seen);
  if (known.said_at != TimePoint())
    event.duration = std::chrono::duration_cast<Milliseconds>(known.since - known.said_at);
  known.said = known.seen;
  known.said_at = known.since;
  return damper_.say(known.seen.object, std::move(event), now);
}

std::vector<Event> ConditionLog::update(const std::vector<Finding>& states, TimePoint now) {
  std::set<std::string> named;
  for (const auto& state : states) {
    named.insert(state.object);
    see(state, now);
  }
  std::erase_if(known_, [&](const auto& entry) { return !named.contains(entry.first); });
  std::vector<Event> events;
  for (auto& [object, known] : known_)
    if (auto event = news(known, now)) events.push_back(std::move(*event));
  std::ranges::move(damper_.last_words(now), std::back_inserter(events));
  return events;
}

TimePoint ConditionLog::due() const {
  auto due = damper_.due().value_or(TimePoint::max());
  for (const auto& [object, known] : known_)
    if (!same(known.said, known.seen)) due = std::min(due, known.since + kLasts);
  return due;
}

}  // namespace hawser::netd
