#include "bondctl/ifupdown/run_program.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/argv.h"
#include "lib/base/fd.h"

namespace hawser::bondctl {

namespace {

class Redirections {
 public:
  Redirections() { ::posix_spawn_file_actions_init(&actions_); }
  ~Redirections() { ::posix_spawn_file_actions_destroy(&actions_); }
  Redirections(const Redirections&) = delete;
  Redirections& operator=(const Redirections&) = delete;

  void keep_output(int end) {
    ::posix_spawn_file_actions_adddup2(&actions_, end, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

std::string read_to_the_end(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto got = ::read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

int await(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Result<Ran> run_program(std::vector<std::string> words, Output output) {
  std::array<int, 2> ends{-1, -1};
  if (output == Output::kKept && ::pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail_with(errno, "{}: make a pipe: {}", words.front(), std::strerror(errno));
  const Fd ours{ends[0]};
  Fd theirs{ends[1]};
  Redirections redirections;
  if (output == Output::kKept) redirections.keep_output(theirs.get());
  pid_t process = 0;
  const int code = ::posix_spawnp(&process, words.front().c_str(), redirections.get(), nullptr,
                                  pointers_to(words).data(), environ);
  if (code != 0) return fail_with(code, "{}: start it: {}", words.front(), std::strerror(code));
  theirs = Fd{};
  Ran ran;
  if (output == Output::kKept) ran.text = read_to_the_end(ours.get());
  ran.status = await(process);
  return ran;
}

}  // namespace hawser::bondctl
