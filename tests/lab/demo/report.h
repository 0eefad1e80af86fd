// What the demo tells: lines of the timeline, the table at the end, the record for evaluate_capture.py. Pure:
// text from values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/lab/demo/figures.h"

namespace hawser::demo {

// One thing that must come true after an event, as told by the kernel or the client.
struct Heal {
  std::string what;                    // "bond0 of lb1 uses eth1"
  std::optional<lab::Duration> after;  // since the event; empty: it did not come
  std::string instead;                 // what is so instead, when it did not come
};

// What an event may cost the client: a fault costs something; a planned act must lose nothing that would not
// have been lost anyway.
enum class Toll : std::uint8_t { kSome, kNothing };

// One fault, or one thing brought back, and what came of it.
struct Event {
  std::string name;  // "the pulled cable of lb1 eth0": subject of NOT HEALED and row of the table
  Toll toll = Toll::kSome;
  Window window;
  Figures cost;
  std::vector<Heal> heals;
  lab::Duration stalled{};  // how long a clock beside it stood still

  [[nodiscard]] bool healed() const;
  [[nodiscard]] lab::Duration healed_after() const;  // when the last of them had come; 0 where nothing had to
};

struct Terms {                 // how the client asks
  std::string virtual_server;  // "192.0.2.100:80"
  lab::Duration interval;
  lab::Duration timeout;
};

// "  12.3 s  text": seconds since the start.
std::string line_at(lab::Duration since_start, std::string_view text);
// "no answer for 64 ms, 2 of 104 requests lost"
std::string cost_in_words(const Figures& cost);
// "NOT HEALED: the pulled cable of lb1 eth0: bond0 of lb1 uses eth1: not within 8 s: it uses eth0"; empty
// where it healed.
std::string complaint(const Event& event, lab::Duration patience);

std::string summary(const std::vector<Event>& events);

// What the figures are worth: the events without anything to heal are the measure, what the client sees on
// this machine when nothing happens, before and after all else; and the clock beside. A sentence for beside
// the table.
std::string worth(const std::vector<Event>& events, const Terms& terms);
// How many of `of` requests the machine alone may lose, where it lost `quiet.lost` of `quiet.of` while
// nothing happened: the upper end of what that permits to conclude (95 %; with none lost the rule of three).
std::size_t allowance(const Figures& quiet, std::size_t of);
// "LOST TOO MUCH: planned handover: ..." for each event that must lose nothing and lost more than its
// allowance, and than was asked while its clock stood still.
std::vector<std::string> losses(const std::vector<Event>& events, const Terms& terms);

// The record's clock is the capture's (microseconds since 1970): `epoch` is what that clock showed when the
// laboratory's was at zero.
std::string record(const std::vector<Event>& events, const Terms& terms, std::chrono::microseconds epoch);

}  // namespace hawser::demo
