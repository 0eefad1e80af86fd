// netd's side of the bond guard: starts the process, gives it its orders, hears its reports, starts it again
// when it died, or when it does not answer any more.
#pragma once

#include <deque>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "lib/daemon/child.h"
#include "lib/daemon/restart.h"
#include "netd/guard/pulse.h"
#include "netd/guard/report.h"
#include "netd/ipvs_keeper.h"

namespace hawser::netd {

class GuardSupervisor {
 public:
  GuardSupervisor(boost::asio::io_context& io, Tell tell);

  // No bond to guard: no process.
  void set(std::vector<GuardedBond> bonds);
  [[nodiscard]] const GuardStatus& status() const { return status_; }

 private:
  void start();
  void stop();
  void died(const Ending& ending);
  void start_later(Milliseconds wait);
  void send_orders();
  void send_more();
  void send_later();
  void wait_for_reports();
  bool take_report();
  void feel_pulse();
  void beat();
  void hear(const Report& report);

  boost::asio::io_context& io_;
  Tell tell_;
  std::vector<GuardedBond> bonds_;
  std::deque<std::string> unsent_;  // messages of these orders
  bool waits_to_send_ = false;
  std::unique_ptr<Child> child_;
  std::unique_ptr<boost::asio::posix::stream_descriptor> reports_;
  boost::asio::steady_timer timer_, pulse_timer_;
  Pulse pulse_;
  Restart restart_;
  TimePoint started_;
  GuardStatus status_;
};

}  // namespace hawser::netd
