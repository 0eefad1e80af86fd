#include "vipd/daemon/watchdog.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/watchdog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/duration.h"

namespace hawser::vipd {

namespace {

constexpr Milliseconds kBetween{1000};
constexpr Milliseconds kAgain{100};  // after it was late: whether that is over
constexpr int kSeconds = 10;         // without food; most drivers have a minute
// Written before it is closed, it says that nothing is wrong ("magic close").
constexpr char kNothingIsWrong = 'V';

// What the driver made of our wish: it may know one time only, or have coarser steps.
std::chrono::seconds agreed_timeout(int device) {
  int seconds = kSeconds;
  if (::ioctl(device, WDIOC_SETTIMEOUT, &seconds) == 0) return std::chrono::seconds(seconds);
  return std::chrono::seconds(::ioctl(device, WDIOC_GETTIMEOUT, &seconds) == 0 ? seconds : kSeconds);
}

}  // namespace

bool is_in_time(std::chrono::nanoseconds late, std::chrono::seconds timeout) {
  return 2 * late <= timeout;
}

Status Watchdog::use(const std::string& device) {
  if (device == device_) return {};
  let_go();
  device_.clear();
  if (device.empty()) return {};
  fd_ = Fd(::open(device.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd_) return fail_with(errno, "{}: feed the watchdog: {}", device, std::strerror(errno));
  timeout_ = agreed_timeout(fd_.get());
  device_ = device;
  feed();
  return {};
}

void Watchdog::feed() {
  const char food = '\0';
  (void)!::write(fd_.get(), &food, 1);  // the hardware decides what comes of it
  wait(kBetween);
}

void Watchdog::wait(Milliseconds duration) {
  timer_.expires_after(duration);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && fd_) on_time();
  });
}

void Watchdog::on_time() {
  const auto late = std::chrono::steady_clock::now() - timer_.expiry();
  if (is_in_time(late, timeout_)) return feed();
  warn_({fmt::format("{}: not fed, for vipd is {} late: it resets this host {} after it was fed last",
                     device_, format_duration(std::chrono::duration_cast<Milliseconds>(late)),
                     format_duration(timeout_)),
         0});
  wait(kAgain);
}

void Watchdog::let_go() {
  timer_.cancel();
  if (fd_) (void)!::write(fd_.get(), &kNothingIsWrong, 1);
  fd_ = Fd();
}

}  // namespace hawser::vipd
