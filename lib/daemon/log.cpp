#include "lib/daemon/log.h"

#include <cerrno>
#include <csignal>

#include <fmt/chrono.h>
#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hawser::log {
namespace {

// The journal's stream is a socket: a full one must not hold the loop, so it is sent to without waiting.
// Returns how many bytes were taken.
std::size_t give(int descriptor, std::string_view bytes) {
  const auto sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno != ENOTSOCK) return 0;
  // A pipe whose reader sleeps, a terminal after Ctrl-S. Up to PIPE_BUF a ready one takes the whole line.
  pollfd room{descriptor, POLLOUT, 0};
  if (::poll(&room, 1, 0) != 1 || (room.revents & POLLOUT) == 0) return 0;
  const auto written = ::write(descriptor, bytes.data(), bytes.size());
  return written < 0 ? 0 : static_cast<std::size_t>(written);
}

Level from_spdlog(spdlog::level::level_enum level) {
  if (level <= spdlog::level::debug) return Level::kDebug;
  if (level == spdlog::level::info) return Level::kInfo;
  return level == spdlog::level::warn ? Level::kWarning : Level::kError;
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

class StderrSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  StderrSink() {
    // A reader of the log that goes away must not take the daemon along.
    (void)std::signal(SIGPIPE, SIG_IGN);
    struct stat found {};
    const auto* stream = std::getenv("JOURNAL_STREAM");
    if (stream != nullptr && ::fstat(STDERR_FILENO, &found) == 0)
      target_ = target_of(stream, found.st_dev, found.st_ino);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string text(message.payload.data(), message.payload.size());
    if (lost_ > 0) text += fmt::format(" ({} lines before this one were lost)", lost_);
    const auto whole = (cut_ ? "\n" : "") + line(target_, from_spdlog(message.level), message.time, text);
    const auto taken = give(STDERR_FILENO, whole);
    lost_ = taken == whole.size() ? 0 : lost_ + 1;
    if (taken > 0) cut_ = taken < whole.size();
  }
  void flush_() override {}

 private:
  Target target_ = Target::kStderr;
  std::size_t lost_ = 0;
  bool cut_ = false;  // the last one that got through ended in the middle
};

spdlog::logger& logger() {
  static spdlog::logger instance{"hawser", std::make_shared<StderrSink>()};
  return instance;
}

// sd-daemon(3): the kernel's levels.
int syslog_level(Level level) {
  switch (level) {
    case Level::kDebug:
      return 7;
    case Level::kInfo:
      return 6;
    case Level::kWarning:
      return 4;
    case Level::kError:
      return 3;
  }
  return 3;
}

std::string one_line(std::string_view text) {
  std::string result(text);
  for (auto& character : result)
    if (static_cast<unsigned char>(character) < 0x20 || character == 0x7F) character = ' ';
  return result;
}

}  // namespace

Status set_level(std::string_view name) {
  const auto level = from_name<Level>(name);
  if (!level) return fail("log level {}: must be {}", name, all_names<Level>());
  logger().set_level(to_spdlog(*level));
  return {};
}

void write(Level level, std::string_view text) {
  logger().log(to_spdlog(level), "{}", text);
}

std::string line(Target target, Level level, std::chrono::system_clock::time_point now,
                 std::string_view text) {
  if (target == Target::kJournal) return fmt::format("<{}>{}\n", syslog_level(level), one_line(text));
  const auto whole = std::chrono::floor<std::chrono::milliseconds>(now);
  const auto fraction = whole - std::chrono::floor<std::chrono::seconds>(whole);
  return fmt::format("{:%H:%M:%S}.{:03} {:<7} {}\n",
                     fmt::localtime(std::chrono::system_clock::to_time_t(now)), fraction.count(),
                     name_of(level), one_line(text));
}

Target target_of(std::string_view journal_stream, std::uint64_t device, std::uint64_t inode) {
  return journal_stream == fmt::format("{}:{}", device, inode) ? Target::kJournal : Target::kStderr;
}

}  // namespace hawser::log
