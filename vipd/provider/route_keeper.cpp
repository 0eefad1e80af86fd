#include "vipd/provider/route_keeper.h"

#include <algorithm>

namespace hawser::vipd::provider {

namespace {

using namespace std::chrono_literals;

// A role has no patience of its own: it ends, or the address is there.
constexpr Milliseconds kForGood = std::chrono::hours(24 * 365);
// A switch takes a minute; a late one of somebody else's has landed by then.
constexpr Milliseconds kSecondLook{90'000};
constexpr Milliseconds kBetweenLosers{60'000};
constexpr Milliseconds kAfterRefusal{900'000};  // somebody may have mended it there
constexpr Milliseconds kAfterDenial{60'000};    // not a call: first the credentials have to change
constexpr Milliseconds kFirstPause{30'000};
constexpr unsigned kMostDoublings = 4;

}  // namespace

RouteKeeper::RouteKeeper(IpAddress address, std::string own, Milliseconds look, TimePoint now)
    : address_(address), own_(std::move(own)), look_(look), wake_(now) {}

Wish RouteKeeper::wish(Begin begin) const {
  Wish wish{address_, own_, begin, kForGood, std::vector<std::string>{}};
  if (before_) wish.from->push_back(*before_);
  if (view_.standing != Standing::kUnknown) wish.from->push_back(view_.target);
  return wish;
}

void RouteKeeper::take(Begin begin, std::optional<std::string> from, TimePoint now) {
  if (std::exchange(taken_, true)) return;
  before_ = std::move(from);
  from_anybody_ = false;
  again_at_.reset();
  view_.confirmed = false;
  view_.lost = false;
  view_.left_behind = false;
  had_it_ = false;
  failed_ = false;
  // Switches are few: what was read to lead here is not switched here, but read again.
  pursue(wish(view_.standing == Standing::kHere ? Begin::kByReading : begin), now);
}

void RouteKeeper::leave(TimePoint now) {
  if (!std::exchange(taken_, false)) return;
  had_it_ = true;
  move_.reset();
  queued_.reset();
  ready_.reset();
  second_look_.reset();
  view_.confirmed = false;
  view_.lost = false;
  look_at(now + kSecondLook);
}

// Its late switch may still be on the way there, so there is a second look.
void RouteKeeper::again(TimePoint now) {
  if (!taken_) return;
  from_anybody_ = true;
  if (queued_) queued_->from.reset();
  if (move_) move_->take_from_anybody();
  if (queued_ || move_ || (again_at_ && now - *again_at_ < kBetweenLosers)) return;
  again_at_ = now;
  view_.lost = false;
  auto wish = this->wish(Begin::kByReading);
  wish.from.reset();
  pursue(std::move(wish), now);
}

void RouteKeeper::reconfigure(std::string own, Milliseconds look, TimePoint now) {
  look_ = look;
  const bool is_another = own_ != own;
  own_ = std::move(own);
  if (is_another && taken_) return pursue(wish(Begin::kByReading), now);
  if (view_.asking || move_)
    look_soon_ = true;
  else
    look_at(now);
}

void RouteKeeper::pursue(Wish wish, TimePoint now) {
  move_.reset();
  ready_.reset();
  if (view_.asking) {
    queued_ = std::move(wish);
    return;
  }
  move_.emplace(std::move(wish), [this](const auto& one, const auto& other) {
    return is_same_ ? is_same_(one, other) : one == other;
  });
  obey(move_->begin(now), now);
}

void RouteKeeper::obey(const Order& order, TimePoint now) {
  wake_.reset();
  if (const auto* ask = std::get_if<Ask>(&order)) {
    ready_ = *ask;
  } else if (const auto* wait = std::get_if<Wait>(&order)) {
    wake_ = now + wait->length;
  } else {
    move_.reset();
    ended(std::get<End>(order), now);
  }
}

void RouteKeeper::ended(const End& end, TimePoint now) {
  view_.confirmed = end.there;
  view_.lost = end.lost;
  failed_ = !end.there && !end.lost;
  if (end.there) {
    second_look_ = now + kSecondLook;
    return look_at(*second_look_);
  }
  if (end.lost) return look_at(now + look_);
  look_at(now + (end.last.meaning == Meaning::kDenied ? kAfterDenial : kAfterRefusal));
}

RouteKeeper::Next RouteKeeper::next(TimePoint now) {
  if (view_.asking) return std::monostate{};
  if (!ready_ && wake_ && now >= *wake_) {
    wake_.reset();
    if (move_)
      obey(move_->waited(), now);
    else
      ready_ = Ask::kGet;
  }
  if (!ready_) return wake_ ? Next(*wake_) : Next();
  view_.asking = std::exchange(ready_, std::nullopt);
  return *view_.asking;
}

void RouteKeeper::heard(const Answer& answer, const Move::IsSame& is_same, TimePoint now, double chance) {
  is_same_ = is_same;
  view_.asking.reset();
  note(answer, now);
  if (queued_) {
    auto wish = std::move(*queued_);
    queued_.reset();
    if (wish.from && answer.meaning == Meaning::kRouted) wish.from->push_back(answer.target);
    pursue(std::move(wish), now);
  } else if (move_) {
    obey(move_->heard(answer, now, chance), now);
  } else {
    looked(answer, now);
  }
}

bool RouteKeeper::is_ours(const std::string& target) const {
  return is_same_(target, own_);
}

// What is known stays known while the provider says nothing.
void RouteKeeper::note(const Answer& answer, TimePoint now) {
  const bool tells = answer.meaning == Meaning::kRouted || answer.meaning == Meaning::kDone ||
                     answer.meaning == Meaning::kAlready;
  view_.trouble = tells ? std::string() : answer.text;
  if (answer.meaning != Meaning::kRouted) return;
  view_.target = answer.target;
  view_.read_at = now;
  view_.standing = answer.target.empty()    ? Standing::kNobody
                   : is_ours(answer.target) ? Standing::kHere
                                            : Standing::kElsewhere;
  if (view_.standing != Standing::kHere) view_.confirmed = had_it_ = view_.left_behind = false;
}

void RouteKeeper::look_at(TimePoint time) {
  wake_ = std::exchange(look_soon_, false) ? TimePoint() : time;
}

void RouteKeeper::looked(const Answer& answer, TimePoint now) {
  if (answer.meaning != Meaning::kRouted) {
    const auto pause = kFirstPause * (1U << std::min(failures_++, kMostDoublings));
    return look_at(now + std::max(answer.wait, std::min(pause, look_)));
  }
  failures_ = 0;
  const bool take_back = is_to_be_taken_back();
  if (second_look_ && now >= *second_look_) {  // and no third
    second_look_.reset();
    before_.reset();
    from_anybody_ = false;
  }
  if (take_back) return pursue(wish(Begin::kByReading), now);
  view_.left_behind = had_it_ && view_.standing == Standing::kHere;
  if (taken_ && view_.standing == Standing::kHere) {
    view_.confirmed = true;
    view_.lost = false;
  }
  look_at(second_look_.value_or(now + (taken_ ? look_ : 2 * look_)));
}

bool RouteKeeper::is_to_be_taken_back() const {
  if (!taken_) return false;
  if (view_.standing == Standing::kNobody) return true;
  if (view_.standing != Standing::kElsewhere) return false;
  return failed_ || (second_look_ && (from_anybody_ || (before_ && is_same_(*before_, view_.target))));
}

}  // namespace hawser::vipd::provider
