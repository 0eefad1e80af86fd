#include "tests/support/storm/storm.h"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace hawser::vipd::storm {

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

using Random = std::mt19937;

int between(Random& random, int least, int most) {
  return std::uniform_int_distribution<int>(least, most)(random);
}

bool happens(Random& random, double share) {
  return std::bernoulli_distribution(share)(random);
}

Priority any_priority(Random& random) {
  return Priority(static_cast<std::uint8_t>(between(random, 1, 254)));
}

struct Router {
  VrrpConfig config;   // that it goes by
  VrrpConfig written;  // in its file
  bool standing = false;
  Machine machine;
  int side = 0;                          // of a cut segment
  bool running = false, paused = false;  // paused: hears and does nothing until it goes on
  std::vector<AdvertisementHeard> unread;

  [[nodiscard]] bool active() const { return running && std::holds_alternative<Active>(machine.role); }
};

// As vipd/router/router.cpp has it.
VrrpConfig standing_by(VrrpConfig config) {
  config.priority = Priority(1);
  config.preempt = false;
  return config;
}

// Addresses whose order is another one when their bytes are read the wrong way round.
IpAddress address_of(Random& random, std::size_t number) {
  const auto last = static_cast<std::uint8_t>(between(random, 1, 80) + 80 * static_cast<int>(number / 2));
  if (number % 2 == 0) return IpAddress::v4(192, 0, 2, last);
  return IpAddress::v4(198, 51, 100, static_cast<std::uint8_t>(250 - last));
}

std::vector<Router> routers_of(Random& random, bool same_preempt) {
  std::vector<Router> routers(static_cast<std::size_t>(between(random, 2, 5)));
  const bool equal = happens(random, 0.3);
  const bool preempt = happens(random, 0.6);
  const auto priority = any_priority(random);
  std::size_t number = 0;
  for (auto& router : routers) {
    auto& config = router.config;
    config.priority = equal ? priority : any_priority(random);
    config.interval =
        Centiseconds(std::array{10, 20, 50}.at(static_cast<std::size_t>(between(random, 0, 2))));
    config.source = address_of(random, number++);
    config.preempt = same_preempt ? preempt : happens(random, 0.5);
    router.written = config;
  }
  return routers;
}

bool is_better(const VrrpConfig& one, const VrrpConfig& other) {
  return one.priority > other.priority || (one.priority == other.priority && one.source > other.source);
}

class Segment {
 public:
  Segment(std::vector<Router> routers, Random& random, const Rules& rules)
      : random_(random), rules_(rules), routers_(std::move(routers)) {}

  struct Weather {
    nanoseconds delay{};  // at the most; 0: what is sent is there
    double loss = 0, twice = 0;
  };

  Random& random() { return random_; }
  void set(const Weather& weather) { weather_ = weather; }
  Router& router(std::size_t i) { return routers_[i]; }
  [[nodiscard]] const Router& router(std::size_t i) const { return routers_[i]; }
  [[nodiscard]] std::size_t size() const { return routers_.size(); }
  [[nodiscard]] TimePoint now() const { return now_; }
  [[nodiscard]] const std::string& broken() const { return broken_; }
  [[nodiscard]] unsigned takeovers() const { return takeovers_; }

  // What it was asked for, and it says so itself.
  [[nodiscard]] VrrpConfig promised(std::size_t i) const {
    const auto& router = routers_[i];
    return router.standing ? standing_by(router.written) : router.written;
  }
  void start(std::size_t i, bool adopted = false) {
    routers_[i].config = rules_.recalls ? promised(i) : routers_[i].written;
    routers_[i].machine = {};
    routers_[i].running = true;
    give(i, Startup{now_, adopted, {}});
  }
  void kill(std::size_t i) {
    routers_[i].running = false;
    routers_[i].machine = {};
    routers_[i].unread.clear();
  }
  void leave(std::size_t i) { give(i, Shutdown{now_}); }
  void set_priority(std::size_t i, Priority priority) {
    routers_[i].written.priority = priority;
    routers_[i].config = promised(i);
    give(i, PriorityChanged{now_});
  }
  void release(std::size_t i) {
    auto& router = routers_[i];
    router.standing = true;
    router.config = promised(i);
    if (router.active())
      give(i, HandOver{now_});
    else
      give(i, PriorityChanged{now_});
  }
  // Reads what has come meanwhile first, as vipd does when it wakes.
  void go_on(std::size_t i) {
    routers_[i].paused = false;
    for (auto& heard : std::exchange(routers_[i].unread, {})) hear(i, heard);
  }

