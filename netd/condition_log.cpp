#include "netd/condition_log.h"

#include <set>

namespace hawser::netd {
namespace {

log::Level level_of(Condition state) {
  return state == Condition::kOk ? log::Level::kInfo : log::Level::kWarning;
}

// Of two good states the words are of no interest: which port is active is the bond guard's news.
bool same(const Finding& one, const Finding& other) {
  return one.state == other.state && (one.state == Condition::kOk || one.text == other.text);
}

std::string line_of(const Finding& state) {
  const auto word = state.state == Condition::kOk ? std::string_view("ok again") : name_of(state.state);
  return fmt::format("{}: {}: {}", state.object, word, state.text);
}

}  // namespace

void ConditionLog::see(const Finding& state, TimePoint now) {
  const auto [found, fresh] = known_.try_emplace(state.object);
  auto& known = found->second;
  if (fresh) known.said.object = state.object;
  if (fresh || !same(known.seen, state)) known.since = now;
  known.seen = state;
}

std::optional<ConditionLog::Line> ConditionLog::news(Known& known, TimePoint now) {
  if (same(known.said, known.seen) || now - known.since < kLasts) return std::nullopt;
  known.said = known.seen;
  auto text = damper_.say(known.seen.object, line_of(known.seen), now);
  if (!text) return std::nullopt;
  return Line{level_of(known.seen.state), std::move(*text)};
}

// A line that was kept back: the last word on its object.
log::Level ConditionLog::level_of_line(const std::string& text) const {
  for (const auto& [object, known] : known_)
    if (text.starts_with(line_of(known.said))) return level_of(known.said.state);
  return log::Level::kWarning;
}

std::vector<ConditionLog::Line> ConditionLog::update(const std::vector<Finding>& states, TimePoint now) {
  std::set<std::string> named;
  for (const auto& state : states) {
    named.insert(state.object);
    see(state, now);
  }
  std::erase_if(known_, [&](const auto& entry) { return !named.contains(entry.first); });
  std::vector<Line> lines;
  for (auto& [object, known] : known_)
    if (auto line = news(known, now)) lines.push_back(std::move(*line));
  for (auto& text : damper_.last_words(now)) {
    const auto level = level_of_line(text);
    lines.push_back({level, std::move(text)});
  }
  return lines;
}

TimePoint ConditionLog::due() const {
  auto due = damper_.due().value_or(TimePoint::max());
  for (const auto& [object, known] : known_)
    if (!same(known.said, known.seen)) due = std::min(due, known.since + kLasts);
  return due;
}

}  // namespace hawser::netd
