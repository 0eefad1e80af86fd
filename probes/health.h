// What results of probes mean: the state machine between single verdicts and "this real server is down".
// Pure: the time comes in as an argument, no socket and no clock.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "lib/base/duration.h"
#include "lib/base/names.h"

namespace hawser::probes {

enum class Outcome : std::uint8_t {
  kGood,
  kBad,
  // The probe could not be carried out by this host (no free descriptor, no free port): says nothing about
  // the one that was to be asked, and must not take every real server out of service at once.
  kNotRun,
};

// What one probe said, with words for people: "connect: Connection refused", "status 503, wanted 200-299".
struct Verdict {
  Outcome outcome = Outcome::kNotRun;
  std::string words;
  // Nothing came back from the one that was asked: he may be well, and the way there or this host is not.
  bool silent = false;

  bool operator==(const Verdict&) const = default;
};

enum class HealthState : std::uint8_t { kUnknown, kUp, kDown };

}  // namespace hawser::probes

template <>
inline constexpr std::array<hawser::Name<hawser::probes::HealthState>, 3>
    hawser::kNames<hawser::probes::HealthState>{{
        {hawser::probes::HealthState::kUnknown, "unknown"},
        {hawser::probes::HealthState::kUp, "up"},
        {hawser::probes::HealthState::kDown, "down"},
    }};

namespace hawser::probes {

// How many results in a row change the state; both at least 1.
struct Thresholds {
  int fall = 3;
  int rise = 2;
};

struct Health {
  HealthState state = HealthState::kUnknown;
  // The state was not reached by this check's own results (a changed check after a reload): the next result
  // decides at once.
  bool inherited = false;
  Outcome last = Outcome::kNotRun;  // the last result that counted: good or bad
  int in_a_row = 0;                 // how many results like `last`, up to it, without another between
  int needed = 0;                   // how many of them it takes to change the state
  std::uint64_t good = 0, bad = 0, not_run = 0;  // since the check is known
  std::string words;                             // of the last probe, also of one that could not run
  std::string cause;                             // of the last result that spoke for `state`
  TimePoint since;                               // when `state` began; meaningless while unknown
  // By its results it would be down; but nothing answers this host, and the state stays (see held()).
  bool held = false;

  bool operator==(const Health&) const = default;
};

struct Observation {
  Health health;
  bool changed = false;  // of the state
};

// unknown -> up with the first good result: waiting for `rise` of them would keep a whole site dark for
// seconds after a cold start. unknown -> down after `fall` bad results in a row, like up -> down: after a
// restart the server may be in service, and one lost packet must not take it out. down -> up after `rise`
// good ones in a row. A probe that was not run changes no state and breaks no row.
Observation observe(const Thresholds& thresholds, Health health, const Verdict& verdict, TimePoint now);

// What `before` becomes of a result that would call it down and is not believed: `after` but for its state.
Health held(const Health& before, Health after);

// The health of a check whose settings changed: the last verdict stands until the first result of its own.
Health inherit(Health health);

}  // namespace hawser::probes
