#include "lib/daemon/damper.h"

#include <algorithm>

#include <fmt/format.h>

namespace hawser {
namespace {

// Nothing heard for so long, and for as long as the pause: what comes now is news.
constexpr Milliseconds kQuiet{300000};
constexpr std::string_view kOthers;  // the topic of those that are too many

Milliseconds doubled(Milliseconds first, std::uint32_t times, Milliseconds longest) {
  auto pause = first;
  for (std::uint32_t i = 0; i < times && pause < longest; ++i) pause *= 2;
  return std::min(pause, longest);
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

Damper::Topic& Damper::find_or_make(std::string_view name, TimePoint now) {
  const auto found = topics_.find(name);
  if (found != topics_.end()) return found->second;
  if (topics_.size() >= pace_.topics)
    std::erase_if(topics_, [&](const auto& entry) { return is_quiet(entry.second, now); });
  return topics_[std::string(topics_.size() < pace_.topics ? name : kOthers)];
}

std::string Damper::write(Topic& topic, std::string text, TimePoint now) {
  topic.said = text;
  if (topic.kept_back > 0)
    text += fmt::format(" ({} more in the last {})", topic.kept_back,
                        format_duration(std::chrono::ceil<std::chrono::seconds>(now - topic.said_at)));
  topic.waiting.clear();
  topic.said_at = now;
  ++topic.lines;
  topic.kept_back = 0;
  topic.over = false;
  return text;
}

std::optional<std::string> Damper::say(std::string_view topic, std::string text, TimePoint now) {
  auto& said = find_or_make(topic, now);
  if (is_quiet(said, now)) said.lines = 0;
  said.heard_at = now;
  if (now - said.said_at >= pause(said, text)) return write(said, std::move(text), now);
  ++said.kept_back;
  said.waiting = text == said.said && !said.over ? std::string() : std::move(text);
  return std::nullopt;
}

void Damper::over(std::string_view topic) {
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return;
  found->second.over = true;
  found->second.waiting.clear();
}

std::optional<TimePoint> Damper::due() const {
  std::optional<TimePoint> first;
  for (const auto& [name, topic] : topics_) {
    if (topic.waiting.empty()) continue;
    const auto at = topic.said_at + pause(topic, topic.waiting);
    if (!first || at < *first) first = at;
  }
  return first;
}

std::vector<std::string> Damper::last_words(TimePoint now) {
  std::vector<std::string> lines;
  for (auto& [name, topic] : topics_) {
    if (topic.waiting.empty() || now - topic.said_at < pause(topic, topic.waiting)) continue;
    --topic.kept_back;  // the one that is said now
    lines.push_back(write(topic, topic.waiting, now));
  }
  return lines;
}

}  // namespace hawser
