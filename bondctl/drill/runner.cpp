#include "bondctl/drill/runner.h"

#include <ctime>
#include <random>

#include <sys/prctl.h>

namespace hawser::bondctl::drill {

namespace {

using namespace std::chrono_literals;

constexpr Micros kLook = 10ms;        // how often the captures are read
constexpr Milliseconds kWarm = 3s;    // for a neighbour to be found
constexpr Milliseconds kQuiet = 2s;   // what the rest is compared with
constexpr Milliseconds kAsk = 500ms;  // how often the kernel is asked for its ports: a look delays a probe
constexpr Milliseconds kSettle = 1s;  // after a port is usable: who it is given back to may need a moment
constexpr double kGoodEnough = 0.8;

Micros now() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return std::chrono::seconds(time.tv_sec) + Micros(time.tv_nsec / 1000);
}

// Until a moment of CLOCK_MONOTONIC.
void sleep_until(TimePoint moment) {
  const auto since = moment.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  const timespec time{seconds.count(), static_cast<long>((since - seconds) / std::chrono::nanoseconds(1))};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr) == EINTR) {
  }
}

Mark any_mark() {
  std::random_device random;
  return Mark{(static_cast<std::uint64_t>(random()) << 32U) | random()};
}

}  // namespace

Status Runner::open(IfIndex device) {
  ::prctl(PR_SET_TIMERSLACK, 1000UL);  // a probe each millisecond, not each now and then
  mark_ = any_mark();
  auto socket = EchoSocket::open(recording_.target.address, device);
  if (!socket) return tl::unexpected(socket.error());
  socket_.emplace(std::move(*socket));
  const auto tap = [&](const std::string& device_name, const std::string& port,
                       Direction direction) -> Status {
    auto capture = Capture::open(device_name, direction);
    if (!capture) return tl::unexpected(capture.error());
    taps_.push_back({std::move(*capture), port, direction});
    return dead_man_.beat();  // to open one takes long on a busy machine
  };
  for (const auto& [port, options] : recording_.subject.bond.ports)
    for (const auto direction : {Direction::kOut, Direction::kIn})
      if (auto good = tap(port, port, direction); !good) return good;
  for (const auto direction : {Direction::kOut, Direction::kIn})
    if (auto good = tap(recording_.subject.name, "", direction); !good) return good;
  return {};
}

Status Runner::quiet() {
  // The first probes wait for a neighbour to be found: they are not counted.
  if (const auto warm = pump(0ms, kWarm, [&] { return answered(); }); !warm)
    return tl::unexpected(warm.error());
  auto phase = begin(Event::kQuiet, "", kQuiet);
  if (const auto good = pump(kQuiet, kQuiet, [] { return true; }); !good) return tl::unexpected(good.error());
  const auto window = Window{phase.window.from, now() - 200ms};
  const auto within = sent_in(recording_.probes, window);
  const auto cost = cost_of(recording_.probes, window, "");
  end(phase, End::kAnswered);
  if (within.size() - cost.lost() == 0 && cost.lost() > 0)
    return fail("{}: drill: target {} does not answer: 0 of {} probes", recording_.subject.name,
                recording_.target.address, within.size());
  if (static_cast<double>(cost.lost()) > (1 - kGoodEnough) * static_cast<double>(within.size()))
    return fail(
        "{}: drill: target {} answers only {} of {} probes while nothing is done: it may limit them: try "
        "--every 10ms, or another --target",
        recording_.subject.name, recording_.target.address, within.size() - cost.lost(), within.size());
  return {};
}

Status Runner::run() {
  auto done = recording_.how == How::kSwitch ? run_switches() : run_faults();
  // What was sent last may still be on its way.
  sleep_until(std::chrono::steady_clock::now() + 300ms);
  drain();
  return done;
}

Status Runner::run_faults() {
  auto pending = recording_.subject.ports;
  while (!pending.empty() && recording_.stopped.empty()) {
    const auto port = next_port(pending, active());
    std::erase(pending, port);
    if (auto done = fault(port); !done) return done;
  }
  return {};
}

Status Runner::run_switches() {
  for (std::size_t turn = 0; turn < recording_.subject.ports.size(); ++turn) {
    const auto from = active();
    const auto to = after(recording_.subject.ports, from);
    say_(fmt::format("{}: active role from {} to {}", recording_.subject.name, from, to));
    auto phase = begin(Event::kFault, from,
                       pace_.patience.value_or(patience_for_failover(recording_.subject.bond, How::kSwitch)));
    if (auto done = make_fault(kernel_, How::kSwitch, recording_.subject.name, to); !done) return done;
    const auto over = pump(pace_.hold, phase.patience, [&] { return answered(); });
    if (!over) return tl::unexpected(over.error());
    end(phase, *over ? End::kAnswered : End::kUnanswered);
  }
  return {};
}

