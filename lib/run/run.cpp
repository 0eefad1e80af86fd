#include "lib/run/run.h"

#include <cerrno>
#include <cstring>

#include <boost/asio.hpp>
#include <sys/socket.h>
#include <sys/wait.h>

namespace hawser::run {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

using Descriptor = asio::posix::stream_descriptor;
constexpr Milliseconds kHopeless{2000};  // from SIGKILL until nobody is kept waiting for it
constexpr std::size_t kAtOnce = 65536;

std::string not_started(int code) {
  if (code == ENOEXEC) return "not started: its first line is no #!/bin/sh or such, and it is no program";
  if (code == ENOENT) return "not started: the interpreter in its first line is not there";
  return fmt::format("not started: {}", std::strerror(code));
}

}  // namespace

std::string words_of(End end, int number, Milliseconds limit) {
  switch (end) {
    case End::kExited:
      return fmt::format("exit status {}", number);
    case End::kSignalled:
      return fmt::format("signal {} ({})", number, ::strsignal(number));
    case End::kTimedOut:
      return fmt::format("not ended within {}: killed", format_duration(limit));
    case End::kStopped:
      return "ended, since the runner stops";
    case End::kNotStarted:
      return "not started";
    case End::kLost:
      break;
  }
  return "nobody knows how it ended: what minded it was killed";
}

// Shared with what waits in the loop.
struct Run::State : std::enable_shared_from_this<Run::State> {
  State(asio::io_context& context, Job&& wanted, Callbacks&& callbacks)
      : job(std::move(wanted)),
        tell(std::move(callbacks)),
        control(context),
        output(context),
        errors(context),
        timer(context) {}

  void begin(Minded&& minded) {
    minder = minded.minder;
    control.assign(minded.control.release());
    output.assign(minded.output.release());
    errors.assign(minded.errors.release());
    // Or a last look would wait for whoever still holds the other end.
    output.non_blocking(true);
    errors.non_blocking(true);
    listen();
    keep_reading(output, result.output);
    keep_reading(errors, result.errors);
    after(job.limit, [this] { end(End::kTimedOut); });
  }

  void after(Milliseconds time, std::function<void()> act) {
    timer.expires_after(time);
    timer.async_wait([self = shared_from_this(), act = std::move(act)](const error_code& cancelled) {
      if (!cancelled && self->control.is_open()) act();
    });
  }

  void order(Order what) {
    (void)!::send(control.native_handle(), &what, sizeof(what), MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  void end(End why) {
    if (ended || ended_by) return;
    ended_by = why;
    order(Order::kTerminate);
    after(job.grace, [this] {
      order(Order::kKill);
      give_up_later();
    });
  }

  // In the middle of a system call that does not return (a dead NFS server) a process is not to be killed.
  void give_up_later() {
    after(kHopeless, [this] { finish(); });
  }

  void listen() {
    control.async_wait(Descriptor::wait_read, [self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled && self->control.is_open()) self->hear();
    });
  }

  void hear() {
    Report report;
    const auto size = ::recv(control.native_handle(), &report, sizeof(report), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return listen();
    if (size != sizeof(report)) return left();
    take(report);
    listen();
  }

  void take(const Report& report) {
    if (ended) return;  // the process that could not become the program has ended, which is no news
    ended = true;
    const int status = report.value;
    if (report.news == News::kNotStarted) {
      result.end = End::kNotStarted;
      result.text = not_started(status);
    } else if (ended_by) {
      result.end = *ended_by;
    } else {
      result.end = WIFSIGNALED(status) ? End::kSignalled : End::kExited;
      result.number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    }
    give_up_later();
  }

  // Its end of the socket is closed: the minder has ended, and with it all the rest.
  void left() {
    control.close();
    timer.cancel();
    while (::waitpid(minder, nullptr, 0) < 0 && errno == EINTR) {
    }
    const auto self = shared_from_this();
    finish();
    if (const auto gone = std::exchange(tell.gone, nullptr)) gone();
  }

  void finish() {
    const auto finished = std::exchange(tell.finished, nullptr);
    if (!finished) return;
    if (!ended && ended_by) result.end = *ended_by;
    if (result.text.empty()) result.text = words_of(result.end, result.number, job.limit);
    result.took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started);
    (void)read_some(output, result.output);
    (void)read_some(errors, result.errors);
    output.close();
    errors.close();
    finished(std::move(result));
  }

  // What is there, up to a pipe full. Whether more may come.
  bool read_some(Descriptor& from, std::string& into) {
    std::array<char, kAtOnce> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): only what was read
    error_code problem;
    if (!from.is_open()) return false;
    const auto size = from.read_some(asio::buffer(piece), problem);
    if (problem) return problem == asio::error::would_block;
    const auto kept = std::min(size, kMostOutput - into.size());
    into.append(piece.data(), kept);
    result.cut |= kept < size;
    return true;
  }

  void keep_reading(Descriptor& from, std::string& into) {
    from.async_wait(Descriptor::wait_read,
                    [self = shared_from_this(), &from, &into](const error_code& cancelled) {
                      if (cancelled || !self->tell.finished) return;
                      if (self->read_some(from, into)) self->keep_reading(from, into);
                    });
  }

  Job job;
  Callbacks tell;
  Descriptor control, output, errors;
  asio::steady_timer timer;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  pid_t minder = 0;
  Outcome result;
  bool ended = false;
  std::optional<End> ended_by;
};

std::unique_ptr<Run> Run::start(asio::io_context& context, const Fd& program, Job job, Callbacks callbacks) {
  auto minded = start_minded(program, std::move(job.image));
  auto state = std::make_shared<State>(context, std::move(job), std::move(callbacks));
  if (minded) {
    state->begin(std::move(*minded));
  } else {
    state->result.end = End::kNotStarted;
    state->result.text = fmt::format("not started: {}", minded.error().text);
    asio::post(context, [state] {
      state->finish();
      if (const auto gone = std::exchange(state->tell.gone, nullptr)) gone();
    });
  }
  return std::unique_ptr<Run>(new Run(std::move(state)));
}

void Run::stop() {
  state_->end(End::kStopped);
}

Run::~Run() {
  state_->tell = {};
  if (!state_->control.is_open()) return;
  state_->control.close();  // the minder kills what is left
  state_->output.close();
  state_->errors.close();
  state_->timer.cancel();
}

}  // namespace hawser::run
