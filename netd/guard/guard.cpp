#include "netd/guard/guard.h"

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <fcntl.h>

#include "lib/daemon/channel.h"
#include "lib/daemon/child.h"
#include "lib/daemon/exit_code.h"
#include "lib/daemon/log.h"
#include "lib/daemon/realtime.h"
#include "lib/netlink/monitor.h"
#include "lib/netlink/netlink_kernel.h"
#include "netd/guard/failover.h"
#include "netd/guard/protocol.h"
#include "netd/guard/watch.h"

namespace hawser::netd {
namespace {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;
using boost::system::error_code;

constexpr int kPriority = 10;  // below the advertisements' only by what vipd is configured to

class Guard {
 public:
  Guard(asio::io_context& io, Fd parent, NetlinkKernel kernel, Monitor monitor)
      : io_(io),
        netd_(
            io, std::move(parent), [this](const boost::json::object& message) { take(message); },
            [this] { io_.stop(); }),
        kernel_(std::move(kernel)),
        monitor_(std::move(monitor)),
        events_(io, ::fcntl(monitor_.fd(), F_DUPFD_CLOEXEC, 0)) {}

  void begin(const Status& realtime) {
    report({ReportKind::kReady, "", realtime ? "" : realtime.error().text});
    look();
    wait_for_events();
  }

 private:
  void take(const boost::json::object& message) {
    const auto order = decode_to_guard(message);
    if (!order)
      return report({ReportKind::kRefused, "", fmt::format("bond guard: orders: {}", order.error().text)});
    if (std::holds_alternative<Ping>(*order)) return report({ReportKind::kAlive, "", ""});
    bonds_ = std::get<Orders>(*order).bonds;
    look();
    act();
  }

  void wait_for_events() {
    events_.async_wait(stream_descriptor::wait_read, [this](const error_code& error) {
      if (error) return io_.stop();
      take_events();
      wait_for_events();
    });
  }

  void take_events() {
    const auto changes = monitor_.drain();
    if (!changes || changes->lost) {
      look();
    } else {
      for (const auto& fact : changes->facts) note(observed_, fact);
    }
    act();
  }

  void look() {
    if (auto observed = kernel_.observe(kLinksOnly)) observed_ = std::move(*observed);
  }

  void act() {
    for (const auto& bond : bonds_) {
      const auto wanted = decide(facts_of(bond, observed_));
      if (!wanted) {
        refused_.erase(bond.name);
        continue;
      }
      perform(*wanted);
    }
  }

  void perform(const Switch& wanted) {
    const auto now = std::chrono::steady_clock::now();
    if (!damping_.allow(wanted.bond, now)) {
      refuse(wanted.bond, fmt::format("{}: the ports flap: left to the kernel's own monitor", wanted.bond));
      return;
    }
    if (auto done = kernel_.perform(SetActivePort{wanted.bond, wanted.to}); !done) {
      refuse(wanted.bond, done.error().text);
      return;
    }
    refused_.erase(wanted.bond);
    observed_.links[wanted.bond].active_port = wanted.to;
    report({ReportKind::kSwitched, wanted.bond, wanted.reason, wanted.from, wanted.to});
  }

  // Once per change of the reason: events come in bursts.
  void refuse(const std::string& bond, const std::string& why) {
    if (std::exchange(refused_[bond], why) != why) report({ReportKind::kRefused, bond, why});
  }

  void report(const Report& report) { netd_.send(encode(report)); }

  asio::io_context& io_;
  Channel netd_;
  NetlinkKernel kernel_;
  Monitor monitor_;
  stream_descriptor events_;
  std::vector<GuardedBond> bonds_;
  Observed observed_;
  Damping damping_;
  std::map<std::string, std::string> refused_;
};

int complain(const Error& error) {
  log::write({.level = Level::kError, .object = "netd-guard", .what = error.text});
  return kRefused;
}

}  // namespace

int run_guard() {
  auto parent = become_child();
  if (!parent) return complain(parent.error());
  auto monitor = Monitor::open(
      {.addresses = false, .routes = false});  // before the first look, so that nothing falls between
  if (!monitor) return complain(monitor.error());
  auto kernel = NetlinkKernel::open();
  if (!kernel) return complain(kernel.error());
  const auto realtime = use_realtime(kPriority);
  asio::io_context io{1};
  // Ctrl-C in a terminal reaches the whole group; the guard goes when netd goes.
  asio::signal_set ignored(io, SIGINT, SIGHUP);
  Guard guard(io, std::move(*parent), std::move(*kernel), std::move(*monitor));
  guard.begin(realtime);
  io.run();
  return kDone;
}

}  // namespace hawser::netd
