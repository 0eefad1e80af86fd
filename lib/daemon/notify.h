// Talking to systemd (sd_notify(3)) and feeding its watchdog from the event loop: a loop that hangs is killed
// and started again. Without systemd (no NOTIFY_SOCKET) all of it does nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace hawser {

class Notifier {
 public:
  explicit Notifier(boost::asio::io_context& context) : timer_(context) {}

  void ready(std::string_view status);  // after the first apply; starts feeding the watchdog
  void reloading();                     // then ready() again
  void stopping();
  void status(std::string_view status);  // one line in `systemctl status`

 private:
  void feed();
  boost::asio::steady_timer timer_;
  std::chrono::microseconds interval_{0};  // 0: no watchdog
};

// A third of systemd's WatchdogSec, so that two late ones in a row still live; 0 stays 0: no watchdog.
std::chrono::microseconds feeding_interval(std::uint64_t watchdog_microseconds);

}  // namespace hawser
