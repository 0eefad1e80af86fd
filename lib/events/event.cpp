#include "lib/events/event.h"

#include <algorithm>

#include <fmt/format.h>

namespace hawser {
namespace {

void add(std::string& line, std::string_view part) {
  if (part.empty()) return;
  if (!line.empty()) line += ": ";
  line += part;
}

// Of a role or a state the reader knows what was before.
bool names_both(EventKind kind) {
  return kind == EventKind::kStep || kind == EventKind::kRealServer || kind == EventKind::kSwitch;
}

std::string_view words_of(Outlook outlook) {
  switch (outlook) {
    case Outlook::kNone:
      return "";
    case Outlook::kRetried:
      return "; will be tried again";
    case Outlook::kWaits:
      return "; not tried again until something changes";
  }
  return "";
}

}  // namespace

std::string line_of(const Event& event) {
  std::string line = event.object;
  add(line, event.what);
  if (names_both(event.kind) && !event.from.empty())
    line += fmt::format("{} {} -> {}", event.what.empty() ? ":" : "", event.from, event.to);
  else if (event.kind == EventKind::kState && event.to == "ok")
    add(line, "ok again");  // that it was so from the start is no event
  else
    add(line, event.to);
  add(line, event.cause.text);
  if (!event.evidence.empty()) line += fmt::format(" ({})", event.evidence);
  line += words_of(event.outlook);
  if (event.repeats.count > 0)
    line +=
        fmt::format(" ({} more in the last {})", event.repeats.count, format_duration(event.repeats.within));
  return line;
}

Event event_from(std::string_view words, EventKind kind, Level level) {
  Event event{.kind = kind, .level = level, .object = std::string(words.substr(0, words.find(": ")))};
  words.remove_prefix(std::min(event.object.size() + 2, words.size()));
  event.what = words;
  return event;
}

}  // namespace hawser
