// Moving an address to a target, call by call, whatever the provider: the state machine around the drivers.
// Pure: time and chance are handed in. Its rules:
//
// - One call at a time: the next one is given out when the answer of the last was heard.
// - It is there when a reading call says so, not when the switch was answered.
// - What is unknown causes no switch: it is read first. Only the wish of who has the role does.
// - What nobody took is not sent again: a target that is wrong, credentials that are not taken.
// - Waits grow, with jitter, so that two hosts after the same fault do not call in step.
#pragma once

#include <functional>

#include "vipd/provider/driver.h"

namespace hawser::vipd::provider {

enum class Begin : std::uint8_t {
  kByReading,    // a person, a script, cron: most of the time it is there already, and switches are few
  kBySwitching,  // who has just become Active
};

struct Wish {
  IpAddress address;
  std::string target;
  Begin begin = Begin::kByReading;
  Milliseconds patience{};  // from the beginning; 0: what takes another call later is told, not waited for
  // Whom it may be taken from once a switch of ours met somebody else's: where it led before, and who had the
  // role. Whoever else has it by then was faster, and two who take it from one another serve nobody. None:
  // from anybody.
  std::optional<std::vector<std::string>> from{};
};

struct Wait {
  Milliseconds length{};
  std::string why;  // the answer that it is for
};
struct End {
  bool there = false;     // the address leads to the target, confirmed by reading
  bool switched = false;  // a switch was carried out, or was sent and nobody knows
  Answer last;
  bool lost = false;  // somebody else was faster
};
using Order = std::variant<Ask, Wait, End>;

class Move {
 public:
  using IsSame = std::function<bool(const std::string&, const std::string&)>;

  Move(Wish wish, IsSame is_same) : wish_(std::move(wish)), is_same_(std::move(is_same)) {}

  Order begin(TimePoint now);
  // `chance` from 0 to below 1.
  Order heard(const Answer& answer, TimePoint now, double chance);
  Order waited();

  // From now on whoever has it must yield: a losing router was heard.
  void take_from_anybody() { wish_.from.reset(); }

  [[nodiscard]] unsigned switches() const { return switches_; }

 private:
  Order ask(Ask next);
  Order read(const Answer& answer, TimePoint now, double chance);
  Order later(Ask next, const Answer& answer, TimePoint now, double chance);
  [[nodiscard]] bool is_lost(const std::string& target) const;
  [[nodiscard]] End end(const Answer& answer, bool there) const;

  Wish wish_;
  IsSame is_same_;
  TimePoint began_;
  Ask asked_ = Ask::kGet;
  Ask after_wait_ = Ask::kGet;
  unsigned switches_ = 0;
  unsigned waits_ = 0;              // in a row
  bool met_another_ = false;        // a switch of ours was locked out, or nobody knows what became of it
  bool confirms_ = false;           // what is read now follows a switch that was answered as done
  bool may_have_switched_ = false;  // not by what was refused, locked, or there already
};

}  // namespace hawser::vipd::provider

template <>
inline constexpr std::array<hawser::Name<hawser::vipd::provider::Begin>, 2>
    hawser::kNames<hawser::vipd::provider::Begin>{{
        {hawser::vipd::provider::Begin::kByReading, "reading"},
        {hawser::vipd::provider::Begin::kBySwitching, "switching"},
    }};
