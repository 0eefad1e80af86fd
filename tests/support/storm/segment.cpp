#include "tests/support/storm/segment.h"

#include <algorithm>

namespace hawser::vipd::storm {

namespace {

// As vipd/router/router.cpp has it.
VrrpConfig standing_by(VrrpConfig config) {
  config.priority = Priority(1);
  config.preempt = false;
  return config;
}

// The others have waited long enough to give it up, or it cannot know whom they have given the role.
bool wakes_late(const Router& router, const MachineEvent& event) {
  const auto* timer = std::get_if<Timer>(&event);
  return timer != nullptr && is_stalled(router.config, router.machine, timer->now);
}

}  // namespace

int between(Random& random, int least, int most) {
  return std::uniform_int_distribution<int>(least, most)(random);
}

bool happens(Random& random, double share) {
  return std::bernoulli_distribution(share)(random);
}

bool is_better(const VrrpConfig& one, const VrrpConfig& other) {
  return one.priority > other.priority || (one.priority == other.priority && one.source > other.source);
}

VrrpConfig Segment::promised(std::size_t i) const {
  const auto& router = routers_[i];
  return router.standing ? standing_by(router.written) : router.written;
}

void Segment::start(std::size_t i, bool adopted) {
  auto& router = routers_[i];
  router.config = rules_.recalls ? promised(i) : router.written;
  router.machine = {};
  router.running = true;
  router.paused = router.asleep = false;
  give(i, Startup{now_, adopted, {}});
}

void Segment::kill(std::size_t i) {
  routers_[i].running = false;
  routers_[i].machine = {};
  routers_[i].unread.clear();
}

void Segment::reload(std::size_t i) {
  routers_[i].config = promised(i);
  give(i, Reload{now_});
}

void Segment::set_priority(std::size_t i, Priority priority) {
  routers_[i].written.priority = priority;
  routers_[i].config = promised(i);
  give(i, PriorityChanged{now_});
}

void Segment::release(std::size_t i) {
  auto& router = routers_[i];
  router.standing = true;
  router.config = promised(i);
  if (router.active())
    give(i, HandOver{now_});
  else
    give(i, PriorityChanged{now_});
}

void Segment::pause(std::size_t i) {
  routers_[i].paused = routers_[i].running;
}

void Segment::suspend(std::size_t i) {
  pause(i);
  routers_[i].asleep = routers_[i].running;
}

void Segment::go_on(std::size_t i) {
  routers_[i].paused = routers_[i].asleep = false;
  for (auto& heard : std::exchange(routers_[i].unread, {})) hear(i, heard);
}

void Segment::run(nanoseconds duration) {
  const auto end = now_ + duration;
  // Once something is broken, time may not even go on.
  for (auto next = next_event(end); next && broken_.empty(); next = next_event(end)) {
    now_ = *next;
    deliver();
    fire_timers();
    judge_claims();
  }
  now_ = end;
}

std::vector<std::size_t> Segment::active() const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < routers_.size(); ++i)
    if (routers_[i].active()) found.push_back(i);
  return found;
}

std::size_t Segment::others_than(std::size_t one) const {
  std::size_t others = 0;
  for (std::size_t i = 0; i < routers_.size(); ++i) others += routers_[i].running && i != one ? 1 : 0;
  return others;
}

std::optional<std::size_t> Segment::best() const {
  return best_but(routers_.size());
}

std::optional<std::size_t> Segment::best_but(std::size_t one) const {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < routers_.size(); ++i)
    if (i != one && routers_[i].running && (!best || is_better(routers_[i].config, routers_[*best].config)))
      best = i;
  return best;
}

void Segment::blame(const std::string& what) {
  if (broken_.empty())
    broken_ = fmt::format("{:.3f}s: {}", std::chrono::duration<double>(now_ - kBegin).count(), what);
}

std::string Segment::name_of(std::size_t i) const {
  return fmt::format("{} (priority {})", routers_[i].config.source, routers_[i].config.priority);
}

std::optional<TimePoint> Segment::next_event(TimePoint end) const {
  auto next = end + 1ns;
  if (!flying_.empty()) next = std::min(next, flying_.begin()->first);
  for (const auto& router : routers_) {
    if (!router.running || router.paused) continue;
    if (const auto due = rules_.deadline(router.config, router.machine))
      next = std::min(next, std::max(*due, now_));
  }
  return next <= end ? std::optional(next) : std::nullopt;
}

