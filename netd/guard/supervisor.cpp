#include "netd/guard/supervisor.h"

#include <array>
#include <cerrno>

#include <sys/socket.h>

namespace hawser::netd {
namespace {

using boost::asio::posix::stream_descriptor;
using boost::system::error_code;

constexpr std::size_t kQueue = 1000;  // reports that are heard at once

Event guard_event(std::string what) {
  return {
      .kind = EventKind::kProcess, .level = Level::kWarning, .object = "bond guard", .what = std::move(what)};
}

}  // namespace

GuardSupervisor::GuardSupervisor(boost::asio::io_context& io, Tell tell)
    : io_(io), tell_(std::move(tell)), timer_(io), pulse_timer_(io) {}

void GuardSupervisor::set(std::vector<GuardedBond> bonds) {
  if (bonds == bonds_) return;
  bonds_ = std::move(bonds);
  if (bonds_.empty()) return stop();
  if (child_)
    send_orders();
  else
    start();
}

void GuardSupervisor::stop() {
  timer_.cancel();
  pulse_timer_.cancel();
  reports_.reset();
  child_.reset();
  status_.state = GuardStatus::State::kOff;
  status_.pid = 0;
}

void GuardSupervisor::start() {
  started_ = std::chrono::steady_clock::now();
  auto child = Child::start(io_, "guard", {}, [this](const Ending& ending) { died(ending); });
  if (!child) {
    tell_(guard_event(child.error().text));
    start_later(restart_.longest);
    return;
  }
  child_ = std::move(*child);
  reports_ = std::make_unique<stream_descriptor>(io_, child_->take_socket().release());
  status_.state = GuardStatus::State::kRunning;
  status_.pid = child_->pid();
  send_orders();
  wait_for_reports();
  pulse_ = {};
  feel_pulse();
}

void GuardSupervisor::died(const Ending& ending) {
  const auto ran = std::chrono::steady_clock::now() - started_;
  const auto next = after_death(restart_, std::chrono::duration_cast<Milliseconds>(ran));
  restart_ = next.next;
  ++status_.restarts;
  auto event = guard_event(fmt::format("process {} ended", status_.pid));
  event.cause.text =
      fmt::format("{}; started again in {}, until then the kernel's own monitor is all there is",
                  to_string(ending), format_duration(next.wait));
  tell_(event);
  pulse_timer_.cancel();
  reports_.reset();
  start_later(next.wait);
}

void GuardSupervisor::start_later(Milliseconds wait) {
  status_.state = GuardStatus::State::kRestarting;
  status_.pid = 0;
  timer_.expires_after(wait);
  timer_.async_wait([this](const error_code& error) {
    if (error || bonds_.empty()) return;
    child_.reset();
    start();
  });
}

void GuardSupervisor::send_orders() {
  if (!reports_) return;  // with the next start
  auto messages = encode_orders(bonds_);
  unsent_.assign(std::make_move_iterator(messages.begin()), std::make_move_iterator(messages.end()));
  send_more();
}

void GuardSupervisor::send_more() {
  while (!unsent_.empty()) {
    const auto& text = unsent_.front();
    if (::send(reports_->native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return send_later();
      // The process is gone: died() starts another, which gets them anew.
      return unsent_.clear();
    }
    unsent_.pop_front();
  }
}

// The guard is busy and its queue is full.
void GuardSupervisor::send_later() {
  if (std::exchange(waits_to_send_, true)) return;
  reports_->async_wait(stream_descriptor::wait_write, [this](const error_code& error) {
    waits_to_send_ = false;
    if (!error && reports_) send_more();
  });
}

void GuardSupervisor::wait_for_reports() {
  reports_->async_wait(stream_descriptor::wait_read, [this](const error_code& error) {
    if (error || !reports_ || !take_report()) return;
    wait_for_reports();
  });
}

// False when there will be no more.
bool GuardSupervisor::take_report() {
  std::array<char, 4096> buffer{};
  const auto count = ::recv(reports_->native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  if (count == 0) return false;
  if (const auto report = decode_report({buffer.data(), static_cast<std::size_t>(count)}))
    hear(*report);
  else
    tell_(guard_event(fmt::format("report: {}", report.error().text)));
  return true;
}

void GuardSupervisor::feel_pulse() {
  pulse_timer_.expires_after(Pulse::kEvery);
  pulse_timer_.async_wait([this](const error_code& error) {
    if (error || !reports_) return;
    beat();
    feel_pulse();
  });
}

void GuardSupervisor::beat() {
  std::size_t heard = 0;
  while (::recv(reports_->native_handle(), nullptr, 0, MSG_DONTWAIT | MSG_PEEK) >= 0 && ++heard < kQueue)
    if (!take_report()) return;
  const auto next = pulse_.beat(std::chrono::steady_clock::now());
  const auto ping = encode_ping();
  // What its queue has no room for it would not answer either.
  if (next == Pulse::Next::kAsk)
    (void)::send(reports_->native_handle(), ping.data(), ping.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (next != Pulse::Next::kGiveUp) return;
  tell_(guard_event(fmt::format("process {} has not answered for {}: ended", status_.pid,
                                format_duration(Pulse::kPatience))));
  child_->kill();  // died() goes on
}

void GuardSupervisor::hear(const Report& report) {
  pulse_.heard();
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
