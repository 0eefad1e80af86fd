#include "lib/daemon/damper.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace hawser {
namespace {

// Nothing heard for so long, and for as long as the pause: what comes now is news.
constexpr Milliseconds kQuiet{300000};
// What has lasted less is never a last word.
constexpr Milliseconds kLasts{2000};
constexpr std::string_view kOthers;  // the topic of those that are too many

Milliseconds doubled(Milliseconds first, std::uint32_t times, Milliseconds longest) {
  auto pause = first;
  for (std::uint32_t i = 0; i < times && pause < longest; ++i) pause *= 2;
  return std::min(pause, longest);
}

std::uint32_t number_of(std::string_view words) {
  return static_cast<std::uint32_t>(std::hash<std::string_view>()(words));
}

// What is said of it without who and how many: the words that have no digit in them. Or a peer that sends
// another address each time had a new reason each time.
std::uint32_t reason_of(std::string_view text) {
  std::string reason;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word.find_first_of("0123456789") == std::string_view::npos) reason.append(word).append(1, ' ');
  }
  return number_of(reason);
}

}  // namespace

Milliseconds Damper::pause(const Topic& topic, Words line) const {
  if (topic.lines == 0) return Milliseconds(0);
  if (line == topic.said && !topic.over) return doubled(pace_.repeat, topic.lines - 1, pace_.longest);
  if (topic.lines < pace_.free) return Milliseconds(0);
  return doubled(pace_.change, topic.lines - pace_.free, pace_.longest);
}

bool Damper::is_quiet(const Topic& topic, TimePoint now) const {
  return now - topic.heard_at >= std::max(kQuiet, pause(topic, number_of({})));
}

bool Damper::is_new_reason(const Topic& topic, Words reason) {
  const auto end = topic.reasons.begin() + topic.reasons_said;
  return end != topic.reasons.end() && std::find(topic.reasons.begin(), end, reason) == end;
}

void Damper::note_reason(Topic& topic, Words reason) {
  if (is_new_reason(topic, reason)) topic.reasons.at(topic.reasons_said++) = reason;
}

TimePoint Damper::due(const Topic& topic) const {
  return std::min(topic.said_at + pause(topic, number_of(line_of(*topic.waiting))),
                  topic.since + std::max(kLasts, 3 * topic.lasted));
}

std::vector<Damper::Topic>::iterator Damper::place_of(Words name) {
  return std::ranges::lower_bound(topics_, name, {}, &Topic::name);
}

Damper::Topic& Damper::find_or_make(std::string_view name, TimePoint now) {
  auto number = number_of(name);
  auto place = place_of(number);
  if (place != topics_.end() && place->name == number) return *place;
  if (topics_.size() >= pace_.topics)
    std::erase_if(topics_, [&](const Topic& topic) { return is_quiet(topic, now); });
  if (topics_.size() >= pace_.topics) number = number_of(kOthers);
  place = place_of(number);
  if (place == topics_.end() || place->name != number) {
    place = topics_.emplace(place);
    place->name = number;
  }
  return *place;
}

Event Damper::write(Topic& topic, Event event, TimePoint now) {
  const auto line = line_of(event);
  topic.said = number_of(line);
  note_reason(topic, reason_of(line));
  if (topic.kept_back > 0)
    event.repeats = {topic.kept_back, std::chrono::ceil<std::chrono::seconds>(now - topic.said_at)};
  topic.waiting.reset();
  topic.said_at = now;
  ++topic.lines;
  topic.kept_back = 0;
  topic.over = false;
  return event;
}

void Damper::hear(Topic& topic, Words line, TimePoint now) {
  if (line != topic.heard || topic.over) {
    if (topic.lines > 0)
      topic.lasted = std::max(topic.lasted, std::chrono::duration_cast<Milliseconds>(now - topic.since));
    topic.heard = line;
    topic.since = now;
  }
  topic.heard_at = now;
}

std::optional<Event> Damper::say(std::string_view topic, Event event, TimePoint now) {
  auto& said = find_or_make(topic, now);
  if (is_quiet(said, now)) {
    said.lines = 0;
    said.lasted = Milliseconds(0);
    said.reasons_said = 0;
  }
  const auto text = line_of(event);
  const auto line = number_of(text);
  hear(said, line, now);
  if (now - said.said_at >= pause(said, line) || is_new_reason(said, reason_of(text)))
    return write(said, std::move(event), now);
  ++said.kept_back;
  if (line == said.said && !said.over)
    said.waiting.reset();
  else
    said.waiting = std::move(event);
  return std::nullopt;
}

void Damper::over(std::string_view topic) {
  const auto number = number_of(topic);
  const auto place = place_of(number);
  if (place == topics_.end() || place->name != number) return;
  place->over = true;
  place->waiting.reset();
}

std::optional<TimePoint> Damper::due() const {
  std::optional<TimePoint> first;
  for (const auto& topic : topics_) {
    if (!topic.waiting) continue;
    if (const auto at = due(topic); !first || at < *first) first = at;
  }
  return first;
}

std::vector<Event> Damper::last_words(TimePoint now) {
  std::vector<Event> events;
  for (auto& topic : topics_) {
    if (!topic.waiting || now < due(topic)) continue;
    --topic.kept_back;  // the one that is said now
    events.push_back(write(topic, *topic.waiting, now));
  }
  return events;
}

}  // namespace hawser
