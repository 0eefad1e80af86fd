#include "vipd/announce/announcing.h"

#include <algorithm>

namespace hawser::vipd {

namespace {

// A moment, where the rate allows several in it: who paces ten thousand does not want a timer for each.
constexpr std::chrono::nanoseconds kMoment = std::chrono::milliseconds(10);

// Without a rate, of those that a full queue kept back.
constexpr std::size_t kAtOnce{256};
// How long a full queue is tried: a second after a round began it has to do with the next one.
constexpr Milliseconds kTried{1000};

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

void Announcing::begin(TimePoint now) {
  schedule_ = first_round(*how_, now);
  begun_ = now;
}

void Announcing::begin_takeover(TimePoint now, Milliseconds over_after) {
  begin(now);
  const auto over = now + over_after;
  const bool is_round = how_->count > 1 && now + how_->interval == over;
  when_over_ = is_off() || is_round ? TimePoint::max() : over;
}

void Announcing::stop() {
  schedule_ = {};
  when_over_ = TimePoint::max();
  if (!queue_) return;
  queue_->waiting.clear();
  queue_->known.clear();
}

void Announcing::go_on(TimePoint since, TimePoint now, Milliseconds over_after) {
  begin_takeover(since, over_after);
  if (when_over_ <= now) when_over_ = TimePoint::max();
  while (schedule_.next && *schedule_.next <= now) schedule_ = after_round(schedule_, *how_, *schedule_.next);
}

bool Announcing::round_begins(TimePoint now) {
  const bool is_over = when_over_ <= now;
  if (is_over) when_over_ = TimePoint::max();
  const bool is_due = schedule_.next && *schedule_.next <= now;
  if (is_due) schedule_ = after_round(schedule_, *how_, now);
  if (is_over || is_due) begun_ = now;
  return is_over || is_due;
}

bool Announcing::is_off() const {
  return how_->count == 0 && how_->refresh == Milliseconds(0);
}

bool Announcing::admits(const AddressKey& address, TimePoint now) {
  if (how_->rate == 0) return true;
  auto& turns = queue();
  if (now >= turns.next_at && turns.waiting.empty()) {
    turns.next_at = now + moment(how_->rate);
    turns.left = per_moment(how_->rate);
  }
  if (turns.left > 0 && turns.waiting.empty()) {
    --turns.left;
    return true;
  }
  wait(address);
  return false;
}

Announcing::Queue& Announcing::queue() {
  if (!queue_) queue_ = Queue();
  return *queue_;
}

void Announcing::wait(const AddressKey& address) {
  auto& turns = queue();
  if (turns.known.insert(address).second) turns.waiting.push_back(address);
}

void Announcing::postpone(const AddressKey& address, TimePoint now) {
  if (how_->rate == 0 && now - begun_ >= kTried) return;  // who is paced tries at that pace
  wait(address);
  queue_->next_at = std::max<TimePoint>(queue_->next_at, now + kMoment);
}

std::vector<AddressKey> Announcing::next(TimePoint now) {
  std::vector<AddressKey> turn;
  if (!queue_ || queue_->waiting.empty() || now < queue_->next_at) return turn;
  auto& [waiting, known, next_at, left] = *queue_;
  const auto count = how_->rate == 0 ? kAtOnce : static_cast<std::size_t>(per_moment(how_->rate));
  const auto last = waiting.begin() + static_cast<std::ptrdiff_t>(std::min(count, waiting.size()));
  turn.assign(waiting.begin(), last);
  waiting.erase(waiting.begin(), last);
  for (const auto& address : turn) known.erase(address);
  left = 0;
  next_at = now + (how_->rate > 0 ? moment(how_->rate) : kMoment);
  return turn;
}

std::optional<TimePoint> Announcing::due() const {
  auto first = std::min(when_over_, schedule_.next.value_or(TimePoint::max()));
  if (queue_ && !queue_->waiting.empty()) first = std::min(first, queue_->next_at);
  return first == TimePoint::max() ? std::nullopt : std::optional(first);
}

}  // namespace hawser::vipd
