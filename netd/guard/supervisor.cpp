#include "netd/guard/supervisor.h"

#include <boost/asio.hpp>
#include <boost/json.hpp>

namespace hawser::netd {
namespace {

constexpr Milliseconds kSecondLook{200};

Event guard_event(std::string what) {
  return {
      .kind = EventKind::kProcess, .level = Level::kWarning, .object = "bond guard", .what = std::move(what)};
}

}  // namespace

GuardSupervisor::GuardSupervisor(boost::asio::io_context& io, Tell tell)
    : tell_(std::move(tell)),
      guard_(io, part_program("netd-guard"),
             {.started = [this] { started(); },
              .heard = [this](const boost::json::object& message) { take(message); },
              .ended = [this](const Ending& ending, auto pause) { ended(ending, pause); },
              .not_started = [this](const Error& why) { not_started(why); }}),
      pulse_timer_(io) {}

void GuardSupervisor::set(std::vector<GuardedBond> bonds) {
  if (bonds == bonds_) return;
  bonds_ = std::move(bonds);
  if (bonds_.empty()) return stop();
  if (status_.state == GuardStatus::State::kOff) return start();
  guard_.send(encode(Orders{bonds_}));  // to one that is being started again they go when it is there
}

void GuardSupervisor::start() {
  status_.state = GuardStatus::State::kRestarting;
  guard_.keep_running();
}

void GuardSupervisor::stop() {
  pulse_timer_.cancel();
  guard_.stop();
  status_.state = GuardStatus::State::kOff;
  status_.pid = 0;
}

void GuardSupervisor::started() {
  status_.state = GuardStatus::State::kRunning;
  status_.pid = guard_.pid();
  guard_.send(encode(Orders{bonds_}));
  pulse_ = {};
  is_late_ = false;
  feel_pulse(Pulse::kEvery);
}

void GuardSupervisor::ended(const Ending& ending, std::optional<Milliseconds> pause) {
  ++status_.restarts;
  auto event = guard_event(fmt::format("process {} ended", status_.pid));
  event.cause.text =
      fmt::format("{}; started again in {}, until then the kernel's own monitor is all there is",
                  to_string(ending), format_duration(pause.value_or(Milliseconds(0))));
  tell_(event);
  pulse_timer_.cancel();
  status_.state = GuardStatus::State::kRestarting;
  status_.pid = 0;
}

void GuardSupervisor::not_started(const Error& why) {
  tell_(guard_event(why.text));
}

void GuardSupervisor::feel_pulse(Milliseconds later) {
  pulse_timer_.expires_after(later);
  pulse_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && guard_.is_running()) beat();
  });
}

// Where netd itself was held up, the answer may be here already and not yet read: so it is looked twice.
void GuardSupervisor::beat() {
  const auto next = pulse_.beat(std::chrono::steady_clock::now());
  if (next == Pulse::Next::kAsk) guard_.send(encode(Ping{}));
  const bool late = next == Pulse::Next::kGiveUp;
  if (!late || !std::exchange(is_late_, true)) return feel_pulse(late ? kSecondLook : Pulse::kEvery);
  tell_(guard_event(fmt::format("process {} has not answered for {}: ended", status_.pid,
                                format_duration(Pulse::kPatience))));
  guard_.kill();  // ended() goes on
}

void GuardSupervisor::take(const boost::json::object& message) {
  pulse_.heard();
  is_late_ = false;
  const auto report = decode_report(message);
  if (!report) return tell_(guard_event(fmt::format("report: {}", report.error().text)));
  hear(*report);
}

void GuardSupervisor::hear(const Report& report) {
  if (report.kind == ReportKind::kAlive) return;
  if (report.kind == ReportKind::kReady) {
    if (report.text != status_.not_realtime && !report.text.empty()) tell_(guard_event(report.text));
    status_.not_realtime = report.text;
    return;
  }
  count(status_, report);
  tell_(event_of(report));
}

}  // namespace hawser::netd
