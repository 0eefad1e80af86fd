#include "vipd/provider/move.h"

#include <algorithm>

#include "vipd/provider/back_off.h"

namespace hawser::vipd::provider {

Order Move::begin(TimePoint now) {
  began_ = now;
  return ask(wish_.begin == Begin::kByReading ? Ask::kGet : Ask::kSet);
}

Order Move::waited() {
  return ask(after_wait_);
}

Order Move::ask(Ask next) {
  asked_ = next;
  if (next == Ask::kSet) ++switches_;
  return next;
}

Order Move::heard(const Answer& answer, TimePoint now, double chance) {
  if (asked_ == Ask::kSet && (answer.meaning == Meaning::kDone || answer.meaning == Meaning::kUnknown))
    may_have_switched_ = true;
  if (asked_ == Ask::kSet && (answer.meaning == Meaning::kBusy || answer.meaning == Meaning::kUnknown))
    met_another_ = true;
  switch (answer.meaning) {
    case Meaning::kRouted:
      return read(answer, now, chance);
    case Meaning::kDone:
    case Meaning::kAlready:
      confirms_ = true;
      waits_ = 0;
      return ask(Ask::kGet);
    case Meaning::kBusy:
    case Meaning::kUnknown:
      return later(Ask::kGet, answer, now, chance);
    case Meaning::kUnreached:
    case Meaning::kLimited:
      return later(asked_, answer, now, chance);
    case Meaning::kRefused:
    case Meaning::kDenied:
    case Meaning::kOff:
    case Meaning::kOn:
      break;
  }
  return end(answer, false);
}

// A switch that was answered as done may be seen a moment later only; one that is of unknown fate and is not
// there when it is read, after a wait, was not done.
Order Move::read(const Answer& answer, TimePoint now, double chance) {
  if (is_same_(answer.target, wish_.target)) return end(answer, true);
  if (is_lost(answer.target)) {
    auto ended = end(answer, false);
    ended.lost = true;
    return ended;
  }
  if (std::exchange(confirms_, false)) return later(Ask::kGet, answer, now, chance);
  return ask(Ask::kSet);
}

bool Move::is_lost(const std::string& target) const {
  if (!met_another_ || !wish_.from || target.empty()) return false;
  return std::ranges::none_of(*wish_.from, [&](const auto& one) { return is_same_(one, target); });
}

Order Move::later(Ask next, const Answer& answer, TimePoint now, double chance) {
  const auto length = std::max(answer.wait, back_off(waits_, chance));
  if (now + length > began_ + wish_.patience) return end(answer, false);
  ++waits_;
  after_wait_ = next;
  return Wait{length, answer.text};
}

End Move::end(const Answer& answer, bool there) const {
  return {there, may_have_switched_, answer};
}

}  // namespace hawser::vipd::provider
