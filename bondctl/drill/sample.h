// What a drill saw of each probe, and what follows from it: outage and loss, by direction. Pure.
//
// Both directions are told apart by where a probe was last seen. Its captures are at every port, behind the
// hook where "--how path" drops what goes out and before the one where it drops what comes in, and at the
// bond.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/base/address.h"

namespace hawser::bondctl::drill {

using Micros = std::chrono::microseconds;  // since 1970, by the kernel: what a capture carries

struct Probe {
  Micros sent{};                   // when the bond was given it
  std::optional<Micros> left;      // through a port; of a broadcast bond the first
  std::string out;                 // that port
  std::optional<Micros> came;      // its answer, to a port
  std::optional<Micros> answered;  // its answer, passed on by the bond
};

enum class Fate : std::uint8_t {
  kAnswered,
  kNeverLeft,  // out: no port sent it
  kNoAnswer,   // beyond: it left, and nothing came back
  kNotPassed,  // in: its answer came to a port that did not pass it on
};
Fate fate_of(const Probe& probe);

struct Window {
  Micros from{}, to{};  // [from, to)
};

struct Cost {
  std::size_t sent = 0;
  std::size_t never_left = 0, no_answer = 0, not_passed = 0;
  Micros outage{};              // from the first lost of a row to the next one that was answered: the longest
  Micros outage_from{};         // 0: there was none
  Micros silent_out{};          // the longest time in which no probe left
  Micros silent_in{};           // the longest time in which no answer was passed on
  std::optional<Micros> moved;  // when a probe first left by another port than `port`; nothing: it did not

  [[nodiscard]] std::size_t lost() const { return never_left + no_answer + not_passed; }
};

// Of the probes sent in the window; `probes` are in order of sending. `port` is the one that is drilled.
Cost cost_of(std::span<const Probe> probes, const Window& window, const std::string& port);

// Those sent in the window.
std::span<const Probe> sent_in(std::span<const Probe> probes, const Window& window);

// Whether probes went by that port in the third of a second before.
bool carried_by(std::span<const Probe> probes, Micros before, const std::string& port);

// Nearly everything sent of late is answered, but for what is still on its way.
bool is_answered(std::span<const Probe> probes, Micros now);

// An address told to everybody: a gratuitous ARP or an unsolicited Neighbor Advertisement.
struct Announcement {
  Micros when{};
  std::string port;  // by which it left
  IpAddress address;
  MacAddress mac;
};

}  // namespace hawser::bondctl::drill