void Segment::fire_timers() {
  for (std::size_t i = 0; i < routers_.size(); ++i) {
    const auto& router = routers_[i];
    if (!router.running || router.paused) continue;
    if (const auto due = rules_.deadline(router.config, router.machine); due && *due <= now_)
      give(i, Timer{now_});
  }
}

void Segment::deliver() {
  while (!flying_.empty() && flying_.begin()->first <= now_) {
    const auto packet = flying_.begin()->second;
    flying_.erase(flying_.begin());
    arrive(packet);
  }
}

void Segment::arrive(const Packet& packet) {
  auto& to = routers_[packet.to];
  if (!connected(packet.from, packet.to) || !to.running || to.asleep) return;
  if (to.paused)
    to.unread.push_back(packet.heard);
  else
    hear(packet.to, packet.heard);
}

// The first advertisement of a better router ends a second role; a worse one is answered.
void Segment::hear(std::size_t i, AdvertisementHeard heard) {
  heard.now = now_;
  const auto& router = routers_[i];
  const bool was_active = router.active();
  const VrrpConfig sender{heard.priority, heard.interval, heard.source, true, 0ms};
  const bool loses = was_active && heard.priority != kLeavingPriority && is_better(sender, router.config);
  const bool wins = was_active && heard.priority != kLeavingPriority && is_better(router.config, sender);
  const bool rested = !was_active || now_ >= std::get<Active>(router.machine.role).silent_until;
  const auto sent = sent_;
  give(i, heard);
  if (loses && router.active())
    blame(fmt::format("{} stays Active though it heard {}, priority {}", name_of(i), heard.source,
                      heard.priority));
  if (wins && rested && sent == sent_)
    blame(fmt::format("{} does not answer {}, which is Active too", name_of(i), heard.source));
}

// With what it has led to: what is sent without delay arrives in the order in which it was sent.
void Segment::give(std::size_t i, const MachineEvent& event) {
  take(i, event);
  if (std::exchange(delivering_, true)) return;
  for (; !at_once_.empty(); at_once_.pop_front()) arrive(at_once_.front());
  delivering_ = false;
}

void Segment::take(std::size_t i, const MachineEvent& event) {
  auto& router = routers_[i];
  const bool was_active = router.active();
  const bool late = wakes_late(router, event);
  auto outcome = rules_.step(router.config, router.machine, event);
  router.machine = outcome.machine;
  if (!was_active && router.active()) ++takeovers_;
  for (const auto& action : outcome.actions)
    if (const auto* send = std::get_if<SendAdvertisement>(&action)) {
      judge_sender(i, event, *send);
      if (late) blame(fmt::format("{} advertises before it has listened after a stall", name_of(i)));
      broadcast(i, *send);
    }
}

void Segment::judge_claims() {
  if (!expects_one_) return;
  const auto claim = std::ranges::count_if(routers_, &Router::claims);
  if (claim > 1) blame(fmt::format("{} routers are Active though nothing was lost", claim));
}

// Who is not Active advertises only as a last word to who is, or when it is back with its addresses.
void Segment::judge_sender(std::size_t i, const MachineEvent& event, const SendAdvertisement& send) {
  ++sent_;
  if (send.priority == kLeavingPriority || routers_[i].active()) return;
  if (!std::holds_alternative<AdvertisementHeard>(event) && !std::holds_alternative<Startup>(event))
    blame(fmt::format("{} advertises and is not Active", name_of(i)));
}

void Segment::broadcast(std::size_t from, const SendAdvertisement& send) {
  const auto& config = routers_[from].config;
  const AdvertisementHeard heard{{}, config.source, send.priority, send.interval};
  for (std::size_t to = 0; to < routers_.size(); ++to) {
    if (to == from) continue;
    if (weather_.delay == 0ns) {
      at_once_.push_back({from, to, heard});
      continue;
    }
    if (happens(random_, weather_.loss)) continue;
    for (int copies = happens(random_, weather_.twice) ? 2 : 1; copies > 0; --copies)
      flying_.emplace(now_ + weather_.delay * between(random_, 1, 1000) / 1000, Packet{from, to, heard});
  }
}

}  // namespace hawser::vipd::storm
