// netd's side of the bond guard: gives it its orders, hears its reports, ends it when it does not answer any
// more.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "lib/daemon/part.h"
#include "netd/guard/protocol.h"
#include "netd/guard/pulse.h"

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
  void started();
  void ended(const Ending& ending, std::optional<Milliseconds> pause);
  void not_started(const Error& why);
  void feel_pulse(Milliseconds later);
  void beat();
  void take(const boost::json::object& message);
  void hear(const Report& report);

  Tell tell_;
  std::vector<GuardedBond> bonds_;
  Part guard_;
  boost::asio::steady_timer pulse_timer_;
  Pulse pulse_;
  bool is_late_ = false;  // and was looked at once
  GuardStatus status_;
};

}  // namespace hawser::netd
