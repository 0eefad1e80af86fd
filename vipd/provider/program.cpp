#include "vipd/provider/program.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/argv.h"
#include "lib/base/fd.h"

namespace hawser::vipd::provider {

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using asio::use_awaitable;

constexpr std::size_t kMostOutput = 4096;  // what is kept; the rest is read and dropped
constexpr unsigned kMostLinks = 8;

// The kernel lets nobody replace somebody else's file in a folder with the sticky bit, such as /tmp.
Status judge(const fs::path& path, const struct ::stat& is) {
  if (is.st_uid != 0 && is.st_uid != ::geteuid())
    return fail("{}: belongs to somebody else (user {})", path.string(), is.st_uid);
  if (S_ISLNK(is.st_mode) || (S_ISDIR(is.st_mode) && (is.st_mode & S_ISVTX) != 0)) return {};
  if ((is.st_mode & S_IWOTH) != 0)
    return fail("{0}: others may write it, and so have their own program run: chmod o-w {0}", path.string());
  if ((is.st_mode & S_IWGRP) != 0 && is.st_gid != 0)
    return fail("{0}: its group may write it, and so have its own program run: chmod g-w {0}", path.string());
  return {};
}

// Every part of the path, from the root on, and of what a link on it leads to.
Status judge_all(const fs::path& path, unsigned links) {
  if (links == 0) return fail("{}: too many links", path.string());
  fs::path part;
  for (const auto& name : path) {
    part /= name;
    struct ::stat is {};
    if (::lstat(part.c_str(), &is) != 0)
      return fail_with(errno, "{}: {}", part.string(), std::strerror(errno));
    if (auto good = judge(part, is); !good) return good;
    if (!S_ISLNK(is.st_mode)) continue;
    std::error_code wrong;
    const auto beyond = (part.parent_path() / fs::read_symlink(part, wrong)).lexically_normal();
    if (auto good = judge_all(beyond, links - 1); !good) return good;
  }
  return {};
}

struct Pipe {
  Fd out, in;  // read here, written there
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_with(errno, "pipe: {}", std::strerror(errno));
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

struct Pipes {
  Pipe input, output, errors, failure;
};

Result<Pipes> make_pipes() {
  Pipes pipes;
  for (auto* pipe : {&pipes.input, &pipes.output, &pipes.errors, &pipes.failure}) {
    auto made = make_pipe();
    if (!made) return tl::unexpected(made.error());
    *pipe = std::move(*made);
  }
  return pipes;
}

struct Image {
  std::string path;
  std::vector<char*> arguments, environment;
};

// In the child, between fork() and exec(): only what may be called there. It ends with its parent, so that a
// vipctl that is interrupted leaves nothing running that nobody waits for.
[[noreturn]] void become(const Image& image, const Pipes& pipes) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none{};
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGCHLD}) ::signal(signal, SIG_DFL);
  ::dup2(pipes.input.out.get(), STDIN_FILENO);
  ::dup2(pipes.output.in.get(), STDOUT_FILENO);
  ::dup2(pipes.errors.in.get(), STDERR_FILENO);
  if (::chdir("/") == 0) ::execve(image.path.c_str(), image.arguments.data(), image.environment.data());
  const int why = errno;
  (void)!::write(pipes.failure.in.get(), &why, sizeof(why));
  ::_exit(EXIT_FAILURE);
}

std::vector<std::string> arguments_of(const fs::path& program, const ProgramCall& run) {
  std::vector<std::string> words{program.string(), run.action};
  if (!run.target.empty() && run.action == "set") words.push_back(run.target);
  return words;
}

// The process, and what it prints. Nothing of the group that it leads outlives it.
class Program : public std::enable_shared_from_this<Program> {
 public:
  explicit Program(const asio::any_io_executor& executor)
      : process_(executor), output_(executor), errors_(executor), deadline_(executor) {}
  ~Program() { end(); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  Status start(const fs::path& program, const ProgramCall& run);
  asio::awaitable<Exchange> wait(Milliseconds timeout);

 private:
  void read(asio::posix::stream_descriptor& from, std::string& into);
  int end();

  asio::posix::stream_descriptor process_, output_, errors_;
  asio::steady_timer deadline_;
  std::string printed_, complained_;
  pid_t pid_ = 0;
  bool too_late_ = false;
};

// Sooner than from /bin/sh: 127 would be an exit status of the program.
Status why_not_started(const fs::path& program, int failure) {
  int why = 0;
  if (::read(failure, &why, sizeof(why)) != sizeof(why)) return {};
  return fail_with(why, "{}: {}{}", program.string(), std::strerror(why),
                   why == ENOEXEC  ? ": its first line is no #!/bin/sh or such"
                   : why == ENOENT ? ": it, or the interpreter of its first line"
                                   : "");
}

Status Program::start(const fs::path& program, const ProgramCall& run) {
  auto pipes = make_pipes();
  if (!pipes) return tl::unexpected(pipes.error());
  auto words = arguments_of(program, run);
  auto environment = environment_of(run, std::getenv("TZ"));
  const Image image{program.string(), pointers_to(words), pointers_to(environment)};
  const auto input = input_of(run);  // less than a pipe holds: nobody waits for the reader
  if (::write(pipes->input.in.get(), input.data(), input.size()) < 0)
    return fail_with(errno, "{}: write its input: {}", program.string(), std::strerror(errno));
  pid_ = ::fork();
  if (pid_ < 0) return fail_with(errno, "{}: start: {}", program.string(), std::strerror(errno));
  if (pid_ == 0) become(image, *pipes);
  ::setpgid(pid_, pid_);  // here too: whoever comes first
  pipes->failure.in.reset();
  if (auto started = why_not_started(program, pipes->failure.out.get()); !started) {
    end();
    return started;
  }
  Fd process{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))};
  if (!process) return fail_with(errno, "{}: pidfd_open: {}", program.string(), std::strerror(errno));
  process_.assign(process.release());
  output_.assign(pipes->output.out.release());
  errors_.assign(pipes->errors.out.release());
  output_.non_blocking(true);
  errors_.non_blocking(true);
  return {};
}

