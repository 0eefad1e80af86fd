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
}

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

void Daemon::advertise_before_exec() {
  if (server_) server_->leave_file();
  for (auto& [key, running] : routers_) running.router.advertise_before_exec();
}

}  // namespace hawser::vipd