// Another port must be able to carry, or the fault is no drill but an outage.
Status Runner::fault(const std::string& port) {
  const auto& subject = recording_.subject;
  for (const auto& one : subject.ports)
    if (const auto why = unusable(one)) {
      recording_.stopped = fmt::format("{}: {}: the drill ends here", one, *why);
      return {};
    }
  say_(fmt::format("{}: {}", port, recording_.how == How::kDown ? "down" : "its frames are dropped"));
  auto phase = begin(Event::kFault, port,
                     pace_.patience.value_or(patience_for_failover(subject.bond, recording_.how)));
  if (auto done = make_fault(kernel_, recording_.how, subject.name, port); !done) return done;
  const auto over = pump(pace_.hold, phase.patience, [&] { return answered(); });
  if (!over) return tl::unexpected(over.error());
  const auto observed = kernel_.observe(kLinksOnly);
  phase.meddled = recording_.how == How::kDown && observed && observed->state.links.contains(port) &&
                  observed->state.links.at(port).up;
  end(phase, *over ? End::kAnswered : End::kUnanswered);
  return mended(port);
}

Status Runner::mended(const std::string& port) {
  say_(fmt::format("{}: back", port));
  auto phase = begin(Event::kBack, port, patience_for_return(recording_.subject.bond));
  if (auto done = mend(kernel_, recording_.how, port); !done) return done;
  TimePoint ask{};
  std::optional<TimePoint> usable_since;
  const auto over = pump(pace_.hold, phase.patience, [&] {
    const auto time = std::chrono::steady_clock::now();
    if (!usable_since && time >= ask) {
      ask = time + kAsk;
      phase.why = unusable(port).value_or("");
      if (phase.why.empty()) usable_since = time;
    }
    return usable_since && time >= *usable_since + kSettle && answered();
  });
  if (!over) return tl::unexpected(over.error());
  const auto how = *over ? End::kAnswered : usable_since ? End::kUnanswered : End::kMissing;
  if (how != End::kAnswered) recording_.stopped = fmt::format("{}: not as before: the drill ends here", port);
  end(phase, how);
  return {};
}

Result<bool> Runner::pump(Milliseconds least, Milliseconds patience, const Over& over) {
  const auto started = std::chrono::steady_clock::now();
  auto next = started, look = started;
  while (true) {
    const auto time = std::chrono::steady_clock::now();
    if (time >= look) {
      drain();
      if (const auto alive = dead_man_.beat(); !alive) return tl::unexpected(alive.error());
      if (time >= started + least && over()) return true;
      if (time >= started + std::max(patience, least)) return false;
      look = time + kLook;
    }
    send();
    // What was missed is not made up for: a burst would be no measure of time.
    next = std::max(next + pace_.every, std::chrono::steady_clock::now());
    sleep_until(next);
  }
}

void Runner::send() {
  const auto number = static_cast<Number>(recording_.probes.size());
  const auto request = encode_probe(recording_.target.address.family(), mark_, number);
  recording_.probes.push_back({now(), {}, {}, {}, {}});
  // A refusal is a probe that never left.
  (void)socket_->send(request);
}

void Runner::drain() {
  for (auto& tap : taps_) tap.capture.drain([&](Micros when, ByteView frame) { take(tap, when, frame); });
}

void Runner::take(const Tap& tap, Micros when, ByteView frame) {
  const auto sight = sight_of(frame, mark_);
  const auto set = [&](Number number, std::optional<Micros> Probe::*field) {
    if (number >= recording_.probes.size()) return;
    auto& probe = recording_.probes[number];
    if (probe.*field) return;
    probe.*field = when;
    if (field == &Probe::left) probe.out = tap.port;
  };
  const bool out = tap.direction == Direction::kOut;
  if (const auto* request = std::get_if<Request>(&sight); request != nullptr && out) {
    // The kernel's time at the bond is nearer than ours: we may have stood still before the call.
    if (!tap.port.empty())
      set(request->number, &Probe::left);
    else if (request->number < recording_.probes.size())
      recording_.probes[request->number].sent = when;
  }
  if (const auto* reply = std::get_if<Reply>(&sight); reply != nullptr && !out)
    set(reply->number, tap.port.empty() ? &Probe::answered : &Probe::came);
  if (const auto* told = std::get_if<Told>(&sight); told != nullptr && out && !tap.port.empty())
    recording_.announcements.push_back({when, tap.port, told->address, told->mac});
}

Phase Runner::begin(Event event, const std::string& port, Milliseconds patience) {
  drain();
  Phase phase;
  phase.event = event;
  phase.port = port;
  phase.active_before = active();
  phase.patience = std::max(patience, pace_.hold);
  phase.window.from = now();
  return phase;
}

void Runner::end(Phase phase, End how) {
  phase.window.to = now();
  phase.active_after = active();
  phase.end = how;
  recording_.phases.push_back(std::move(phase));
}

std::optional<std::string> Runner::unusable(const std::string& port) {
  const auto observed = kernel_.observe(kLinksOnly);
  if (!observed) return observed.error().text;
  return why_unusable(*observed, recording_.subject.name, port);
}

std::string Runner::active() {
  const auto observed = kernel_.observe(kLinksOnly);
  const auto& bond = recording_.subject.name;
  return observed && observed->links.contains(bond) ? observed->links.at(bond).active_port : std::string{};
}

bool Runner::answered() const {
  return is_answered(recording_.probes, now());
}

}  // namespace hawser::bondctl::drill
