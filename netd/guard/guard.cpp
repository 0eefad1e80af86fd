#include "netd/guard/guard.h"

#include <array>
#include <cerrno>

#include <boost/asio.hpp>
#include <fcntl.h>
#include <sys/socket.h>

#include "lib/daemon/child.h"
#include "lib/daemon/exit_code.h"
#include "lib/daemon/log.h"
#include "lib/daemon/realtime.h"
#include "lib/netlink/monitor.h"
#include "lib/netlink/netlink_kernel.h"
#include "netd/guard/failover.h"
#include "netd/guard/report.h"
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
        parent_(io, parent.release()),
        kernel_(std::move(kernel)),
        monitor_(std::move(monitor)),
        events_(io, ::fcntl(monitor_.fd(), F_DUPFD_CLOEXEC, 0)) {}

  void begin(const Status& realtime) {
    report({ReportKind::kReady, "", realtime ? "" : realtime.error().text});
    look();
    wait_for_orders();
    wait_for_events();
  }

 private:
  void wait_for_orders() {
    parent_.async_wait(stream_descriptor::wait_read, [this](const error_code& error) {
      if (error || !take_orders()) return io_.stop();
      wait_for_orders();
    });
  }

  // False when netd is gone.
  bool take_orders() {
    std::array<char, kLargestMessage + 1> buffer{};
    const auto count = ::recv(parent_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) return false;
    take_part({buffer.data(), static_cast<std::size_t>(count)});
    return true;
  }

  void take_part(std::string_view text) {
    if (is_ping(text)) return report({ReportKind::kAlive, "", ""});
    auto part = decode_orders(text);
    if (!part)
      return report({ReportKind::kRefused, "", fmt::format("bond guard: orders: {}", part.error().text)});
    auto bonds = orders_.take(std::move(*part));
    if (!bonds) return;
    bonds_ = std::move(*bonds);
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

  void report(const Report& report) {
    const auto text = encode_report(report);
    // A parent that does not read loses the report, never the cable.
    (void)::send(parent_.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  asio::io_context& io_;
  stream_descriptor parent_;
  NetlinkKernel kernel_;
  Monitor monitor_;
  stream_descriptor events_;
  OrdersReader orders_;
  std::vector<GuardedBond> bonds_;
  Observed observed_;
  Damping damping_;
  std::map<std::string, std::string> refused_;
};

int complain(const Error& error) {
  log::error("guard: {}", error.text);
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
