// What somebody else undoes again and again: another manager, a script, a second netd. It is named once, and
// put back after pauses that grow, until it is left alone. Not for what protects traffic: that never waits.
// Pure.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/duration.h"
#include "lib/events/event.h"

namespace hawser::netd {

class Contention {
 public:
  struct Pace {
    std::size_t free = 5;  // so often within `window` it is put back at once
    Milliseconds window{10000};
    Milliseconds first{1000};  // the pause then; twice as long after each time that it was undone again
    Milliseconds longest{60000};
    bool operator==(const Pace&) const = default;
  };

  // Of what is looked at every `check`, and so seen to be undone no more often than that.
  static Pace pace_of(Milliseconds check);

  Contention() = default;
  explicit Contention(const Pace& pace) : pace_(pace) {}

  // It was just put back; `repair` is what was done and how it was found ("bond0: add address 192.0.2.1/24:
  // removed by somebody else"), the same each time. Below it goes by its line. What to tell about it;
  // nullopt: nothing new.
  std::optional<Event> repaired(const Event& repair, TimePoint now);
  // Whether to leave it as somebody else wants it for now.
  [[nodiscard]] bool must_wait(const std::string& what, TimePoint now) const;
  [[nodiscard]] bool knows(const std::string& what) const { return things_.contains(what); }
  // Forgets what nobody has undone for long enough; what to tell about it.
  std::vector<Event> settle(TimePoint now);
  // When there is something to put back, or to forget; max: never.
  [[nodiscard]] TimePoint next(TimePoint now) const;
  void clear() { things_.clear(); }

  // Whether it is put back after pauses.
  [[nodiscard]] bool is_contested(const std::string& what) const;
  // What is put back after pauses, and the pause.
  [[nodiscard]] std::map<std::string, Milliseconds> contested() const;
  // The same in words, for the status.
  [[nodiscard]] std::vector<std::string> contested_in_words() const;

 private:
  struct Thing {
    Event repair;
    std::deque<TimePoint> repairs;  // the last of them, at most `free`
    Milliseconds pause{};           // 0: none yet
    [[nodiscard]] TimePoint until() const { return repairs.back() + pause; }
  };

  [[nodiscard]] TimePoint forgotten_at(const Thing& thing) const;

  Pace pace_;
  std::map<std::string, Thing> things_;
};

}  // namespace hawser::netd
