#include "lib/reconcile/directories.h"

namespace hawser {

void make_directories(const cli::Arguments& arguments) {
  // What cannot be made is said by whoever needs it first.
  std::error_code ignored;
  std::filesystem::create_directories(arguments.runtime_dir, ignored);
  std::filesystem::create_directories(arguments.state_dir, ignored);
}

std::filesystem::path netd_socket(const cli::Arguments& arguments) {
  return arguments.runtime_dir / "netd.sock";
}

}  // namespace hawser
