// The kernel's watchdog device (Documentation/watchdog/watchdog-api.rst), fed from the event loop: a host on
// which vipd hangs, or is late with all that it does, and holds its addresses for nobody is reset by its
// hardware. Off unless the file names a device.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "lib/base/duration.h"
#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace hawser::vipd {

// Whether a timer that fired so late shows a loop that deserves food: one that is late by more than half of
// the time that the hardware waits (`timeout`) does not. The others have given this host up long before, and
// one stall that is over is forgiven: the other half is left to be on time again.
bool is_in_time(std::chrono::nanoseconds late, std::chrono::seconds timeout);

class Watchdog {
 public:
  // `warn` hears why it was not fed.
  Watchdog(boost::asio::io_context& context, std::function<void(const Error&)> warn)
      : timer_(context), warn_(std::move(warn)) {}

  // From now on; another device, or none (empty), instead of the one before. The device that is let go of is
  // told so, and does not reset the host. Error: why it cannot be fed; EBUSY: somebody else does.
  Status use(const std::string& device);

 private:
  void feed();
  void wait(Milliseconds duration);
  void on_time();
  void let_go();

  boost::asio::steady_timer timer_;
  std::function<void(const Error&)> warn_;
  std::chrono::seconds timeout_{};  // of the hardware
  std::string device_;
  Fd fd_;
};

}  // namespace hawser::vipd
