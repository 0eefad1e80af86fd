#include "lib/daemon/notify.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include <boost/asio.hpp>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/fd.h"

namespace hawser {
namespace {

std::string one_line(std::string_view text) {
  std::string result(text);
  std::replace(result.begin(), result.end(), '\n', ' ');
  return result;
}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

// The protocol of sd_notify(3), one datagram. libsystemd itself would bring a megabyte of resident libraries
// (gcrypt, lzma, zstd, lz4) into a process that is to stay under eight.
void tell(const std::string& state) {
  const auto path = environment("NOTIFY_SOCKET");
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.size() < 2 || path.size() >= sizeof(to.sun_path) || (path[0] != '/' && path[0] != '@')) return;
  std::memcpy(to.sun_path, path.data(), path.size());
  if (path[0] == '@') to.sun_path[0] = '\0';  // in the abstract name space
  const Fd fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  (void)::sendto(fd.get(), state.data(), state.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&to), length);
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// sd_watchdog_enabled(3): the interval in microseconds, 0 when it is not meant for this process.
std::uint64_t watchdog() {
  const auto pid = environment("WATCHDOG_PID");
  if (!pid.empty() && number<pid_t>(pid) != ::getpid()) return 0;
  return number<std::uint64_t>(environment("WATCHDOG_USEC"));
}

}  // namespace

std::chrono::microseconds feeding_interval(std::uint64_t watchdog_microseconds) {
  return std::chrono::microseconds{watchdog_microseconds / 3};
}

void Notifier::ready(std::string_view status) {
  tell(fmt::format("READY=1\nSTATUS={}", one_line(status)));
  if (interval_.count() > 0) return;
  interval_ = feeding_interval(watchdog());
  if (interval_.count() == 0) return;
  feed();
}

void Notifier::reloading() {
  // Type=notify-reload compares this with the time of its own signal.
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                   std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}

void Notifier::stopping() {
  tell("STOPPING=1");
}

void Notifier::status(std::string_view status) {
  tell("STATUS=" + one_line(status));
}

void Notifier::feed() {
  tell("WATCHDOG=1");
  timer_.expires_after(interval_);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) feed();
  });
}

}  // namespace hawser
