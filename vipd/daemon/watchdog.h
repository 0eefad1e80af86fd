// The kernel's watchdog device (Documentation/watchdog/watchdog-api.rst), fed from the event loop: a host on
// which vipd hangs and holds its addresses for nobody is reset by its hardware. Off unless the file names a
// device.
#pragma once

#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace hawser::vipd {

class Watchdog {
 public:
  explicit Watchdog(boost::asio::io_context& context) : timer_(context) {}

  // From now on; another device, or none (empty), instead of the one before. The device that is let go of is
  // told so, and does not reset the host. Error: why it cannot be fed; EBUSY: somebody else does.
  Status use(const std::string& device);

 private:
  void feed();
  void let_go();

  boost::asio::steady_timer timer_;
  std::string device_;
  Fd fd_;
};

}  // namespace hawser::vipd
