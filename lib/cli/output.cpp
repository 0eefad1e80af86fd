#include "lib/cli/output.h"

#include <cstdio>

#include "lib/daemon/exit_code.h"

namespace hawser::cli {

// What could not be written is noticed once, at the end of run().
void print(std::string_view text) {
  (void)std::fwrite(text.data(), 1, text.size(), stdout);
}

int complain(std::string_view program, std::string_view text) {
  (void)std::fflush(stdout);
  fmt::print(stderr, "{}: {}\n", program, text);
  return kRefused;
}

int complain(std::string_view program, const Error& error) {
  return complain(program, error.text);
}

}  // namespace hawser::cli
