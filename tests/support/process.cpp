#include "tests/support/process.h"

#include <array>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/failure.h"

namespace hawser::lab {
namespace {

// Everything the child needs, made before fork: between fork and exec only system calls are allowed.
struct Launch {
  const Namespace& where;
  std::vector<char*> argv;
  std::vector<char*> environment;
  int input;
  int output;
};

Fd memory_file(const char* name, const std::string& content) {
  Fd file(static_cast<int>(::memfd_create(name, MFD_CLOEXEC)));
  if (!file) give_up_errno("{}: memory file", name);
  if (::write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()))
    give_up_errno("{}: write", name);
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

// False changes nothing: there is nobody else to tell.
bool complain(const char* what) {
  bool told = true;
  for (const char* part : {what, ": ", ::strerrordesc_np(errno), "\n"})
    told = ::write(STDERR_FILENO, part, std::strlen(part)) >= 0 && told;
  return told;
}

bool enter_host(const Namespace& where) {
  if (::setns(where.fd(), CLONE_NEWNET) != 0 || ::unshare(CLONE_NEWNS | CLONE_NEWUTS) != 0) return false;
  if (::sethostname(where.host().data(), where.host().size()) != 0) return false;
  // Slave: what is mounted here stays here, what is mounted outside still comes in.
  if (::mount("", "/", "none", MS_SLAVE | MS_REC, nullptr) != 0) return false;
  ::umount2("/sys", MNT_DETACH);
  return ::mount(where.name().c_str(), "/sys", "sysfs", 0, nullptr) == 0;
}

[[noreturn]] void become(const Launch& launch) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(launch.input, 0);
  ::dup2(launch.output, 1);
  ::dup2(launch.output, 2);
  // Sockets of Asio are inherited unless told otherwise: a daemon would keep a Backend's port open after the
  // Backend closed it.
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (!enter_host(launch.where)) {
    complain("enter the namespace");
    ::_exit(126);
  }
  ::execvpe(launch.argv[0], launch.argv.data(), launch.environment.data());
  complain(launch.argv[0]);
  ::_exit(127);
}

// exec takes char* for history's sake and does not write to it.
std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  result.reserve(words.size() + 1);
  for (const std::string& word : words) result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> full_environment(const std::vector<std::string>& added) {
  std::vector<std::string> result = added;
  for (char** entry = environ; *entry != nullptr; ++entry) result.emplace_back(*entry);
  return result;
}

}  // namespace

Process::Process(const Namespace& where, const Argv& argv, const Options& options) {
  const Fd input = memory_file("input", options.input);
  output_ = memory_file("output", "");
  // Appending, so that both streams and all children write one after the other.
  ::fcntl(output_.get(), F_SETFL, O_APPEND);
  const std::vector<std::string> environment = full_environment(options.environment);
  const Launch launch{where, pointers(argv), pointers(environment), input.get(), output_.get()};
  pid_ = ::fork();
  if (pid_ < 0) give_up_errno("{}: fork", argv.front());
  if (pid_ == 0) become(launch);
  pidfd_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!pidfd_) give_up_errno("{}: open process {}", argv.front(), pid_);
}

Process::Process(Process&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)},
      pidfd_{std::move(other.pidfd_)},
      output_{std::move(other.output_)},
      status_{other.status_} {}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    kill();
    pid_ = std::exchange(other.pid_, -1);
    pidfd_ = std::move(other.pidfd_);
    output_ = std::move(other.output_);
    status_ = other.status_;
  }
  return *this;
}

Process::~Process() {
  kill();
}

void Process::collect(int raw_status) {
  status_ = WIFEXITED(raw_status) ? WEXITSTATUS(raw_status) : 128 + WTERMSIG(raw_status);
}

bool Process::running() {
  return pid_ > 0 && !wait(0s);
}

std::optional<int> Process::wait(Duration within) {
  if (status_ || pid_ < 0) return status_;
  pollfd ready{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(within).count();
  if (::poll(&ready, 1, static_cast<int>(limit)) <= 0) return std::nullopt;
  int raw = 0;
  if (::waitpid(pid_, &raw, 0) == pid_) collect(raw);
  return status_;
}

void Process::signal(int number) const {
  if (pid_ > 0 && !status_) ::kill(pid_, number);
}

void Process::kill() {
  if (pid_ < 0 || status_) return;
  signal(SIGKILL);
  int raw = 0;
  if (::waitpid(pid_, &raw, 0) == pid_) collect(raw);
}

int Process::stop(Duration patience) {
  signal(SIGTERM);
  if (!wait(patience)) kill();
  return status_.value_or(-1);
}

std::string Process::output() const {
  struct stat file {};
  if (::fstat(output_.get(), &file) != 0) return {};
  std::string text(static_cast<size_t>(file.st_size), '\0');
  const ssize_t count = ::pread(output_.get(), text.data(), text.size(), 0);
  text.resize(count < 0 ? 0 : static_cast<size_t>(count));
  return text;
}

}  // namespace hawser::lab