  void run(nanoseconds duration) {
    const auto end = now_ + duration;
    while (const auto next = next_event(end)) {
      now_ = *next;
      deliver();
      for (std::size_t i = 0; i < routers_.size(); ++i) {
        const auto& router = routers_[i];
        if (!router.running || router.paused) continue;
        if (const auto due = rules_.deadline(router.config, router.machine); due && *due <= now_)
          give(i, Timer{now_});
      }
    }
    now_ = end;
  }

  [[nodiscard]] std::vector<std::size_t> active() const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < routers_.size(); ++i)
      if (routers_[i].active()) found.push_back(i);
    return found;
  }
  [[nodiscard]] std::size_t others_than(std::size_t one) const {
    std::size_t others = 0;
    for (std::size_t i = 0; i < routers_.size(); ++i) others += routers_[i].running && i != one ? 1 : 0;
    return others;
  }
  // The one that has to win among those that run.
  [[nodiscard]] std::optional<std::size_t> best() const {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < routers_.size(); ++i)
      if (routers_[i].running && (!best || is_better(routers_[i].config, routers_[*best].config))) best = i;
    return best;
  }
  [[nodiscard]] std::optional<std::size_t> best_but(std::size_t one) const {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < routers_.size(); ++i)
      if (i != one && routers_[i].running && (!best || is_better(routers_[i].config, routers_[*best].config)))
        best = i;
    return best;
  }
  void blame(const std::string& what) {
    if (broken_.empty())
      broken_ = fmt::format("{:.3f}s: {}", std::chrono::duration<double>(now_ - kBegin).count(), what);
  }
  [[nodiscard]] std::string name_of(std::size_t i) const {
    return fmt::format("{} (priority {})", routers_[i].config.source, routers_[i].config.priority);
  }

 private:
  static constexpr TimePoint kBegin{1000s};

  struct Packet {
    std::size_t from, to;
    AdvertisementHeard heard;
  };

  std::optional<TimePoint> next_event(TimePoint end) const {
    auto next = end + 1ns;
    if (!flying_.empty()) next = std::min(next, flying_.begin()->first);
    for (const auto& router : routers_) {
      if (!router.running || router.paused) continue;
      if (const auto due = rules_.deadline(router.config, router.machine))
        next = std::min(next, std::max(*due, now_));
    }
    return next <= end ? std::optional(next) : std::nullopt;
  }

  [[nodiscard]] bool connected(std::size_t one, std::size_t other) const {
    return routers_[one].side == routers_[other].side;
  }

  void deliver() {
    while (!flying_.empty() && flying_.begin()->first <= now_) {
      const auto packet = flying_.begin()->second;
      flying_.erase(flying_.begin());
      arrive(packet);
    }
  }

  void arrive(const Packet& packet) {
    auto& to = routers_[packet.to];
    if (!connected(packet.from, packet.to) || !to.running) return;
    if (to.paused)
      to.unread.push_back(packet.heard);
    else
      hear(packet.to, packet.heard);
  }

  // The first advertisement of a better router ends a second role; a worse one is answered.
  void hear(std::size_t i, AdvertisementHeard heard) {
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

  void give(std::size_t i, const MachineEvent& event) {
    auto& router = routers_[i];
    const bool was_active = router.active();
    const bool given_up = was_active && wakes_late(router, event);
    auto outcome = rules_.step(router.config, router.machine, event);
    router.machine = outcome.machine;
    if (!was_active && router.active()) ++takeovers_;
    for (const auto& action : outcome.actions)
      if (const auto* send = std::get_if<SendAdvertisement>(&action)) {
        judge_sender(i, event, *send);
        if (given_up) blame(fmt::format("{} advertises before it has listened after a stall", name_of(i)));
        broadcast(i, *send);
      }
  }

  // Of who is Active: the others have waited long enough to take over.
  static bool wakes_late(const Router& router, const MachineEvent& event) {
    const auto* timer = std::get_if<Timer>(&event);
    if (timer == nullptr) return false;
    const auto& active = std::get<Active>(router.machine.role);
    return timer->now - active.advert_at >= active_down_interval(router.config, router.config.interval);
  }

  // Who is not Active advertises only as a last word to who is, or when it is back with its addresses.
  void judge_sender(std::size_t i, const MachineEvent& event, const SendAdvertisement& send) {
    ++sent_;
    if (send.priority == kLeavingPriority || routers_[i].active()) return;
    if (!std::holds_alternative<AdvertisementHeard>(event) && !std::holds_alternative<Startup>(event))
      blame(fmt::format("{} advertises and is not Active", name_of(i)));
  }

  void broadcast(std::size_t from, const SendAdvertisement& send) {
    const auto& config = routers_[from].config;
    const AdvertisementHeard heard{{}, config.source, send.priority, send.interval};
    for (std::size_t to = 0; to < routers_.size(); ++to) {
      if (to == from) continue;
      if (weather_.delay == 0ns) {
        arrive({from, to, heard});
        continue;
      }
      if (happens(random_, weather_.loss)) continue;
      for (int copies = happens(random_, weather_.twice) ? 2 : 1; copies > 0; --copies)
        flying_.emplace(now_ + weather_.delay * between(random_, 1, 1000) / 1000, Packet{from, to, heard});
    }
  }

  Random& random_;
  const Rules& rules_;
  std::vector<Router> routers_;
  std::multimap<TimePoint, Packet> flying_;
  Weather weather_;
  TimePoint now_ = kBegin;
  std::string broken_;
  unsigned takeovers_ = 0, sent_ = 0;
};

