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

std::size_t number_of(std::string_view words) {
  return std::hash<std::string_view>()(words);
}

// What is said of it without who and how many: the words that have no digit in them. Or a peer that sends
// another address each time had a new reason each time.
std::size_t reason_of(std::string_view text) {
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

bool Damper::is_new_reason(const Topic& topic, Words reason) const {
  return topic.reasons.size() < pace_.reasons &&
         std::ranges::find(topic.reasons, reason) == topic.reasons.end();
}

TimePoint Damper::due(const Topic& topic) const {
  return std::min(topic.said_at + pause(topic, number_of(line_of(*topic.waiting))),
                  topic.since + std::max(kLasts, 3 * topic.lasted));
}

Damper::Topic& Damper::find_or_make(std::string_view name, TimePoint now) {
  const auto found = topics_.find(name);
  if (found != topics_.end()) return found->second;
  if (topics_.size() >= pace_.topics)
    std::erase_if(topics_, [&](const auto& entry) { return is_quiet(entry.second, now); });
  return topics_[std::string(topics_.size() < pace_.topics ? name : kOthers)];
}

Event Damper::write(Topic& topic, Event event, TimePoint now) {
  const auto line = line_of(event);
  topic.said = number_of(line);
  if (const auto reason = reason_of(line); is_new_reason(topic, reason)) topic.reasons.push_back(reason);
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
    said.reasons.clear();
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
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return;
  found->second.over = true;
  found->second.waiting.reset();
}

std::optional<TimePoint> Damper::due() const {
  std::optional<TimePoint> first;
  for (const auto& [name, topic] : topics_) {
    if (!topic.waiting) continue;
    if (const auto at = due(topic); !first || at < *first) first = at;
  }
  return first;
}

std::vector<Event> Damper::last_words(TimePoint now) {
  std::vector<Event> events;
  for (auto& [name, topic] : topics_) {
    if (!topic.waiting || now < due(topic)) continue;
    --topic.kept_back;  // the one that is said now
    events.push_back(write(topic, *topic.waiting, now));
  }
  return events;
}

}  // namespace hawser
