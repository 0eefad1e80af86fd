#include "vipd/announce/announcing.h"

#include <algorithm>

namespace hawser::vipd {

namespace {

// A moment, where the rate allows several in it: who paces ten thousand does not want a timer for each.
constexpr std::chrono::nanoseconds kMoment = std::chrono::milliseconds(10);

int per_moment(int rate) {
  return std::max(1, static_cast<int>(rate * kMoment.count() /
                                      std::chrono::nanoseconds(std::chrono::seconds(1)).count()));
}

std::chrono::nanoseconds moment(int rate) {
  return (std::chrono::nanoseconds(std::chrono::seconds(per_moment(rate))) +
          std::chrono::nanoseconds(rate - 1)) /
         rate;
}

}  // namespace

void Announcing::stop() {
  schedule_ = {};
  waiting_.clear();
  known_.clear();
}

void Announcing::go_on(TimePoint since, TimePoint now) {
  schedule_ = first_round(how_, since);
  while (schedule_.next && *schedule_.next <= now) schedule_ = after_round(schedule_, how_, *schedule_.next);
}

bool Announcing::round_begins(TimePoint now) {
  if (!schedule_.next || now < *schedule_.next) return false;
  schedule_ = after_round(schedule_, how_, now);
  return true;
}

bool Announcing::is_off() const {
  return how_.count == 0 && how_.refresh == Milliseconds(0);
}

bool Announcing::admits(const AddressKey& address, TimePoint now) {
  if (how_.rate == 0) return true;
  if (now >= next_at_ && waiting_.empty()) {
    next_at_ = now + moment(how_.rate);
    left_ = per_moment(how_.rate);
  }
  if (left_ > 0 && waiting_.empty()) {
    --left_;
    return true;
  }
  if (known_.fill().insert(address).second) waiting_.push_back(address);
  return false;
}

std::vector<AddressKey> Announcing::next(TimePoint now) {
  std::vector<AddressKey> turn;
  if (waiting_.empty() || now < next_at_) return turn;
  // A rate that was taken away meanwhile holds nothing up.
  const auto count = how_.rate == 0 ? waiting_.size() : static_cast<std::size_t>(per_moment(how_.rate));
  const auto last = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(count, waiting_.size()));
  turn.assign(waiting_.begin(), last);
  waiting_.erase(waiting_.begin(), last);
  for (const auto& address : turn) known_.erase(address);
  left_ = 0;
  if (how_.rate > 0) next_at_ = now + moment(how_.rate);
  return turn;
}

std::optional<TimePoint> Announcing::due() const {
  if (waiting_.empty()) return schedule_.next;
  return schedule_.next ? std::min(*schedule_.next, next_at_) : next_at_;
}

}  // namespace hawser::vipd
