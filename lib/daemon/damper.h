// What keeps a log readable when something happens again and again: an event is told at once while it is
// news, then after pauses that grow, with the number of those that were kept back. A reason that a topic had
// not given yet is news in the middle of that ("no carrier" of a vip whose role went to and fro), and so is
// what lasts: whoever reads the last line is to know how things are now. A pure value: whoever has something
// to say tells it what time it is.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/duration.h"
#include "lib/base/rare.h"
#include "lib/events/event.h"

namespace hawser {

class Damper {
 public:
  using Pause = std::chrono::duration<std::int32_t, std::milli>;
  // Small numbers: a host has a thousand of these.
  struct Pace {
    std::uint16_t free = 1;  // lines of a topic before the first pause
    Pause change{5000};      // the first pause before a topic says something else; doubled each time
    Pause repeat{60000};     // before it says the same again; doubled too
    Pause longest{3600000};
    std::uint16_t topics = 1024;  // that are told apart: what comes beyond shares one
    bool operator==(const Pace&) const = default;
  };

  Damper() = default;
  explicit Damper(const Pace& pace) : pace_(pace) {}

  // What to report now; none: be silent. `topic` is the object and the reason, in our words
  // ("web: send to 192.0.2.12"): nothing that a peer chooses, or it would choose how much is written.
  std::optional<Event> say(std::string_view topic, Event event, TimePoint now);
  // It is over. When it comes back that is a change, and said as soon as a change may be.
  void over(std::string_view topic);

  // A change that was kept back and is still the last word on its topic is said when its pause is over, or
  // when it has lasted three times as long as anything before it.
  [[nodiscard]] std::optional<TimePoint> due() const;
  std::vector<Event> last_words(TimePoint now);

  bool operator==(const Damper&) const = default;

 private:
  // A name, a line or a reason, as the number that std::hash makes of it: what is asked of it is whether it
  // is the same, and a thousand routers have a topic each.
  using Words = std::uint32_t;
  struct Topic {
    Words name = 0;
    Words said = 0;                  // last
    Words heard = 0;                 // last
    std::array<Words, 6> reasons{};  // that were said without a pause, once each
    std::uint8_t reasons_said = 0;
    bool over = false;
    std::uint32_t lines = 0;
    std::uint32_t kept_back = 0;
    Rare<Event> waiting;  // to be said when the pause is over
    TimePoint said_at;
    TimePoint heard_at;
    TimePoint since;         // of `heard`
    Milliseconds lasted{0};  // the longest of what was heard before it
    bool operator==(const Topic&) const = default;
  };

  [[nodiscard]] Milliseconds pause(const Topic& topic, Words line) const;
  [[nodiscard]] bool is_quiet(const Topic& topic, TimePoint now) const;
  [[nodiscard]] static bool is_new_reason(const Topic& topic, Words reason);
  [[nodiscard]] TimePoint due(const Topic& topic) const;
  [[nodiscard]] std::vector<Topic>::iterator place_of(Words name);
  Topic& find_or_make(std::string_view name, TimePoint now);
  static void note_reason(Topic& topic, Words reason);
  static void hear(Topic& topic, Words line, TimePoint now);
  Event write(Topic& topic, Event event, TimePoint now);

  Pace pace_;
  std::vector<Topic> topics_;  // by name
};

}  // namespace hawser
