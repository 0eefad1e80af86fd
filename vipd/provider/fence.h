// Switching a server off by its provider, call by call: the state machine around the drivers, beside move.h.
// Pure: time and chance are handed in. Its rules:
//
// - One call at a time: the next one is given out when the answer of the last was heard.
// - Off is what a reading call says is off, where the provider can be asked (Cloud). Where it cannot (Robot),
// the
//   answer to the reset is all that there is, and is told as what it is: unconfirmed.
// - What is unknown is asked, where that can be. Where it cannot it is done again, but for a press of the
// power
//   button, which would switch on again what the first one switched off.
#pragma once

#include "vipd/provider/budget.h"

namespace hawser::vipd::provider {

struct FenceWish {
  std::string server;       // as the provider knows it
  std::string how;          // Robot: sw, hw, power, man; empty: the driver's own choice
  Milliseconds patience{};  // from the beginning; 0: what takes another call later is told, not waited for
  // When it last showed that it was alive: a reset that was sent since is this one. nullopt: it is reset
  // whatever was before, as whoever types that wants it.
  std::optional<WallTime> heard_at{};
};

struct FenceWait {
  Milliseconds length{};
  std::string why;  // the answer that it is for
};
enum class Fenced : std::uint8_t {
  kOff,          // read to be off
  kUnconfirmed,  // reset, as the provider says
  kNo,
};
struct FenceEnd {
  Fenced fenced = Fenced::kNo;
  bool may_have = false;  // kNo: it was sent, and nobody knows
  Answer last;
};
using FenceOrder = std::variant<Ask, FenceWait, FenceEnd>;

class Fence {
 public:
  Fence(FenceWish wish, Power power) : wish_(std::move(wish)), power_(power) {}

  FenceOrder begin(TimePoint now);
  // `chance` from 0 to below 1.
  FenceOrder heard(const Answer& answer, TimePoint now, double chance);
  FenceOrder waited() { return ask(after_wait_); }

 private:
  FenceOrder ask(Ask next);
  FenceOrder done(const Answer& answer);
  FenceOrder is_on(const Answer& answer, TimePoint now, double chance);
  FenceOrder unknown(const Answer& answer, TimePoint now, double chance);
  FenceOrder later(Ask next, const Answer& answer, TimePoint now, double chance);
  [[nodiscard]] FenceEnd end(Fenced fenced, const Answer& answer) const;

  FenceWish wish_;
  Power power_;
  TimePoint began_;
  Ask asked_ = Ask::kPowerOff;
  Ask after_wait_ = Ask::kPowerOff;
  unsigned waits_ = 0;     // in a row
  bool confirms_ = false;  // what is read now follows an answer that it is done
  bool may_have_ = false;
};

}  // namespace hawser::vipd::provider

template <>
inline constexpr std::array<hawser::Name<hawser::vipd::provider::Fenced>, 3>
    hawser::kNames<hawser::vipd::provider::Fenced>{{
        {hawser::vipd::provider::Fenced::kOff, "off"},
        {hawser::vipd::provider::Fenced::kUnconfirmed, "unconfirmed"},
        {hawser::vipd::provider::Fenced::kNo, "no"},
    }};
