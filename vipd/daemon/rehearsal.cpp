#include "vipd/daemon/rehearsal.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

#include <boost/asio.hpp>
#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/daemon/child.h"

namespace hawser::vipd {

using boost::system::error_code;

namespace {

constexpr Milliseconds kPatience{5000};
constexpr std::size_t kMostOutput{4096};

int spawn_quietly(pid_t& pid, int output, std::vector<std::string>& words) {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
  sigset_t none{};
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const int code = ::posix_spawn(&pid, words.front().c_str(), &files, &attributes, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  ::posix_spawnattr_destroy(&attributes);
  return code;
}

}  // namespace

std::string own_program() {
  constexpr std::string_view kDeleted = " (deleted)";
  std::error_code problem;
  auto path = std::filesystem::read_symlink("/proc/self/exe", problem).native();
  if (path.ends_with(kDeleted)) path.resize(path.size() - kDeleted.size());
  return ::access(path.c_str(), X_OK) == 0 ? path : "/proc/self/exe";
}

Result<std::unique_ptr<Rehearsal>> Rehearsal::start(boost::asio::io_context& context, std::string program,
                                                    const Files& files, Done done) {
  std::unique_ptr<Rehearsal> rehearsal(new Rehearsal(context, std::move(program), std::move(done)));
  if (const auto spawned = rehearsal->spawn(files); !spawned) return tl::unexpected(spawned.error());
  rehearsal->read();
  rehearsal->wait_for_end();
  rehearsal->be_patient();
  return rehearsal;
}

Rehearsal::Rehearsal(boost::asio::io_context& context, std::string program, Done done)
    : program_(std::move(program)),
      done_(std::move(done)),
      said_(context),
      pidfd_(context),
      patience_(context) {}

Rehearsal::~Rehearsal() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Status Rehearsal::spawn(const Files& files) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail("{}: pipe: {}", program_, std::strerror(errno));
  Fd output(ends[0]);
  const Fd input(ends[1]);
  ::fcntl(output.get(), F_SETFL, O_NONBLOCK);
  std::vector<std::string> words{
      program_, "check", "--start", "--config", files.config, "--state-dir", files.state_directory};
  if (!files.node.empty()) words.insert(words.end(), {"--node", files.node});
  if (const int code = spawn_quietly(pid_, input.get(), words); code != 0) {
    pid_ = 0;
    return fail("{}: start: {}", program_, std::strerror(code));
  }
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!pidfd) return fail("{}: pidfd_open: {}", program_, std::strerror(errno));
  said_.assign(output.release());
  pidfd_.assign(pidfd.release());
  return {};
}

// All of it, so that it is not held up, and no more kept than a line for people needs.
void Rehearsal::read() {
  said_.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](const error_code& cancelled) {
    if (cancelled) return;
    std::array<char, kMostOutput> buffer{};
    const auto length = ::read(said_.native_handle(), buffer.data(), buffer.size());
    if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR)) return;
    if (length > 0)
      output_.append(buffer.data(), std::min(static_cast<std::size_t>(length), kMostOutput - output_.size()));
    read();
  });
}

void Rehearsal::wait_for_end() {
  pidfd_.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](const error_code& cancelled) {
    if (cancelled) return;
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    end(verdict(status));
  });
}

void Rehearsal::be_patient() {
  patience_.expires_after(kPatience);
  patience_.async_wait([this](const error_code& cancelled) {
    if (!cancelled)
      end(fail("{} did not say within {} whether it would start", program_, format_duration(kPatience)));
  });
}

// What it wrote last may not have been read yet.
Status Rehearsal::verdict(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  std::array<char, kMostOutput> rest{};
  const auto length = ::read(said_.native_handle(), rest.data(), rest.size());
  if (length > 0) output_.append(rest.data(), static_cast<std::size_t>(length));
  while (output_.ends_with('\n')) output_.pop_back();
  const Ending ending{WIFSIGNALED(status) != 0, WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)};
  return fail("{} would not start: {}", program_, output_.empty() ? to_string(ending) : output_);
}

void Rehearsal::end(const Status& status) {
  patience_.cancel();
  const auto done = std::move(done_);  // it may destroy this object
  done(status);
}

}  // namespace hawser::vipd
