#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "lib/cli/refuse.h"
#include "lib/daemon/part.h"
#include "vipd/command_line.h"
#include "vipd/daemon/run.h"

namespace {

using namespace hawser;

// Started with the same words, in place of this program.
int hand_over(char** argv, const cli::Arguments& arguments) {
  const auto verbs = part_program("vipd-verbs");
  if (!verbs) return cli::refuse(arguments, "vipd", verbs.error());
  ::execv(verbs->c_str(), argv);
  return cli::refuse(arguments, "vipd", fmt::format("{}: {}", verbs->native(), std::strerror(errno)));
}

}  // namespace

int main(int argc, char** argv) {
  const auto verbs = [argv](const cli::Arguments& arguments) { return hand_over(argv, arguments); };
  return cli::run(vipd::command_line({vipd::run_daemon, verbs, verbs, verbs}), argc, argv);
}
