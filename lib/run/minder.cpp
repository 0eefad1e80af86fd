#include "lib/run/minder.h"

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/argv.h"

namespace hawser::run {
namespace {

// Where the descriptors of both processes are.
constexpr int kProgram = 3;
constexpr int kControl = 4;
constexpr int kFirstOther = 5;
constexpr int kAgainMs = 100;  // until what is left is killed once more

struct Pair {
  Fd ours, theirs;
};

Result<Pair> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_with(errno, "pipe: {}", std::strerror(errno));
  return Pair{Fd(ends[0]), Fd(ends[1])};
}

struct Ends {
  Pair input, output, errors, control;
};

Result<Ends> make_ends() {
  Ends ends;
  for (auto* pipe : {&ends.input, &ends.output, &ends.errors}) {
    auto made = make_pipe();
    if (!made) return tl::unexpected(made.error());
    *pipe = std::move(*made);
  }
  std::swap(ends.input.ours, ends.input.theirs);  // it is read there
  std::array<int, 2> control{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control.data()) != 0)
    return fail_with(errno, "socket pair: {}", std::strerror(errno));
  ends.control = {Fd(control[0]), Fd(control[1])};
  return ends;
}

// --- the minder and the program: between fork() and exec(), or never at one ---

void report(News news, int value) {
  const Report message{news, value};
  (void)!::send(kControl, &message, sizeof(message), MSG_NOSIGNAL);
}

// Nothing else of the parent's may stay open: its clients would wait for us.
void take_descriptors(const Fd& program, const Ends& ends) {
  std::array<int, 5> from{ends.input.theirs.get(), ends.output.theirs.get(), ends.errors.theirs.get(),
                          program.get(), ends.control.theirs.get()};
  for (auto& one : from) one = ::fcntl(one, F_DUPFD, static_cast<int>(from.size()));
  for (int to = 0; to < static_cast<int>(from.size()); ++to) ::dup2(from[static_cast<std::size_t>(to)], to);
  ::close_range(kFirstOther, ~0U, 0);
  ::fcntl(kControl, F_SETFD, FD_CLOEXEC);
}

constexpr std::array kSignals{SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2};

[[noreturn]] void become_program(std::vector<char*>& words, std::vector<char*>& environment) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal : kSignals) (void)::signal(signal, SIG_DFL);
  sigset_t none{};
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::umask(022);
  // A script is opened again by the number, so it stays open.
  if (::chdir("/") == 0) ::fexecve(kProgram, words.data(), environment.data());
  report(News::kNotStarted, errno);
  ::_exit(EXIT_FAILURE);
}

// Children, which are ours until we wait for them: no number is somebody else's by now. So is the group of a
// program that still runs, should there be no /proc.
void kill_children(pid_t group) {
  if (group > 0) ::kill(-group, SIGKILL);
  std::ifstream children("/proc/thread-self/children");
  pid_t child = 0;
  while (children >> child) ::kill(child, SIGKILL);
}

class Minder {
 public:
  Minder(pid_t program, int signals) : program_(program), signals_(signals) {}

  [[noreturn]] void mind() {
    for (;;) {
      std::array<pollfd, 2> ready{{{signals_, POLLIN, 0}, {kControl, POLLIN, 0}}};
      const nfds_t count = deaf_ ? 1 : 2;
      (void)::poll(ready.data(), count, ending_ ? kAgainMs : -1);
      if (!deaf_ && ready[1].revents != 0) hear();
      reap();
      if (ending_) kill_children(program_);
    }
  }

 private:
  void hear() {
    Order order{};
    const auto size = ::recv(kControl, &order, sizeof(order), MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return;
    if (size != sizeof(order)) deaf_ = ending_ = true;  // whoever started it is gone
    if (deaf_) return;
    if (order == Order::kKill) ending_ = true;
    if (order == Order::kTerminate && program_ > 0) ::kill(-program_, SIGTERM);
  }

  // What is orphaned below us becomes ours before we hear of its parent's end.
  void reap() {
    signalfd_siginfo ignored{};
    while (::read(signals_, &ignored, sizeof(ignored)) > 0) {
    }
    for (;;) {
      int status = 0;
      const pid_t child = ::waitpid(-1, &status, WNOHANG);
      if (child < 0) ::_exit(EXIT_SUCCESS);  // nothing is left
      if (child == 0) return;
      if (child != program_) continue;
      program_ = 0;
      report(News::kEnded, status);
      ending_ = true;
    }
  }

  pid_t program_;
  int signals_;
  bool ending_ = false;
  bool deaf_ = false;
};

[[noreturn]] void become_minder(const Fd& program, const Ends& ends, std::vector<char*> words,
                                std::vector<char*> environment) {
  ::prctl(PR_SET_NAME, "hawser-minder");
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  // systemd ends everything of a unit at once, but what the program ended with is still to be told.
  for (const int signal : kSignals) (void)::signal(signal, SIG_IGN);
  take_descriptors(program, ends);
  sigset_t child{};
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  ::sigprocmask(SIG_SETMASK, &child, nullptr);
  (void)::signal(SIGCHLD, SIG_DFL);
  const int signals = ::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  const pid_t pid = ::fork();
  if (pid == 0) become_program(words, environment);
  if (pid < 0) report(News::kNotStarted, errno);
  if (pid < 0 || signals < 0) ::_exit(EXIT_FAILURE);
  ::setpgid(pid, pid);  // here too: whoever comes first
  for (const int used : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, kProgram}) ::close(used);
  Minder(pid, signals).mind();
}

}  // namespace

Result<Minded> start_minded(const Fd& program, Image image) {
  auto ends = make_ends();
  if (!ends) return tl::unexpected(ends.error());
  if (image.input.size() > PIPE_BUF) return fail("its input is too long");
  const auto written = ::write(ends->input.ours.get(), image.input.data(), image.input.size());
  if (written < 0) return fail_with(errno, "write its input: {}", std::strerror(errno));
  for (const auto* end : {&ends->output.ours, &ends->errors.ours, &ends->control.ours})
    ::fcntl(end->get(), F_SETFL, O_NONBLOCK);
  const pid_t pid = ::fork();
  if (pid < 0) return fail_with(errno, "fork: {}", std::strerror(errno));
  if (pid == 0) become_minder(program, *ends, pointers_to(image.words), pointers_to(image.environment));
  return Minded{pid, std::move(ends->control.ours), std::move(ends->output.ours),
                std::move(ends->errors.ours)};
}

}  // namespace hawser::run