// The longest that a router on its own waits, whatever interval it has learnt.
constexpr nanoseconds kLongestDown = 4 * 500ms;

// ---- calm

struct Expected {
  std::optional<std::size_t> active;
  unsigned takeovers = 0;
};

void expect(Segment& segment, const Expected& expected, unsigned before, std::string_view after) {
  const auto active = segment.active();
  if (active.size() > 1)
    return segment.blame(fmt::format("after {}: {} and {} are Active", after, segment.name_of(active[0]),
                                     segment.name_of(active[1])));
  const auto there = active.empty() ? std::nullopt : std::optional(active[0]);
  if (there != expected.active)
    return segment.blame(fmt::format("after {}: {} is Active, not {}", after,
                                     there ? segment.name_of(*there) : "nobody",
                                     expected.active ? segment.name_of(*expected.active) : "nobody"));
  if (segment.takeovers() - before != expected.takeovers)
    segment.blame(fmt::format("after {}: {} takeovers, not {}", after, segment.takeovers() - before,
                              expected.takeovers));
}

// A router that starts waits as long as its own interval says (RFC 9568 6.4.1), and may take the role of one
// with a much longer one before it has heard it.
bool may_be_too_quick(const VrrpConfig& starts, const VrrpConfig& active) {
  return active_down_interval(starts.priority, starts.interval) <= active.interval;
}

