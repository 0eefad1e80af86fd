#include "lib/cli/output.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/daemon/exit_code.h"

namespace hawser::cli {

// What could not be written is noticed once, at the end of run().
void print(std::string_view text) {
  (void)std::fwrite(text.data(), 1, text.size(), stdout);
}

std::size_t terminal_width() {
  if (const char* columns = std::getenv("COLUMNS"); columns != nullptr) {
    const std::string_view text(columns);
    std::size_t width = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
    if (error == std::errc{} && end == text.data() + text.size() && width > 0) return width;
  }
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void say(std::string_view line) {
  (void)std::fflush(stdout);
  const auto text = fmt::format("{}\n", line);
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
}

void occupy_standard_descriptors() {
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(standard, F_GETFD) < 0)
      (void)::open("/dev/null", standard == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // the lowest that is free
}

int complain(std::string_view program, std::string_view text) {
  say(fmt::format("{}: {}", program, text));
  return kRefused;
}

int complain(std::string_view program, const Error& error) {
  return complain(program, error.text);
}

}  // namespace hawser::cli
