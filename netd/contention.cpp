#include "netd/contention.h"

#include <algorithm>

#include <fmt/format.h>

namespace hawser::netd {
namespace {

Event contended(Event repair, Level level, std::string_view more) {
  repair.kind = EventKind::kContention;
  repair.level = level;
  repair.cause.text += more;
  return repair;
}

}  // namespace

Contention::Pace Contention::pace_of(Milliseconds check) {
  const Pace pace;
  const auto minute = 12 * check;
  return {.free = pace.free,
          .window = std::max(pace.window, minute),
          .first = std::max(pace.first, 2 * check),
          .longest = std::max(pace.longest, minute)};
}

std::optional<Event> Contention::repaired(const Event& repair, TimePoint now) {
  auto& thing = things_[line_of(repair)];
  thing.repair = repair;
  thing.repairs.push_back(now);
  if (thing.repairs.size() > pace_.free) thing.repairs.pop_front();
  if (thing.pause.count() > 0) {
    thing.pause = std::min(thing.pause * 2, pace_.longest);
    return std::nullopt;
  }
  if (thing.repairs.size() < pace_.free || now - thing.repairs.front() > pace_.window) return std::nullopt;
  thing.pause = pace_.first;
  return contended(
      repair, Level::kWarning,
      fmt::format(" {} times in {}: put back from now on after {}, then ever later, at most after {}",
                  pace_.free, format_duration(pace_.window), format_duration(pace_.first),
                  format_duration(pace_.longest)));
}

bool Contention::must_wait(const std::string& what, TimePoint now) const {
  const auto found = things_.find(what);
  return found != things_.end() && now < found->second.until();
}

// Undone again it would have been put back by the end of its pause.
TimePoint Contention::forgotten_at(const Thing& thing) const {
  return thing.repairs.back() + std::max(pace_.window, 2 * thing.pause);
}

std::vector<Event> Contention::settle(TimePoint now) {
  std::vector<Event> over;
  std::erase_if(things_, [&](const auto& entry) {
    const auto& [what, thing] = entry;
    if (now < forgotten_at(thing)) return false;
    if (thing.pause.count() > 0) {
      const auto quiet = std::chrono::floor<std::chrono::seconds>(now - thing.repairs.back());
      over.push_back(
          contended(thing.repair, Level::kInfo,
                    fmt::format(": not any more for {}: put back at once again", format_duration(quiet))));
      over.back().duration = quiet;
    }
    return true;
  });
  return over;
}

TimePoint Contention::next(TimePoint now) const {
  auto next = TimePoint::max();
  for (const auto& [what, thing] : things_) {
    if (thing.pause.count() == 0) continue;
    next = std::min(next, forgotten_at(thing));
    if (thing.until() > now) next = std::min(next, thing.until());
  }
  return next;
}

bool Contention::is_contested(const std::string& what) const {
  const auto found = things_.find(what);
  return found != things_.end() && found->second.pause.count() > 0;
}

std::map<std::string, Milliseconds> Contention::contested() const {
  std::map<std::string, Milliseconds> list;
  for (const auto& [what, thing] : things_)
    if (thing.pause.count() > 0) list.emplace(what, thing.pause);
  return list;
}

std::vector<std::string> Contention::contested_in_words() const {
  std::vector<std::string> list;
  for (const auto& [what, pause] : contested())
    list.push_back(fmt::format("{} again and again: put back every {}", what, format_duration(pause)));
  return list;
}

}  // namespace hawser::netd
