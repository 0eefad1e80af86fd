// Lets something happen, waits until what must come true has come, lets it settle, counts what it cost, and
// tells all that as it goes.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/lab/demo/report.h"
#include "tests/lab/demo/stall_clock.h"
#include "tests/support/client.h"

namespace hawser::demo {

// Something that must come true. `instead` says what is so instead, and nothing once it holds.
struct Expectation {
  std::string what;
  std::function<std::string()> instead;
};

// One event: what it is called in the table and in the timeline, how it is made, and what must come true
// after it.
struct Act {
  std::string name;
  std::string told;
  std::function<void()> make;
  std::vector<Expectation> expected;
  Toll toll = Toll::kSome;
};

struct Pace {
  lab::Duration patience;  // what has not come by then does not come
  lab::Duration settle;    // the client's figures go on being watched for so long after healing
  lab::Duration quiet;     // and so long where there is nothing to heal: it is what the rest is measured by
  std::size_t in_a_row;    // so many answers in a row, and the client is served again
};

class Director {
 public:
  // The client asks from before the first event until the last has been counted; time is told since `start`.
  Director(const lab::Client& client, Terms terms, const Pace& pace, lab::TimePoint start)
      : client_{client}, terms_{std::move(terms)}, pace_{pace}, start_{start}, counted_to_{start} {}

  void tell(std::string_view text) const;
  // What comes before the first event is counted for none.
  void begin();
  // Plays one act. It heals when all that is expected holds and the client is answered; whether it did. Where
  // nothing is expected, nothing is healed either: then only the cost is counted.
  bool play(const Act& act);

  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  // One line for each event that did not heal.
  [[nodiscard]] std::vector<std::string> complaints() const;
  // Prints the table and what is wrong with it; the exit status.
  [[nodiscard]] int conclude() const;

 private:
  std::vector<Heal> await(const std::vector<Expectation>& expected, lab::TimePoint made) const;
  // Asks one of the expectations, and tells when it has come.
  void look(const Expectation& expectation, lab::TimePoint made, Heal& heal) const;
  [[nodiscard]] Heal look_at_client(lab::TimePoint made) const;

  const lab::Client& client_;
  Terms terms_;
  Pace pace_;
  lab::TimePoint start_;
  lab::TimePoint counted_to_;
  StallClock stalls_;
  std::vector<Event> events_;
};

}  // namespace hawser::demo
