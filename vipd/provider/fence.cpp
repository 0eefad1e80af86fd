#include "vipd/provider/fence.h"

#include <algorithm>

#include "vipd/provider/back_off.h"

namespace hawser::vipd::provider {

FenceOrder Fence::begin(TimePoint now) {
  began_ = now;
  return ask(Ask::kPowerOff);
}

FenceOrder Fence::ask(Ask next) {
  asked_ = next;
  return next;
}

FenceOrder Fence::heard(const Answer& answer, TimePoint now, double chance) {
  if (asked_ == Ask::kPowerOff && (answer.meaning == Meaning::kDone || answer.meaning == Meaning::kUnknown))
    may_have_ = true;
  switch (answer.meaning) {
    case Meaning::kOff:
      return end(Fenced::kOff, answer);
    case Meaning::kOn:
      return is_on(answer, now, chance);
    case Meaning::kDone:
    case Meaning::kAlready:
      return done(answer);
    case Meaning::kBusy:
      return later(power_ == Power::kRead ? Ask::kPower : Ask::kPowerOff, answer, now, chance);
    case Meaning::kUnknown:
      return unknown(answer, now, chance);
    case Meaning::kUnreached:
    case Meaning::kLimited:
      return later(asked_, answer, now, chance);
    case Meaning::kRouted:
    case Meaning::kRefused:
    case Meaning::kDenied:
      break;
  }
  return end(Fenced::kNo, answer);
}

FenceOrder Fence::done(const Answer& answer) {
  if (power_ != Power::kRead) return end(Fenced::kUnconfirmed, answer);
  confirms_ = true;
  waits_ = 0;
  return ask(Ask::kPower);
}

// What was answered as done may be seen a moment later only.
FenceOrder Fence::is_on(const Answer& answer, TimePoint now, double chance) {
  if (std::exchange(confirms_, false)) return later(Ask::kPower, answer, now, chance);
  return ask(Ask::kPowerOff);
}

FenceOrder Fence::unknown(const Answer& answer, TimePoint now, double chance) {
  if (power_ == Power::kRead) return later(Ask::kPower, answer, now, chance);
  if (wish_.how.starts_with("power")) return end(Fenced::kNo, answer);
  return later(Ask::kPowerOff, answer, now, chance);
}

FenceOrder Fence::later(Ask next, const Answer& answer, TimePoint now, double chance) {
  const auto length = std::max(answer.wait, back_off(waits_, chance));
  if (now + length > began_ + wish_.patience) return end(Fenced::kNo, answer);
  ++waits_;
  after_wait_ = next;
  return FenceWait{length, answer.text};
}

FenceEnd Fence::end(Fenced fenced, const Answer& answer) const {
  return {fenced, fenced == Fenced::kNo && may_have_, answer};
}

}  // namespace hawser::vipd::provider
