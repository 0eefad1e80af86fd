#include "lib/daemon/log.h"

#include <cerrno>
#include <csignal>

#include <fmt/chrono.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/daemon/journal_datagram.h"

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

class Log {
 public:
  Log() {
    // A reader of the log that goes away must not take the daemon along.
    (void)std::signal(SIGPIPE, SIG_IGN);
    struct stat found {};
    const auto* stream = std::getenv("JOURNAL_STREAM");
    if (stream != nullptr && ::fstat(STDERR_FILENO, &found) == 0)
      target_ = target_of(stream, found.st_dev, found.st_ino);
  }

  void set_level(Level level) { level_ = level; }
  [[nodiscard]] bool wants(Level level) const { return level >= level_; }

  void write(const Event& event) {
    const auto text = line_of(event);
    // What it does not take so is tried as a line, where it is counted as lost if need be.
    if (target_ == Target::kJournal &&
        send_to_journal(journal_datagram(event, program_invocation_short_name, with_lost(text)))) {
      lost_ = 0;
      return;
    }
    write(event.level, text);
  }

  void write(Level level, std::string_view text) {
    const auto whole =
        (cut_ ? "\n" : "") + line(target_, level, std::chrono::system_clock::now(), with_lost(text));
    const auto taken = give(STDERR_FILENO, whole);
    lost_ = taken == whole.size() ? 0 : lost_ + 1;
    if (taken > 0) cut_ = taken < whole.size();
  }

 private:
  [[nodiscard]] std::string with_lost(std::string_view text) const {
    return lost_ == 0 ? std::string(text)
                      : fmt::format("{} ({} lines before this one were lost)", text, lost_);
  }

  Target target_ = Target::kStderr;
  Level level_ = Level::kInfo;
  std::size_t lost_ = 0;
  bool cut_ = false;  // the last one that got through ended in the middle
};

Log& the_log() {
  static Log instance;
  return instance;
}

}  // namespace

Status set_level(std::string_view name) {
  const auto level = from_name<Level>(name);
  if (!level) return fail("log level {}: must be {}", name, all_names<Level>());
  the_log().set_level(*level);
  return {};
}

void write(const Event& event) {
  if (the_log().wants(event.level)) the_log().write(event);
}

void write(Level level, std::string_view text) {
  if (the_log().wants(level)) the_log().write(level, text);
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
