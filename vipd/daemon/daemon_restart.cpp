// The daemon starts itself again: only where the program that is installed now would start with the file as
// it is now, because a process that has given way cannot come back.
#include <boost/asio.hpp>
#include <boost/json.hpp>

#include "lib/control/json.h"
#include "lib/daemon/log.h"
#include "vipd/daemon/daemon.h"

namespace hawser::vipd {

namespace {

constexpr Milliseconds kUntilAnswered{50};

// A clock that has not slept yet goes on from there.
RouterState on_timers(RouterState state, const Platform& platform) {
  const auto move = [&](TimePoint& time) { time = platform.timer(time); };
  const auto move_some = [&](MaybeTime& time) {
    if (time) time = platform.timer(*time);
  };
  move(state.since);
  if (state.machine.heard) move(state.machine.heard->at);
  if (auto* active = std::get_if<Active>(&state.machine.role)) {
    move(active->advert_at);
    move(active->quiet_until);
    move(active->silent_until);
  } else if (auto* backup = std::get_if<Backup>(&state.machine.role)) {
    move(backup->since);
    move_some(backup->preempt_at);
    move_some(backup->not_before);
  }
  return state;
}

Past on_timers(Past past, const Platform& platform) {
  for (auto& change : past.changes) {
    change.at = platform.timer(change.at);
    if (change.heard) change.heard->at = platform.timer(change.heard->at);
  }
  return past;
}

}  // namespace

control::Response Daemon::restart() {
  if (rehearsal_) return control::refusal(409, "vipd: asked to start itself again already");
  auto rehearsal = Rehearsal::start(context_, own_program(), options_.files,
                                    [this](const Status& would_start) { rehearsed(would_start); });
  if (!rehearsal) return control::refusal(500, rehearsal.error().text);
  rehearsal_ = std::move(*rehearsal);
  // Whoever asked looks into the status: refused when `tried` is above this, done when `started` has changed.
  return control::good({{"tried", restart_.tried}});
}

void Daemon::rehearsed(const Status& would_start) {
  rehearsal_.reset();
  if (stopping_) return;
  ++restart_.tried;
  restart_.refused = would_start ? "" : would_start.error().text;
  Event event{.object = "vipd", .cause = {CauseKind::kOperator, restart_.refused}};
  event.level = would_start ? Level::kInfo : Level::kWarning;
  event.to = would_start ? "starting itself again" : "not started again, nothing changed";
  report(event);
  if (!would_start) return;
  exec_timer_.expires_after(kUntilAnswered);
  exec_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    wants_exec_ = true;
    context_.stop();
  });
}

Carry Daemon::leave_before_exec() {
  if (server_) server_->leave_file();
  (void)watchdog_.use("");  // the next one may not want it
  Carry carry{in_use(), last_good_, write_stands(stands_), {}, {}, {}};
  for (auto& [key, running] : routers_) {
    running.router.advertise_before_exec();
    auto state = running.router.state();
    if (state) carry.routers.push_back({key, on_timers(std::move(*state), *platform_)});
    carry.pasts.push_back({key, on_timers(running.router.past(), *platform_)});
  }
  for (const auto& [segment, socket] : platform_->sockets())
    if (const int fd = socket->copy_for_exec(); fd >= 0)
      carry.sockets.push_back({segment.first, segment.second, socket->index(), fd});
  return carry;
}

}  // namespace hawser::vipd
