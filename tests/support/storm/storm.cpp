#include "tests/support/storm/storm.h"

#include <algorithm>
#include <array>

#include "tests/support/storm/segment.h"

namespace hawser::vipd::storm {

namespace {

Priority any_priority(Random& random) {
  return Priority(static_cast<std::uint8_t>(between(random, 1, 254)));
}

Centiseconds any_interval(Random& random) {
  return Centiseconds(std::array{10, 20, 50}.at(static_cast<std::size_t>(between(random, 0, 2))));
}

std::size_t any_of(Segment& segment) {
  return static_cast<std::size_t>(between(segment.random(), 0, static_cast<int>(segment.size()) - 1));
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
    config.interval = any_interval(random);
    config.source = address_of(random, number++);
    config.preempt = same_preempt ? preempt : happens(random, 0.5);
    router.written = config;
  }
  return routers;
}

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

// Who is Active says so at once, and who is not goes on waiting where it was.
void try_reload(Segment& segment, std::size_t i) {
  const auto was = segment.active();
  const auto before = segment.takeovers();
  if (happens(segment.random(), 0.5)) segment.router(i).written.interval = any_interval(segment.random());
  segment.reload(i);
  segment.run(kLongestDown);
  if (!was.empty()) expect(segment, {was[0], 0}, before, fmt::format("a reload of {}", segment.name_of(i)));
}

// Two that begin at one instant, and the file of one is read again meanwhile: that does not put off its end.
void try_boot_together(Segment& segment, std::size_t i, std::size_t j) {
  const auto wait_of = [&](std::size_t k) {
    const auto config = segment.promised(k);
    return active_down_interval(config, config.interval);
  };
  const auto before = segment.takeovers();
  const auto [first, second] = std::minmax(i, j);
  const auto quick = wait_of(second) < wait_of(first) ? second : first;
  const auto slow = quick == first ? second : first;
  segment.start(first);
  segment.start(second);
  const auto reloaded_after = wait_of(quick) * between(segment.random(), 0, 99) / 100;
  segment.run(reloaded_after);
  segment.reload(happens(segment.random(), 0.5) ? first : second);
  segment.run(wait_of(quick) - reloaded_after);
  expect(segment, {quick, 1}, before, "a boot of two");
  segment.run(kLongestDown);
  const auto config = segment.promised(slow);
  const bool takes = config.preempt && config.priority > segment.promised(quick).priority;
  expect(segment, {takes ? slow : quick, takes ? 2U : 1U}, before, "two have begun together");
}

// Others have the role by then, if there are any, and the better one of the two that have it keeps it.
void sleep_as_active(Segment& segment, std::size_t i) {
  const auto before = segment.takeovers();
  const auto length = between(segment.random(), 1, 4000) * 1ms;
  segment.suspend(i);
  segment.run(length);
  auto others = segment.active();
  std::erase(others, i);
  const auto taken = segment.takeovers() - before;
  const bool must = segment.others_than(i) > 0 && length > kLongestDown;
  if (taken != others.size() || (must && taken != 1))
    segment.blame(fmt::format("{} takeovers while {} slept", taken, segment.name_of(i)));
  segment.go_on(i);
  segment.run(kLongestDown);
  const bool loses = !others.empty() && is_better(segment.router(others[0]).config, segment.router(i).config);
  expect(segment, {loses ? others[0] : i, taken}, before, fmt::format("the sleep of {}", segment.name_of(i)));
}

// It wakes before its time has come, or so late that it has to listen first. In between it may take over for
// a moment: nobody knows then that it slept.
void sleep_as_backup(Segment& segment, std::size_t i) {
  const auto was = segment.active();
  const auto before = segment.takeovers();
  const auto& router = segment.router(i);
  const auto left = *deadline(router.config, router.machine) - segment.now();
  const auto interval = std::get<Backup>(router.machine.role).interval.value_or(router.config.interval);
  const auto late = active_down_interval(router.config, interval) + between(segment.random(), 0, 2000) * 1ms;
  const auto length = happens(segment.random(), 0.3) ? left / 2 : left + late;
  segment.suspend(i);
  segment.run(length);
  segment.go_on(i);
  segment.run(kLongestDown);
  expect(segment, {was[0], 0}, before, fmt::format("the sleep of {}", segment.name_of(i)));
}

void try_sleep(Segment& segment, std::size_t i) {
  if (segment.active().empty()) return;
  if (segment.router(i).active()) return sleep_as_active(segment, i);
  if (std::holds_alternative<Backup>(segment.router(i).machine.role)) sleep_as_backup(segment, i);
}

// Something of what happens to one that runs.
void try_running(Segment& segment, std::size_t i) {
  auto& random = segment.random();
  switch (between(random, 0, 9)) {
    case 0:
      return try_release(segment, i);
    case 1:
    case 2:
      return try_priority(segment, i, any_priority(random));
    case 3:
      return try_reload(segment, i);
    case 4:
    case 5:
      return try_sleep(segment, i);
    default:
      return try_end(segment, i, happens(random, 0.5));
  }
}

void try_absent(Segment& segment, std::size_t i) {
  auto& random = segment.random();
  const auto other = (i + 1) % segment.size();
  if (happens(random, 0.1))
    segment.router(i).standing = false;  // resumed meanwhile
  else if (segment.others_than(i) == 0 && happens(random, 0.3))
    try_boot_together(segment, i, other);
  else
    try_start(segment, i);
}

// ---- storm

void strike(Segment& segment, Random& random) {
  const auto i = any_of(segment);
  auto& router = segment.router(i);
  const bool awake = router.running && !router.paused;
  switch (between(random, 0, 10)) {
    case 0:
      return segment.kill(i);
    case 1:
      if (!router.running) segment.start(i, happens(random, 0.5));
      return;
    case 2:
      if (awake) segment.leave(i);
      return;
    case 3:
      router.side = between(random, 0, 1);
      return;
    case 4:
      router.side = 0;
      return;
    case 5:
      return segment.pause(i);
    case 6:
      if (router.paused) segment.go_on(i);
      return;
    case 7:
      return segment.set_priority(i, any_priority(random));
    case 8:
      return segment.suspend(i);
    case 9:
      router.written.interval = any_interval(random);
      if (awake) segment.reload(i);
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
  segment.expect_one();
  for (int events = between(random, 4, 12); events > 0 && segment.broken().empty(); --events) {
    const auto i = any_of(segment);
    if (segment.router(i).running)
      try_running(segment, i);
    else
      try_absent(segment, i);
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
