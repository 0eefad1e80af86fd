#include "lib/daemon/damper.h"

#include <algorithm>

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

// What is said of it without who and how many: the words that have no digit in them. Or a peer that sends
// another address each time had a new reason each time.
std::string reason_of(std::string_view text) {
  std::string reason;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word.find_first_of("0123456789") == std::string_view::npos) reason.append(word).append(1, ' ');
  }
  return reason;
}

}  // namespace

Milliseconds Damper::pause(const Topic& topic, const std::string& text) const {
  if (topic.lines == 0) return Milliseconds(0);
  if (text == topic.said && !topic.over) return doubled(pace_.repeat, topic.lines - 1, pace_.longest);
  if (topic.lines < pace_.free) return Milliseconds(0);
  return doubled(pace_.change, topic.lines - pace_.free, pace_.longest);
}

bool Damper::is_quiet(const Topic& topic, TimePoint now) const {
  return now - topic.heard_at >= std::max(kQuiet, pause(topic, {}));
}

bool Damper::is_new_reason(const Topic& topic, const std::string& text) const {
  return topic.reasons.size() < pace_.reasons && !topic.reasons.contains(reason_of(text));
}

TimePoint Damper::due(const Topic& topic) const {
  return std::min(topic.said_at + pause(topic, line_of(*topic.waiting)),
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
  topic.said = line_of(event);
  if (is_new_reason(topic, topic.said)) topic.reasons.insert(reason_of(topic.said));
  if (topic.kept_back > 0)
    event.repeats = {topic.kept_back, std::chrono::ceil<std::chrono::seconds>(now - topic.said_at)};
  topic.waiting.reset();
  topic.said_at = now;
  ++topic.lines;
  topic.kept_back = 0;
  topic.over = false;
  return event;
}

void Damper::hear(Topic& topic, const std::string& text, TimePoint now) {
  if (text != topic.heard || topic.over) {
    if (topic.lines > 0)
      topic.lasted = std::max(topic.lasted, std::chrono::duration_cast<Milliseconds>(now - topic.since));
    topic.heard = text;
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
  hear(said, text, now);
  if (now - said.said_at >= pause(said, text) || is_new_reason(said, text))
    return write(said, std::move(event), now);
  ++said.kept_back;
  if (text == said.said && !said.over)
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
