#include "lib/daemon/child.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <boost/asio.hpp>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/argv.h"

namespace hawser {
namespace {

constexpr int kInherited = Child::kSocket;

struct Ends {
  Fd ours;
  Fd theirs;
};

Result<Ends> socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
    return fail_with(errno, "socket pair: {}", std::strerror(errno));
  return Ends{Fd{ends[0]}, Fd{ends[1]}};
}

// posix_spawn's settings: descriptor 3, and no signal blocked or ignored as in the parent.
class Settings {
 public:
  explicit Settings(int inherited) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawnattr_init(&attributes_);
    // Also right when the descriptor is 3 already: posix_spawn then only clears close-on-exec.
    ::posix_spawn_file_actions_adddup2(&files_, inherited, kInherited);
    sigset_t none{};
    sigset_t standard{};
    ::sigemptyset(&none);
    ::sigemptyset(&standard);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGCHLD, SIGUSR1, SIGUSR2})
      ::sigaddset(&standard, signal);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &standard);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Settings() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

Result<pid_t> spawn(int inherited, const Child::Program& program) {
  std::vector<std::string> words{program.name};
  words.insert(words.end(), program.arguments.begin(), program.arguments.end());
  const Settings settings{inherited};
  pid_t pid = 0;
  const int code = ::posix_spawn(&pid, program.path.c_str(), settings.files(), settings.attributes(),
                                 pointers_to(words).data(), environ);
  if (code == ENOENT && program.path.starts_with("/proc"))
    return fail_with(code, "start {}: {}: {}: is /proc mounted?", program.name, program.path,
                     std::strerror(code));
  if (code != 0) return fail_with(code, "start {}: {}", program.name, std::strerror(code));
  return pid;
}

void kill_and_reap(pid_t pid) {
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Ending ending_of(int status) {
  if (WIFSIGNALED(status)) return {true, WTERMSIG(status)};
  return {false, WEXITSTATUS(status)};
}

}  // namespace

std::string to_string(const Ending& ending) {
  if (ending.by_signal) return fmt::format("signal {} ({})", ending.number, ::strsignal(ending.number));
  return fmt::format("exit status {}", ending.number);
}

Result<std::unique_ptr<Child>> Child::start(boost::asio::io_context& context, const Program& program,
                                            OnExit on_exit) {
  auto ends = socket_pair();
  if (!ends) return tl::unexpected(ends.error());
  const auto pid = spawn(ends->theirs.get(), program);
  if (!pid) return tl::unexpected(pid.error());
  Fd pidfd{static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0))};
  if (!pidfd) {
    const int code = errno;
    kill_and_reap(*pid);
    return fail_with(code, "start {}: pidfd_open: {}", program.name, std::strerror(code));
  }
  std::unique_ptr<Child> child{
      new Child(context, *pid, std::move(pidfd), std::move(ends->ours), std::move(on_exit))};
  child->watch();
  return child;
}

Child::Child(boost::asio::io_context& context, pid_t pid, Fd pidfd, Fd socket, OnExit on_exit)
    : pidfd_(context, pidfd.release()), pid_(pid), socket_(std::move(socket)), on_exit_(std::move(on_exit)) {}

Child::~Child() {
  if (pid_ > 0) kill_and_reap(pid_);
}

void Child::kill() const {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

// A pidfd is readable once its process has ended (pidfd_open(2)).
void Child::watch() {
  pidfd_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                    [this, alive = std::weak_ptr<int>(alive_)](const boost::system::error_code& cancelled) {
                      if (!cancelled && !alive.expired()) ended();
                    });
}

void Child::ended() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  const auto tell = std::move(on_exit_);  // it may destroy this object
  tell(ending_of(status));
}

Result<Fd> become_child() {
  int type = 0;
  socklen_t size = sizeof(type);
  if (::getsockopt(kInherited, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM)
    return fail("this is a part of a daemon, which starts it: it is not started by people");
  Fd socket{kInherited};
  // It was started by its descriptor, whose number is no name.
  ::prctl(PR_SET_NAME, program_invocation_short_name);
  ::fcntl(kInherited, F_SETFD, FD_CLOEXEC);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return fail_with(errno, "prctl: {}", std::strerror(errno));
  // It may have died before prctl: then its end is closed.
  pollfd state{kInherited, 0, 0};
  if (::poll(&state, 1, 0) > 0 && (state.revents & POLLHUP) != 0) return fail("the parent process is gone");
  return socket;
}

}  // namespace hawser