// What is there at the moment: true where more may come.
bool read_some(asio::posix::stream_descriptor& from, std::string& into) {
  std::array<char, kMostOutput> piece{};
  boost::system::error_code wrong;
  const auto size = from.read_some(asio::buffer(piece), wrong);
  if (wrong) return wrong == asio::error::would_block;
  into.append(piece.data(), std::min(size, kMostOutput - into.size()));
  return true;
}

void Program::read(asio::posix::stream_descriptor& from, std::string& into) {
  from.async_wait(asio::posix::descriptor_base::wait_read,
                  [self = shared_from_this(), &from, &into](const boost::system::error_code& cancelled) {
                    if (!cancelled && from.is_open() && read_some(from, into)) self->read(from, into);
                  });
}

// Not to its end: a grandchild that has left the group may keep it open, or write, for ever.
void read_rest(asio::posix::stream_descriptor& from, std::string& into) {
  for (auto before = into.size(); read_some(from, into) && into.size() > before; before = into.size()) {
  }
  from.close();
}

// Seen: a wait that ended although the process had not. It then would be killed in the middle of a switch.
bool has_ended(pid_t process) {
  siginfo_t how{};
  return ::waitid(P_PID, static_cast<id_t>(process), &how, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         how.si_pid != 0;
}

// The group first: once it was waited for, its number may be somebody else's.
int Program::end() {
  if (pid_ <= 0) return 0;
  ::kill(-pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return status;
}

asio::awaitable<Exchange> Program::wait(Milliseconds timeout) {
  const auto self = shared_from_this();
  read(output_, printed_);
  read(errors_, complained_);
  deadline_.expires_after(timeout);
  deadline_.async_wait([self](const boost::system::error_code& cancelled) {
    if (cancelled || self->pid_ <= 0) return;
    self->too_late_ = true;
    ::kill(-self->pid_, SIGKILL);
  });
  while (!has_ended(pid_))
    co_await process_.async_wait(asio::posix::descriptor_base::wait_read, use_awaitable);
  deadline_.cancel();
  const int status = end();
  read_rest(output_, printed_);
  read_rest(errors_, complained_);
  Exchange result;
  result.reached = Reached::kSent;
  if (too_late_) {
    result.why = fmt::format("it did not end within {} and was killed", format_duration(timeout));
  } else if (WIFSIGNALED(status)) {
    result.why = fmt::format("it ended by signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
  } else {
    result.reached = Reached::kAnswered;
    result.reply.status = static_cast<unsigned>(WEXITSTATUS(status));
    result.reply.body = std::move(printed_);
    result.reply.errors = std::move(complained_);
  }
  co_return result;
}

asio::awaitable<Exchange> run_checked(asio::any_io_executor executor, fs::path program, Milliseconds timeout,
                                      ProgramCall run) {
  Exchange none;
  const auto file = trusted_program(program);
  if (!file) {
    none.why = file.error().text;
    co_return none;
  }
  const auto started = std::make_shared<Program>(executor);
  if (auto good = started->start(*file, run); !good) {
    none.why = good.error().text;
    co_return none;
  }
  co_return co_await started->wait(timeout);
}

}  // namespace

Result<fs::path> trusted_program(const fs::path& program) {
  if (!program.is_absolute()) return fail("{}: write the whole path, from / on", program.string());
  if (auto good = judge_all(program.lexically_normal(), kMostLinks); !good)
    return tl::unexpected(good.error());
  std::error_code wrong;
  const auto file = fs::canonical(program, wrong);
  if (wrong) return fail_with(wrong.value(), "{}: {}", program.string(), wrong.message());
  if (!fs::is_regular_file(file, wrong)) return fail("{}: is no file", file.string());
  if (::access(file.c_str(), X_OK) != 0) return fail("{0}: may not be executed: chmod +x {0}", file.string());
  return file;
}

std::vector<std::string> environment_of(const ProgramCall& run, const char* time_zone) {
  std::vector<std::string> environment{
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "LANG=C.UTF-8",
      "HAWSER_ACTION=" + run.action,
      fmt::format("HAWSER_ADDRESS={}", run.address),
      "HAWSER_TARGET=" + run.target,
  };
  if (time_zone != nullptr) environment.push_back(std::string("TZ=") + time_zone);
  return environment;
}

std::string input_of(const ProgramCall& run) {
  const boost::json::object call{
      {"format", 1},
      {"action", run.action},
      {"address", to_string(run.address)},
      {"target", run.target.empty() ? boost::json::value() : boost::json::value(run.target)}};
  return boost::json::serialize(call) + "\n";
}

// A function and no coroutine: a frame with a Program in it must have no name outside of this file.
asio::awaitable<Exchange> run_program(asio::any_io_executor executor, fs::path program, Milliseconds timeout,
                                      ProgramCall run) {
  return run_checked(std::move(executor), std::move(program), timeout, std::move(run));
}

}  // namespace hawser::vipd::provider
