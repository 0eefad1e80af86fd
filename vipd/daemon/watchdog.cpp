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
constexpr int kSeconds = 10;  // without food; most drivers have a minute
// Written before it is closed, it says that nothing is wrong ("magic close").
constexpr char kNothingIsWrong = 'V';

}  // namespace

Status Watchdog::use(const std::string& device) {
  if (device == device_) return {};
  let_go();
  device_.clear();
  if (device.empty()) return {};
  fd_ = Fd(::open(device.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd_) return fail_with(errno, "{}: feed the watchdog: {}", device, std::strerror(errno));
  int seconds = kSeconds;
  (void)::ioctl(fd_.get(), WDIOC_SETTIMEOUT, &seconds);  // a driver may know one time only
  device_ = device;
  feed();
  return {};
}

void Watchdog::feed() {
  const char food = '\0';
  (void)!::write(fd_.get(), &food, 1);  // the hardware decides what comes of it
  timer_.expires_after(kBetween);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && fd_) feed();
  });
}

void Watchdog::let_go() {
  timer_.cancel();
  if (fd_) (void)!::write(fd_.get(), &kNothingIsWrong, 1);
  fd_ = Fd();
}

}  // namespace hawser::vipd