void try_start(Segment& segment, std::size_t i) {
  const auto active = segment.active();
  const auto before = segment.takeovers();
  const auto config = segment.promised(i);
  segment.start(i);
  segment.run(kLongestDown);
  const auto what = fmt::format("the start of {}", segment.name_of(i));
  if (active.empty()) return expect(segment, {i, 1}, before, what);
  const auto& was = segment.router(active[0]).config;
  if (may_be_too_quick(config, was)) {
    if (segment.active().size() != 1)
      segment.blame(fmt::format("{} are Active after {}", segment.active().size(), what));
    return;
  }
  const bool takes = config.preempt && config.priority > was.priority;
  expect(segment, {takes ? i : active[0], takes ? 1U : 0U}, before, what);
}

// Of equal routers any may be the quicker one.
std::optional<std::size_t> successor(const Segment& segment) {
  const auto best = segment.best();
  const auto active = segment.active();
  if (best && !active.empty() &&
      segment.router(active[0]).config.priority == segment.router(*best).config.priority)
    return active[0];
  return best;
}

// A planned end is followed within the skew time, which is less than an interval, not when the others have
// missed who had the role.
void try_end(Segment& segment, std::size_t i, bool planned) {
  const bool was_active = segment.router(i).active();
  const auto active = segment.active();
  const auto before = segment.takeovers();
  if (planned)
    segment.leave(i);
  else
    segment.kill(i);
  if (planned && was_active && segment.others_than(i) > 0) {
    segment.run(segment.router(i).config.interval);
    if (segment.active().empty()) segment.blame("nobody took over within an interval of a leave");
  }
  segment.run(kLongestDown);
  segment.kill(i);
  Expected expected;
  if (was_active)
    expected.active = successor(segment);
  else if (!active.empty())
    expected.active = active[0];
  if (was_active && expected.active) expected.takeovers = 1;
  expect(segment, expected, before,
         fmt::format("the {} of {}", planned ? "leave" : "death", segment.name_of(i)));
}

// The role goes to the best of the others, without a moment in which nobody has it, and where there is none
// it stays.
void try_release(Segment& segment, std::size_t i) {
  const auto was = segment.active();
  const auto before = segment.takeovers();
  segment.release(i);
  segment.run(kLongestDown);
  if (was.empty()) return;
  Expected expected{was[0], 0};
  if (was[0] == i) {
    const auto others = segment.best_but(i);
    const auto now = segment.active();
    expected = {others ? others : std::optional(i), 1};
    if (others && !now.empty() && now[0] != i &&
        segment.router(now[0]).config.priority == segment.router(*others).config.priority)
      expected.active = now[0];
  }
  expect(segment, expected, before, fmt::format("the release of {}", segment.name_of(i)));
}

// Above the Active router for so long that it has almost taken over.
void almost_take_over(Segment& segment, std::size_t i) {
  const auto active = segment.active();
  const auto* backup = std::get_if<Backup>(&segment.router(i).machine.role);
  if (active.empty() || backup == nullptr) return;
  const auto& was = segment.router(active[0]).config;
  const auto above = Priority(static_cast<std::uint8_t>(was.priority.value + 1));
  if (above == kOwnerPriority) return;
  const auto almost = backup->since + 3 * nanoseconds(was.interval) + skew_time(above, was.interval) / 2;
  segment.set_priority(i, above);
  segment.run(almost - segment.now());
}

// Whoever may preempt what the Active router has become takes the role, the highest of them first.
void try_priority(Segment& segment, std::size_t i, Priority priority) {
  const auto was = segment.active();
  const auto before = segment.takeovers();
  if (happens(segment.random(), 0.5)) almost_take_over(segment, i);
  segment.set_priority(i, priority);
  segment.run(kLongestDown);
  if (was.empty()) return;
  Expected expected{was[0], 0};
  for (std::size_t j = 0; j < segment.size(); ++j) {
    const auto& config = segment.router(j).config;
    if (!segment.router(j).running || !config.preempt || j == was[0]) continue;
    if (config.priority > segment.router(*expected.active).config.priority) expected = {j, 1};
  }
  const auto now = segment.active();
  if (expected.takeovers == 1 && !now.empty() && now[0] != was[0] &&
      segment.router(now[0]).config.priority == segment.router(*expected.active).config.priority)
    expected.active = now[0];
  expect(segment, expected, before, fmt::format("a change of priority: {}", segment.name_of(i)));
}

// ---- storm

void strike(Segment& segment, Random& random) {
  const auto i = static_cast<std::size_t>(between(random, 0, static_cast<int>(segment.size()) - 1));
  auto& router = segment.router(i);
  switch (between(random, 0, 8)) {
    case 0:
      return segment.kill(i);
    case 1:
      if (!router.running) segment.start(i, happens(random, 0.5));
      return;
    case 2:
      if (router.running && !router.paused) segment.leave(i);
      return;
    case 3:
      router.side = between(random, 0, 1);
      return;
    case 4:
      router.side = 0;
      return;
    case 5:
      router.paused = router.running;
      return;
    case 7:
      return segment.set_priority(i, any_priority(random));
    case 6:
      if (router.paused) segment.go_on(i);
      return;
    default:
      return segment.set(
          {between(random, 1, 30) * 1ms, 0.1 * between(random, 0, 5), 0.1 * between(random, 0, 2)});
  }
}

constexpr nanoseconds kFairDelay = 1ms;

void clear_up(Segment& segment) {
  segment.set({kFairDelay, 0, 0});
  for (std::size_t i = 0; i < segment.size(); ++i) {
    auto& router = segment.router(i);
    router.side = 0;
    if (router.paused) segment.go_on(i);
    if (router.running && !std::holds_alternative<Initialize>(router.machine.role) &&
        !std::holds_alternative<Leaving>(router.machine.role))
      continue;
    segment.start(i);
  }
}

}  // namespace

std::string calm(unsigned seed, const Rules& rules) {
  Random random(seed);
  Segment segment(routers_of(random, false), random, rules);
  for (int events = between(random, 4, 12); events > 0 && segment.broken().empty(); --events) {
    const auto i = static_cast<std::size_t>(between(random, 0, static_cast<int>(segment.size()) - 1));
    const bool planned = happens(random, 0.5);
    if (segment.router(i).running && happens(random, 0.1))
      try_release(segment, i);
    else if (!segment.router(i).running && happens(random, 0.1))
      segment.router(i).standing = false;  // resumed meanwhile
    else if (segment.router(i).running && happens(random, 0.3))
      try_priority(segment, i, any_priority(random));
    else if (segment.router(i).running)
      try_end(segment, i, planned);
    else
      try_start(segment, i);
    const auto quiet = segment.takeovers();
    segment.run(kLongestDown);
    if (segment.takeovers() != quiet) segment.blame("a takeover for which there was no reason");
  }
  return segment.broken();
}

std::string stormy(unsigned seed, const Rules& rules) {
  Random random(seed);
  Segment segment(routers_of(random, true), random, rules);
  const bool preempt = segment.router(0).config.preempt;
  for (std::size_t i = 0; i < segment.size(); ++i)
    if (happens(random, 0.8)) segment.start(i);
  for (int events = between(random, 5, 25); events > 0 && segment.broken().empty(); --events) {
    segment.run(between(random, 1, 600) * 1ms);
    strike(segment, random);
  }
  clear_up(segment);
  // Two that were Active beside each other: an interval; nobody: an Active_Down; a better one that comes
  // back: another.
  segment.run(2 * kLongestDown);
  const auto active = segment.active();
  if (active.size() != 1) segment.blame(fmt::format("{} routers are Active when all is over", active.size()));
  if (active.size() == 1 && preempt &&
      segment.router(active[0]).config.priority != segment.router(*segment.best()).config.priority)
    segment.blame(fmt::format("{} is Active when all is over, not {}", segment.name_of(active[0]),
                              segment.name_of(*segment.best())));
  const auto before = segment.takeovers();
  segment.run(kLongestDown);
  if (segment.takeovers() != before) segment.blame("the role moves though all is over");
  return segment.broken();
}

}  // namespace hawser::vipd::storm
